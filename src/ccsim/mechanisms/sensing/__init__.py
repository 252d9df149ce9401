"""Sensing: how signals from customers reach the teams."""
