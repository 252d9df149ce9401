"""The user's own organisation: a folder of files that is read, checked and turned into a model."""
