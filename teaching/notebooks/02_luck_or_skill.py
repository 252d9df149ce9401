# %% [markdown]
# # Luck or skill?
#
# A seed fixes all chance events of a game. To compare two plans, play both on many seeds, each pair on the same seed.

# %%
from statistics import fmean, stdev

import matplotlib.pyplot as plt

from ccsim.game import Choice, Game
from ccsim.game.debrief import feasible, score

SEEDS = range(1, 9)
PLANS = {
    "nothing": [Choice()] * 12,
    "announce": [Choice(("announce",)), *[Choice()] * 11],
    "rights": [Choice(("widen-rights",)), Choice(("no-blame",)), Choice(("ease-checks",)), *[Choice()] * 9],
}
points = {name: [score(feasible(plan, Game(seed))).total for seed in SEEDS] for name, plan in PLANS.items()}

# %% [markdown]
# The points of each plan vary widely from seed to seed. Could a bad plan on a good seed beat a good plan on a bad one?

# %%
for name, values in points.items():
    print(f"{name:<10} {min(values):5.0f} to {max(values):4.0f}, mean {fmean(values):4.0f}")

# %% [markdown]
# If the plans are compared seed by seed, most of the luck cancels out, because a good seed helps both plans.

# %%
gaps = {name: [one - none for one, none in zip(points[name], points["nothing"], strict=True)] for name in PLANS}
fig, ax = plt.subplots(figsize=(6.5, 3), layout="constrained")
for place, name in enumerate(("announce", "rights")):
    ax.plot(gaps[name], [place] * len(gaps[name]), "o", color="#0072b2", alpha=0.6)
    error = 2.4 * stdev(gaps[name]) / len(gaps[name]) ** 0.5
    ax.errorbar(fmean(gaps[name]), place + 0.2, xerr=error, color="#d55e00", fmt="s", capsize=4)
    print(f"{name:<10} {fmean(gaps[name]):+5.1f} points against doing nothing, give or take {error:.1f}")
ax.axvline(0.0, color="#4d4d4d", linestyle=":")
ax.set(yticks=[0, 1], yticklabels=["announce", "rights"], xlabel="points more than doing nothing on the same seed")
ax.set_ylim(-0.5, 1.6)

# %% [markdown]
# **To think about.** How many games of one player would you have to see before you call it skill? What can you learn from the
# success of a single company?
