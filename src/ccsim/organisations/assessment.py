"""Turn answers into intervals of parameters, and tiers into the self-image of the organisation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ccsim.errors import InputError
from ccsim.model.settings import all_parameters
from ccsim.organisations.folder import Folder
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


def _tiers_shown(given: pd.DataFrame, smallest: int) -> list[tuple[str, list[str]]]:
    """Return tiers from the top, each merged with those below it until the group is large enough to be shown."""
    found: list[tuple[str, list[str]]] = []
    open_: list[str] = []
    for tier in TIERS:
        open_.append(tier)
        if _people(given[given["tier"].isin(open_)]) >= smallest:
            found.append((" and ".join(open_), open_))
            open_ = []
    if open_ and found:
        last = found.pop()
        found.append((" and ".join(last[1] + open_), last[1] + open_))
    return found


def _people(given: pd.DataFrame) -> int:
    """Return the number of people who answered, measured by the item with the most answers."""
    return int(given["item"].value_counts().max()) if len(given) else 0


def assess(folder: Folder) -> Assessment:
    """Return the results of the answers in a folder.

    Raises:
        InputError: there are no answers.
    """
    frame = folder.frame("answers")
    if frame is None:
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
        rows.append(
            (
                code,
                item.text,
                len(answers),
                answers.mean() if len(answers) else np.nan,
                item.moves,
                low,
                high,
                item.ground,
            )
        )
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
    values = sorted(np.clip(item.low + (item.high - item.low) * ends, *row.legal).tolist())
    return values[0], values[1]


def _image(given: pd.DataFrame, smallest: int) -> pd.DataFrame:
    """Return the self-image by tier: how far people agree that customers come first here, of 100."""
    rows = []
    for tier, together in _tiers_shown(given, smallest):
        own = given[given["tier"].isin(together)]
        each = []
        for code, item in ITEMS.items():
            answers = own["answer"][own["item"] == code]
            if len(answers):
                part = float((answers.mean() - 1.0) / STEPS)
                each.append(part if item.image else 1.0 - part)
        rows.append((tier, _people(own), 100.0 * float(np.mean(each)) if each else np.nan))
    return pd.DataFrame(rows, columns=["tier", "answers", "self_image"])


def _customers(folder: Folder) -> float:
    """Return the satisfaction that customers state: the mean of the last four values of the whole organisation."""
    frame = folder.frame("history")
    if frame is None:
        return float("nan")
    own = frame[[folder.kpis.get(word, word) == "csat" for word in frame["kpi"]]]
    for column in ("department", "segment"):
        own = own[own[column] == ""] if column in own else own
    return float(own.sort_values("date")["value"].tail(4).mean()) if len(own) else float("nan")


def image_in_words(found: Assessment) -> list[str]:
    """Compare the self-image with what customers say (claim S10)."""
    asked = found.image.dropna()
    if not len(asked):
        return []
    lines = [
        "Self-image, of 100: "
        + "; ".join(f"{row.tier} {row.self_image:.0f} ({row.answers})" for row in asked.itertuples())
        + "."
    ]
    if np.isnan(found.customers):
        return [
            *lines,
            "history.csv has no satisfaction of customers, so the gap to the self-image (claim S10) is not known.",
        ]
    top = asked.iloc[0]
    gap = top["self_image"] - found.customers
    lines.append(
        f"Customers say {found.customers:.0f}. The {top['tier']} thinks {abs(gap):.0f} points {'better' if gap > 0 else 'worse'} "
        "of the organisation than customers do (claim S10: the self-image of the top is above what customers see)."
    )
    return lines
