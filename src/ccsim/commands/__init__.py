"""Commands by topic; each file has a `register` that the command line calls."""
