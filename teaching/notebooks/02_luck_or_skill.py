# %% [markdown]
# # Luck or skill?
#
# One seed is one course of chance. Two plans are compared on many seeds, each pair on the same one.

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
# Each plan by itself spreads widely. Could a bad plan on a good seed beat a good plan on a bad one?

# %%
for name, values in points.items():
    print(f"{name:<10} {min(values):5.0f} to {max(values):4.0f}, mean {fmean(values):4.0f}")

# %% [markdown]
# Seed by seed, most of the luck cancels out: a kind world is kind to both.

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
# **To think about.** How many games would you have to see of one player before you call it skill? What does a single
# company's success story tell, then?
