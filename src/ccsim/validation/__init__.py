"""Validation: published numbers, claims of the articles, replications of published models."""
