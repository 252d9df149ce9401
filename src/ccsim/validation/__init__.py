"""Does the model hold: published numbers, claims of the articles, published models rebuilt."""
