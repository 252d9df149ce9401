# %% [markdown]
# # Bet on the articles
#
# These are ten claims from articles about customer-centricity. In what share of the admitted worlds does each hold? Enter your bets **before** you run the
# cell with the verdicts.

# %%
import sys
from pathlib import Path

import matplotlib.pyplot as plt

for folder in (Path.cwd(), *Path.cwd().parents):
    if (folder / "teaching" / "course_numbers.py").exists():
        sys.path.insert(0, str(folder / "teaching"))
        sys.path.insert(0, str(folder / "teaching" / "assessment"))
from bet import brier
from course_numbers import claims

ledger = claims()
for name, row in ledger.items():
    print(f"{name:<3} {row['says']}  (watched: {row['watched']})")

# %% [markdown]
# These are your bets, in per cent of worlds. Change them.

# %%
bets = dict.fromkeys(ledger, 50.0)

# %% [markdown]
# The next cell shows the verdicts. The Brier score is the mean squared distance of your bets from the true shares; 0 is perfect.

# %%
truth = {name: float(row["holds"]) for name, row in ledger.items()}
mine = brier(bets, truth)
print(f"Your Brier score: {mine:.3f}")
for name, row in sorted(ledger.items(), key=lambda item: -abs(bets[item[0]] - truth[item[0]])):
    print(f"{name:<3} you {bets[name]:3.0f} %   ledger {truth[name]:3.0f} %   {row['verdict']}")

# %%
fig, ax = plt.subplots(figsize=(4.5, 4.5), layout="constrained")
ax.plot([0, 100], [0, 100], color="#7a7a7a", linestyle=":")
for name in ledger:
    ax.plot(bets[name], truth[name], "o", color="#0072b2")
    ax.annotate(name, (bets[name], truth[name]), xytext=(5, 3), textcoords="offset points", fontsize=8)
ax.set(xlim=(-3, 103), ylim=(-3, 103), xlabel="your bet (%)", ylabel="share of worlds (%)")

# %% [markdown]
# **To think about.** On which claim were you most wrong? Read its section in the ledger. Which assumption decides it?
