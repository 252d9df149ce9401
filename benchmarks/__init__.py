"""How fast the engine is, as ratios to other ways to do the same work; see README.md in this folder."""
