"""Turn answers into intervals of parameters, and tiers into the self-image of the organisation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ccsim.errors import InputError
from ccsim.model.settings import all_parameters
from ccsim.organisations.folder import Folder
from ccsim.organisations.measured import of_the_whole
from ccsim.organisations.questionnaire import ITEMS, TIERS

#: Half a step of the scale: the error of an answer, regardless of the number of people.
READING = 0.5
#: Answers of 1 to 5, as shares of the range from an item's low to its high end.
STEPS = 4.0


@dataclass(frozen=True)
class Assessment:
    """The results of the answers.

    Attributes:
        items: one row per item: ``item``, ``text``, ``answers``, ``mean``, ``moves``, ``low``, ``high``, ``ground``.
        intervals: lowest and highest plausible value by parameter; never a single value.
        image: one row per tier: ``tier``, ``answers`` (people), ``self_image`` (of 100).
        customers: recent satisfaction stated by customers (of 100); nan if no history contains it.
    """

    items: pd.DataFrame
    intervals: dict[str, tuple[float, float]]
    image: pd.DataFrame
    customers: float


def people_of(answers: pd.DataFrame) -> int:
    """Return the number of people who answered, measured by the item with the most answers."""
    return int(answers["item"].value_counts().max()) if len(answers) else 0


def _tiers_shown(given: pd.DataFrame, smallest: int) -> list[list[str]]:
    """Return tiers from the top, each merged with those below it until the group is large enough to be shown."""
    groups: list[list[str]] = []
    small: list[str] = []
    for tier in TIERS:
        small.append(tier)
        if people_of(given[given["tier"].isin(small)]) >= smallest:
            groups.append(small)
            small = []
    if groups:
        groups[-1] += small
    return groups


def assess(folder: Folder) -> Assessment:
    """Return the results of the answers in a folder.

    Raises:
        InputError: there are no answers.
    """
    frame = folder.frame("answers")
    if "answers" not in folder.tables:
        raise InputError(
            f"{folder.path}: holds no answers.csv; ccsim org assess takes a row for each answer: tier, item, answer"
        )
    given = frame[frame["answer"] > 0]
    rows, intervals = [], {}
    for code, item in ITEMS.items():
        answers = given["answer"][given["item"] == code].to_numpy(float)
        low, high = interval_of(code, answers)
        if item.moves and len(answers):
            intervals[item.moves] = (low, high)
        mean = answers.mean() if len(answers) else np.nan
        rows.append((code, item.text, len(answers), mean, item.moves, low, high, item.ground))
    names = ["item", "text", "answers", "mean", "moves", "low", "high", "ground"]
    return Assessment(
        pd.DataFrame(rows, columns=names), intervals, _image(given, folder.smallest_group), _customers(folder)
    )


def interval_of(code: str, answers: np.ndarray) -> tuple[float, float]:
    """Return the interval of an item's parameter: around the mean answer, narrower with more people, but never a single value.

    Args:
        code: the item.
        answers: 1 to 5, shape (people,); without answers the interval is the parameter's plausible range.
    """
    item = ITEMS[code]
    if not item.moves:
        return np.nan, np.nan
    row = all_parameters()[item.moves]
    if not len(answers):
        return row.range
    # People in one organisation differ by about one step, which is the spread used for a single answer.
    spread = answers.std(ddof=1) if len(answers) > 1 else 1.0
    half = READING + 1.645 * max(spread, 0.5) / np.sqrt(len(answers))
    ends = np.clip((np.array([answers.mean() - half, answers.mean() + half]) - 1.0) / STEPS, 0.0, 1.0)
    low, high = sorted(np.clip(item.low + (item.high - item.low) * ends, *row.legal).tolist())
    return low, high


def _image(given: pd.DataFrame, smallest: int) -> pd.DataFrame:
    """Return the self-image by tier: how far people agree that customers come first here, of 100."""
    rows = []
    for tiers in _tiers_shown(given, smallest):
        own = given[given["tier"].isin(tiers)]
        shares = []
        for code, item in ITEMS.items():
            answers = own["answer"][own["item"] == code]
            if len(answers):
                share = float((answers.mean() - 1.0) / STEPS)
                shares.append(share if item.image else 1.0 - share)
        rows.append((" and ".join(tiers), people_of(own), 100.0 * float(np.mean(shares)) if shares else np.nan))
    return pd.DataFrame(rows, columns=["tier", "answers", "self_image"])


def _customers(folder: Folder) -> float:
    """Return the satisfaction that customers state: the mean of the last four values of the whole organisation."""
    frame = folder.frame("history")
    csat = frame["kpi"].map(lambda word: folder.kpis.get(word, word)) == "csat"
    return float(frame[csat & of_the_whole(frame)].sort_values("date")["value"].tail(4).mean())


def image_in_words(assessment: Assessment) -> list[str]:
    """Compare the self-image with what customers say (claim S10)."""
    image = assessment.image.dropna()
    if not len(image):
        return []
    lines = [
        "Self-image, of 100: "
        + "; ".join(f"{row.tier} {row.self_image:.0f} ({row.answers})" for row in image.itertuples())
        + "."
    ]
    if np.isnan(assessment.customers):
        return [
            *lines,
            "history.csv has no satisfaction of customers, so the gap to the self-image (claim S10) is not known.",
        ]
    top = image.iloc[0]
    gap = top["self_image"] - assessment.customers
    lines.append(
        f"Customers say {assessment.customers:.0f}. The {top['tier']} thinks {abs(gap):.0f} points {'better' if gap > 0 else 'worse'} "
        "of the organisation than customers do (claim S10: the self-image of the top is above what customers see)."
    )
    return lines
