"""Pages in the browser: what a person who has never seen the model can do with it."""
