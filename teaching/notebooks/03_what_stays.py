# %% [markdown]
# # What stays when the effort stops?
#
# Three kinds of change run for a year and then stop. This notebook shows how people act two years later.

# %%
import matplotlib.pyplot as plt

from ccsim.game import Choice, Game
from ccsim.game.debrief import feasible

SEED = 2
WAYS = {
    "Words": ("announce", "coach-leaders"),
    "Rights": ("widen-rights", "no-blame"),
    "Routines": ("improvement-time", "write-routines"),
}


def a_push(moves: tuple[str, ...]) -> list[Choice]:
    """Begin moves, stop all of them after four quarters, and go on without."""
    return [Choice(moves), *[Choice()] * 3, Choice(stop=moves), *[Choice()] * 7]


games = {name: feasible(a_push(moves), Game(SEED)) for name, moves in WAYS.items()}
games["Nothing"] = feasible([Choice()] * 12, Game(SEED))

# %% [markdown]
# Before you run the next cell, say which of the three has the largest effect left in quarter 12, and why.

# %%
fig, ax = plt.subplots(figsize=(6.5, 3.4), layout="constrained")
styles = zip(("#0072b2", "#d55e00", "#00735c", "#4d4d4d"), ("-", "--", "-.", ":"), strict=True)
for (name, game), (colour, dash) in zip(games.items(), styles, strict=True):
    ax.plot(range(1, 13), game.by_quarter("habit"), color=colour, linestyle=dash, label=name)
ax.axvline(4.5, color="#888888", linewidth=0.8)
ax.set(xlabel="quarter (all is stopped after the fourth)", ylabel="habit of acting customer-first")
ax.legend(frameon=False)

# %%
left = {name: game.by_quarter("habit")[-1] - games["Nothing"].by_quarter("habit")[-1] for name, game in games.items()}
for name, more in left.items():
    print(f"{name:<10} {more:+.3f} habit more than doing nothing, two years after the end")

# %% [markdown]
# **To think about.** The model shows what follows from its rules, and most of its parameters are assumed
# (`ccsim parameters` marks them). Which rule decides this result? What would you have to observe in a real company to doubt it?
