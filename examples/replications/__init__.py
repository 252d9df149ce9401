"""Published models by others, rebuilt on this engine: each is a small organisation of its own.

They show that the engine and its tools can do someone else's science, and they are small enough to read in a lecture.
None of them shares a parameter or a population with the simulated organisation.
"""

from ccsim.engine.declarations import add_unit

for _unit in ("beliefs", "choice", "meetings", "order", "per cent per cent"):
    add_unit(_unit)
