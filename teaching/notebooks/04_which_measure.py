# %% [markdown]
# # What you measure is what you get
#
# Five scorecards are tried in the same company, with the same chance events. Which one satisfies customers most, and which one
# only looks good?
#
# Before you run a cell, say what you expect.

# %%
import matplotlib.pyplot as plt
import pandas as pd

import ccsim

SEEDS = range(1, 5)
SCORECARDS = {
    "handling time": "scorecard-handling-time",
    "cost of the unit": "scorecard-silo-cost",
    "resolution": "scorecard-resolution",
    "journey": "scorecard-journey",
    "survey": "scorecard-interaction-csat",
}

# %% [markdown]
# Run each scorecard once on each seed, and keep the mean of the last quarter.

# %%
rows = []
for title, scenario in SCORECARDS.items():
    for seed in SEEDS:
        kpis = ccsim.simulate(ccsim.load_scenario(scenario), seed, 156).kpis
        last = {name: kpis[name][-13:].mean() for name in ("csat", "fcr", "reported_fcr", "aht")}
        rows.append({"measured by": title, "seed": seed, **last})
frame = pd.DataFrame(rows)
table = frame.groupby("measured by", sort=False)[["csat", "fcr", "reported_fcr", "aht"]].mean()
print(table.round(2))

# %% [markdown]
# The figure shows reported and true resolution. Where is the gap widest? Who reports the figure?

# %%
fig, ax = plt.subplots(figsize=(6.5, 3), layout="constrained")
for place, (_, row) in enumerate(table.iterrows()):
    ax.plot([row["fcr"], row["reported_fcr"]], [place, place], color="#7a7a7a", zorder=1)
    ax.plot(row["fcr"], place, "o", color="#0072b2", label="true" if place == 0 else None)
    ax.plot(row["reported_fcr"], place, "D", color="#d55e00", label="reported" if place == 0 else None)
ax.set_yticks(range(len(table)), list(table.index))
ax.set_xlabel("resolved at the first contact (share)")
ax.legend(frameon=False)

# %% [markdown]
# **To think about.** The survey does well in this model. How could staff influence a real survey, as they cannot do here? Which rule would you
# have to add?

# %%
gap = table["reported_fcr"] - table["fcr"]
print((100 * gap).round(1).to_string())
