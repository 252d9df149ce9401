"""The same organisation as an ordinary Mesa model: an object for each person, a method for what they do.

It is the baseline that the engine is measured against, and lives here only. Its people start as copies of the
rows of an engine's world, know the same rules and use the same draws, so every weekly KPI equals the
engine's: the proof that the work is the same.

What is done for speed as a Mesa modeller would: a week is a few methods on each agent instead of one for each
mechanism; the week's draws come in bulk and are looked up; the exponential is ``math.exp``.
"""

from benchmarks.per_agent.model import PerAgent

__all__ = ["PerAgent"]
