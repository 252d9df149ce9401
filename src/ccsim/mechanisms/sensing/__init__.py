"""Sensing: how signals from customers reach teams."""
