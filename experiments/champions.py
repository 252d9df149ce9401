"""What central champions are worth on real networks, and on networks that are drawn as alike as can be.

Writes docs/findings/champions-tables.md. Two networks are read from ../shared/data: 21 managers who name whom they go to for
advice, and the e-mail of a research institute of 1,005. Each is founded as it is; and drawn with the same people, departments,
mean ties and share across departments. Champions are the best connected people,
those between others, or people at random; all else is the same, draw by draw.

    python experiments/champions.py --data ../shared/data
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from findings import table

from ccsim.execution.runner import replicate_seed
from ccsim.model.settings import default_settings, replace_values
from ccsim.model.ties import uneven_ties
from ccsim.organisations.knowledge import gini
from ccsim.organisations.layout import DRAWN_TIES
from ccsim.scenarios.scenario import SOURCE, Scenario, load_scenario
from ccsim.simulation.simulation import Simulation

WEEKS = (77, 155)
KPIS = {"adoption": "adoption, % points", "csat": "CSAT, points", "npv": "NPV, k EUR"}
SCALE = {"adoption": 100.0, "csat": 1.0, "npv": 1e-3}
#: Networks that are drawn, which replicates take in turn.
DRAWN = 6
CENTRAL = ("best connected", "betweenness")


@dataclass(frozen=True)
class Network:
    """A real network: its folder of data, its file of ties, lines of ``organisation.toml``, champions and runs."""

    title: str
    folder: str
    ties: str
    department: str
    toml: str
    champions: int
    replicates: int


NETWORKS = (
    Network("21 managers, advice", "high-tech-managers", "advice.csv", "dept",
            '[columns.people]\nmanager = "reports_to"\ndepartment = "dept"\nyears = "tenure"\n[sizes]\ncustomers = 210\n', 3, 100),
    Network("institute of 1,005, e-mail", "research-institute-email", "email.csv", "department", "[sizes]\ncustomers = 2000\n", 30, 12),
)  # fmt: skip


def founded(network: Network, data: Path, place: Path, ties: pd.DataFrame) -> dict[str, object]:
    """Write the folder of an organisation with a network's people and some ties, and return what a scenario sets."""
    place.mkdir()
    shutil.copy(data / network.folder / "people.csv", place / "people.csv")
    ties.to_csv(place / "ties.csv", index=False)
    (place / "organisation.toml").write_text(f'name = "{network.title}"\n{network.toml}', encoding="utf-8")
    return {SOURCE: str(place)}


def variants(network: Network, data: Path, place: Path) -> dict[str, list[dict[str, object]]]:
    """Return of each way to found a network what scenarios set: once for the real one, several times for drawn ones."""
    people = pd.read_csv(data / network.folder / "people.csv").sort_values(network.department, kind="stable")
    real = pd.read_csv(data / network.folder / network.ties)
    group = people.set_index("id")[network.department]
    cross = float((real["from"].map(group).to_numpy() != real["to"].map(group).to_numpy()).mean())
    department = pd.factorize(people[network.department])[0].astype(np.int64)
    how = replace_values(default_settings(), DRAWN_TIES).ties
    drawn = []
    for seed in range(DRAWN):
        ties = uneven_ties(department, len(real) / len(people), cross, how, seed)
        rows, places = np.nonzero(ties >= 0)
        ids = people["id"].to_numpy()
        table = pd.DataFrame({"from": ids[rows], "to": ids[ties[rows, places]]})
        drawn.append(founded(network, data, place / f"drawn-{seed}", table))
    return {"real": [founded(network, data, place / "real", real)], "drawn alike": drawn}


def outcomes(scenario: Scenario, seed: int) -> dict[tuple[str, int], float]:
    """Return each KPI at each week of a run, and how uneven its network is."""
    run = Simulation(scenario, seed, WEEKS[-1] + 1)
    for _ in range(WEEKS[-1] + 1):
        run.step()
    kpis = run.kpis()
    return {
        (kpi, week): SCALE[kpi] * float(np.nanmean(kpis[kpi][max(0, week - 12) : week + 1]))
        for kpi in KPIS
        for week in WEEKS
    }


def unevenness(values: dict[str, object], seed: int) -> float:
    """Return the Gini of in-degree of the network of a founding."""
    colleagues = Simulation(load_scenario("nothing").with_values(values), seed, 1).state.populations.colleagues
    return gini(np.bincount(colleagues[colleagues >= 0], minlength=len(colleagues)))


def compared(network: Network, ways: list[dict[str, object]], replicates: int) -> pd.DataFrame:
    """Return paired differences of central champions from champions at random, one row a replicate and choice."""
    rows = []
    for replicate in range(replicates):
        seed = replicate_seed(1, replicate)
        found = {}
        for selection in ("at random", *CENTRAL):
            levers = {"champions.count": network.champions, "champions.hours": 15.0, "champions.placement": "across",
                      "champions.selection": selection}  # fmt: skip
            found[selection] = outcomes(
                load_scenario("nothing").with_values({**ways[replicate % len(ways)], **levers}), seed
            )
        for selection in CENTRAL:
            gaps = {key: found[selection][key] - found["at random"][key] for key in found[selection]}
            rows.append({"choice": selection, **{f"{kpi} {week}": gap for (kpi, week), gap in gaps.items()}})
    return pd.DataFrame(rows)


def written(mean: float, half: float) -> str:
    """Write a difference with half its 95 % interval; in brackets where the interval includes zero."""
    text = f"{mean:+.2f} ± {half:.2f}"
    return text if abs(mean) > half else f"({text})"


def main() -> None:
    """Write the tables."""
    from scipy.stats import t

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=Path("docs/findings/champions-tables.md"))
    parser.add_argument("--replicates", type=int, help="runs of each, in place of each network's own number")
    options = parser.parse_args()
    parts = []
    for network in NETWORKS:
        body = []
        replicates = options.replicates or network.replicates
        with tempfile.TemporaryDirectory() as place:
            for name, ways in variants(network, options.data, Path(place)).items():
                uneven = np.mean([unevenness(values, 1) for values in ways])
                gaps = compared(network, ways, replicates)
                for choice, rows in gaps.groupby("choice", sort=False):
                    levels = rows.drop(columns="choice")
                    half = t.ppf(0.975, replicates - 1) * levels.std(ddof=1) / np.sqrt(replicates)
                    cells = [written(*each) for each in zip(levels.mean(), half, strict=True)]
                    body.append([f"{name}, {choice}", f"{uneven:.2f}", *cells])
        head = ["network, champions", "Gini of in-degree"]
        head += [f"{unit}, week {week}" for unit in KPIS.values() for week in WEEKS]
        parts.append(f"## {network.title}: {network.champions} champions, {replicates} pairs\n\n{table(head, body)}")
    text = (
        f"<!-- This page is generated by experiments/champions.py{f' --replicates {options.replicates}' if options.replicates else ''}. "
        "Do not edit it. -->\n"
        "# Tables: central champions on real and on drawn networks\n\nCentral champions minus champions chosen at random, on the "
        "same draws, with 95 % intervals; in brackets where the interval includes zero. *Drawn alike*: the same people and departments, "
        "mean number of ties and share of ties across departments as in the real network; each tie is drawn as for an "
        "organisation without a file of ties.\n\n" + "\n".join(parts)
    )
    options.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
