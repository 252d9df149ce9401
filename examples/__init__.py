"""Models and programs on the engine of ccsim that are not part of the package."""
