# %% [markdown]
# # One game, played by a program
#
# A game is a seed and a list of choices. In this notebook you play one, look at what a manager sees, and then at what was true.
# Before you run a cell, say what you expect.

# %%
import matplotlib.pyplot as plt

from ccsim.game import Choice, Game, play_through
from ccsim.game.debrief import debrief

SEED = 3
game = Game(SEED)
print(f"Money: EUR {game.money:,.0f}, for {game.rules.quarters} quarters of {game.rules.weeks} weeks")

# %% [markdown]
# In the first quarter, start two moves and predict the result. Will reported satisfaction rise or fall?

# %%
seen = game.play(Choice(start=("measure-surveys", "independent-survey"), expected={"reported_csat": 74.0}))
print("Reported:", round(seen.reported["reported_csat"], 1), "   An institute says:", round(seen.shown["csat"], 1))

# %% [markdown]
# Now play a complete game. `play_through` takes all twelve choices at once.

# %%
choices = [Choice(("measure-surveys",)), Choice(("widen-rights",)), Choice(("no-blame",)), *[Choice()] * 9]
played = play_through(choices, SEED)
revealed = debrief(played)
for line in revealed.lines.values():
    print(f"{line.title:<16} {line.score.total:6.1f} points")
for row in revealed.contributions:
    print(f"{row.title:<34} {row.points:+6.1f} points more than the same game without it")

# %% [markdown]
# Which move did you expect to be the best? The next cell compares the gap between report and truth with that of the same
# game without rewards for survey scores, on the same draws.

# %%
without = play_through([Choice(), *choices[1:]], SEED)
fig, axes = plt.subplots(1, 2, figsize=(9, 3.2), sharey=True, layout="constrained")
for ax, one, title in zip(axes, (played, without), ("Survey scores are rewarded", "They are not"), strict=True):
    quarters = range(1, 13)
    ax.plot(quarters, one.by_quarter("csat"), color="#d55e00", label="true")
    ax.plot(quarters, one.by_quarter("reported_csat"), color="#b8509a", linestyle="--", label="reported")
    ax.set(title=title, xlabel="quarter", ylabel="satisfaction (of 100)")
axes[0].legend(frameon=False)

# %% [markdown]
# **To think about.** Did the reward improve the reported figure, the true one, or both? Who gains from the difference? What would you
# have concluded from the report alone?

# %%
gap = [sum(one.by_quarter("reported_csat")) / 12 - sum(one.by_quarter("csat")) / 12 for one in (played, without)]
print(f"Reported less true: {gap[0]:+.1f} with the reward, {gap[1]:+.1f} without")
