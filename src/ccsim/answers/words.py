"""Answers in words: what a scenario does, how two scenarios part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ccsim.answers.decisions import OPTIONS
from ccsim.settings import declared

if TYPE_CHECKING:
    from ccsim.answers.divergence import Divergence, Gap, Parting
    from ccsim.scenario import Move, Scenario


def amount(key: str, value: Any) -> str:
    """Write a parameter's value with its unit."""
    row = declared()[key]
    if isinstance(value, bool) or row.kind is bool:
        return "on" if value else "off"
    if row.choices:
        return str(value)
    if row.unit in ("share", "probability"):
        return f"{100 * value:.4g} %"
    return f"{value:,.6g}" + (f" {row.unit}" if row.unit else "")


def settings_in_words(values: dict[str, Any]) -> list[str]:
    """Say what each of some values is, with what is ordinary."""
    found = []
    for key, value in values.items():
        row = declared()[key]
        ordinary = "as is ordinary" if value == row.shown else f"ordinarily {amount(key, row.shown)}"
        found.append(f"{row.meaning[:1].upper()}{row.meaning[1:]}: {amount(key, value)} ({ordinary}; {key})")
    return found


def scenario_in_words(scenario: Scenario) -> list[tuple[str, list[str]]]:
    """Say what a scenario sets and when, as (when, what) from the declarations' meanings."""
    found = []
    for when, values in (("Its size", scenario.organisation), ("Its world", scenario.assumptions),
                         ("Long before", scenario.before), ("From week 0", scenario.levers)):  # fmt: skip
        if values:
            found.append((when, settings_in_words(values)))
    found += [(moment(move), settings_in_words(move.set)) for move in scenario.schedule]
    return found


def moment(move: Move) -> str:
    """Say when a move is made and what it is called."""
    from ccsim.scenario import default_label

    called = f": {move.label}" if move.label and move.label != default_label(move.set) else ""
    if move.when is None:
        return f"In week {move.week}{called}"
    after = f", from week {move.after} on" if move.after else ""
    return f"Once {move.when.text}{after}{called}"


def divergence_in_words(found: Divergence) -> str:
    """Say where two scenarios part: cause, decision, spread."""
    a, b = found.names
    if found.cause is None:
        return (
            f"{a} and {b} do not part in {found.weeks} weeks on the draws of seed {found.seed}: every column is equal."
        )
    lines = [
        f"{a} and {b}, on the draws of seed {found.seed}",
        "",
        f"They part {_week(found.cause)}, in {_phase(found.cause)}.",
    ]
    lines += _gaps(found, found.cause)
    if found.levers:
        lines += ["", "Set differently then:"]
        lines += [f"  {key}: {amount(key, mine)} / {amount(key, theirs)}  ({declared()[key].meaning})"
                  for key, mine, theirs in found.levers[:12]]  # fmt: skip
        if len(found.levers) > 12:
            lines.append(f"  and {len(found.levers) - 12} more")
    if found.decision is None:
        lines += ["", f"In {found.weeks} weeks nobody decides differently."]
    else:
        lines += ["", f"The first decision that comes out differently is made {_week(found.decision)}, "
                      f"in {_phase(found.decision)}."]  # fmt: skip
        lines += _choice(found) if found.decision.choices else _gaps(found, found.decision)
    return "\n".join([*lines, "", *_spread(found)])


def _week(parting: Parting) -> str:
    if parting.phase == "founding":
        return "when they are founded"
    return f"in week {parting.week}" + (" (their past)" if parting.week < 0 else "")


def _phase(parting: Parting) -> str:
    return "the founding" if parting.phase == "founding" else f"mechanism {parting.phase}"


def _gaps(found: Divergence, parting: Parting) -> list[str]:
    a, b = found.names
    first = parting.gaps[0]
    lines = [f"  First: {parting.who}; {first.population}.{first.column.name} is {_number(first.values[0])} in {a}, "
             f"{_number(first.values[1])} in {b}  ({first.column.meaning}, {first.column.unit})"]  # fmt: skip
    others = [_extent(gap) for gap in parting.gaps]
    more = f", and {len(others) - 6} more columns" if len(others) > 6 else ""
    return [*lines, f"  At the end of that phase: {', '.join(others[:6])}{more}."]


def _extent(gap: Gap) -> str:
    return f"{gap.population}.{gap.column.name} of {len(gap.rows):,} of {gap.of:,}"


def _number(value: float) -> str:
    return f"{value:.6g}"


def _choice(found: Divergence) -> list[str]:
    """Write a choice of service as it was made in both, and what it was made of."""
    assert found.decision is not None
    assert found.decision.choices is not None
    pair = found.decision.choices
    width = max(map(len, found.names))
    lines = [f"  The case of customer {pair[0].case}, in department {pair[0].department}; the draw is {pair[0].luck:.4f} in both."]  # fmt: skip
    lines += [f"  {name:<{width}}  post {one.person} {OPTIONS[one.option]} (chance {100 * one.chances()[one.option]:.1f} %)"
              for name, one in zip(found.names, pair, strict=True)]  # fmt: skip
    options = sorted({one.option for one in pair})
    shown = max(len(OPTIONS[option]) for option in options)
    heads = list(next(iter(pair)).terms(pair[0].option))
    lines.append("  What made these options attractive (utility):")
    lines.append(f"    {'':<{shown + width + 2}}" + "".join(f"{head:>11}" for head in heads) + f"{'chance':>9}")
    for option in options:
        for name, one in zip(found.names, pair, strict=True):
            if option not in one.asked:
                continue
            values = "".join(f"{value:>11.3f}" for value in one.terms(option).values())
            lines.append(
                f"    {OPTIONS[option]:<{shown}}  {name:<{width}}{values}{100 * one.chances()[option]:>7.1f} %"
            )
    return lines


def _spread(found: Divergence) -> list[str]:
    """Write in how many people the scenarios differ, at a few weeks."""
    table = found.spread
    if table.empty:
        return []
    first = 0 if found.cause is None else max(found.cause.week, int(table["week"].min()))
    wanted = sorted({first, first + 1, first + 4, first + 13, first + 26, first + 52, int(table["week"].iloc[-1])})
    rows = table[table["week"].isin(wanted)]
    lines = ["How it spreads: those in whom anything that lasts differs", "  week      staff    leaders  customers"]
    return lines + [
        f"  {row['week']:>4.0f}  "
        + "  ".join(f"{100 * row[name]:>7.1f} %" for name in ("staff", "leaders", "customers"))
        for row in rows.to_dict("records")
    ]
