"""Commands of the command line, one module per topic; each module registers its commands."""
