"""Texts: what a scenario does, how two scenarios diverge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ccsim.errors import count_noun
from ccsim.model.settings import all_parameters
from ccsim.reports.choice_trace import OPTIONS
from ccsim.results.formatting import exact, parameter_value

if TYPE_CHECKING:
    from ccsim.experiments.factors import Factor
    from ccsim.reports.divergence import Divergence, FirstDifference
    from ccsim.reports.reproduce import Reproduction
    from ccsim.scenarios.scenario import Intervention, Scenario


def settings_in_words(values: dict[str, Any]) -> list[str]:
    """Return a description of each of some values, with the ordinary value."""
    found = []
    for key, value in values.items():
        row = all_parameters()[key]
        ordinary = "as is ordinary" if value == row.shown else f"ordinarily {parameter_value(key, row.shown)}"
        found.append(f"{row.meaning[:1].upper()}{row.meaning[1:]}: {parameter_value(key, value)} ({ordinary}; {key})")
    return found


def scenario_in_words(scenario: Scenario) -> list[tuple[str, list[str]]]:
    """Return what a scenario sets and when, as (when, what), from the declared meanings."""
    found = []
    for when, values in (("Its size", scenario.organisation), ("Its world", scenario.assumptions),
                         ("Long before", scenario.history), ("From week 0", scenario.levers)):  # fmt: skip
        if values:
            found.append((when, settings_in_words(values)))
    found += [(moment(move), settings_in_words(move.set)) for move in scenario.schedule]
    return found


def factor_in_words(factor: Factor) -> str:
    """Return a description of a factor of a design and its values."""
    about = all_parameters()[factor.key].meaning if factor.key in all_parameters() else "week of a move"
    if factor.values:
        return f"{about}: {', '.join(map(str, factor.values))}"
    low, high = factor.ends()
    return f"{about}: {low:g} to {high:g}" if isinstance(low, (int, float)) else about


def moment(move: Intervention) -> str:
    """Return when a move is made and its name."""
    from ccsim.scenarios.scenario import default_label

    called = f": {move.label}" if move.label and move.label != default_label(move.set) else ""
    if move.when is None:
        return f"In week {move.week}{called}"
    after = f", from week {move.earliest_week} on" if move.earliest_week else ""
    return f"Once {move.when.text}{after}{called}"


def divergence_in_words(result: Divergence) -> str:
    """Return a text on where two scenarios diverge: cause, decision, spread."""
    a, b = result.names
    if result.cause is None:
        return f"{a} and {b} do not differ in {count_noun(result.weeks, 'week')} on the draws of seed {result.seed}: every column is equal."
    lines = [
        f"{a} and {b}, on the draws of seed {result.seed}",
        "",
        f"They differ from {_place(result.cause)}.",
    ]
    lines += _gaps(result, result.cause)
    if result.levers:
        lines += ["", "Set differently then:"]
        lines += [f"  {key}: {parameter_value(key, first)} / {parameter_value(key, second)}  ({all_parameters()[key].meaning})"
                  for key, first, second in result.levers[:12]]  # fmt: skip
        if len(result.levers) > 12:
            lines.append(f"  and {len(result.levers) - 12} more")
    if result.decision is None:
        lines += ["", f"In {count_noun(result.weeks, 'week')} no person decides differently."]
    else:
        lines += ["", f"The first decision that comes out differently is made in {_place(result.decision)}."]
        lines += _choice(result) if result.decision.choices else _gaps(result, result.decision)
    return "\n".join([*lines, "", *_spread(result)])


def _place(difference: FirstDifference) -> str:
    """Return the week and the mechanism of a difference."""
    if difference.phase == "founding":
        return "their founding"
    return f"week {difference.week}{' (their past)' * (difference.week < 0)}, in mechanism {difference.phase}"


def _gaps(result: Divergence, difference: FirstDifference) -> list[str]:
    a, b = result.names
    first = difference.gaps[0]
    lines = [f"  First: {difference.who}; {first.population}.{first.column.name} is {exact(first.values[0])} in {a}, "
             f"{exact(first.values[1])} in {b}  ({first.column.meaning}, {first.column.unit})"]  # fmt: skip
    others = [f"{gap.population}.{gap.column.name} of {len(gap.rows):,} of {gap.of:,}" for gap in difference.gaps]
    more = f", and {len(others) - 6} more columns" if len(others) > 6 else ""
    return [*lines, f"  At the end of that phase: {', '.join(others[:6])}{more}."]


def _choice(result: Divergence) -> list[str]:
    """Return a choice of service as made in both scenarios, with its terms."""
    assert result.decision is not None
    assert result.decision.choices is not None
    pair = result.decision.choices
    width = max(map(len, result.names))
    lines = [f"  The case of customer {pair[0].case}, in department {pair[0].department}; the draw is {pair[0].draw:.4f} in both."]  # fmt: skip
    lines += [f"  {name:<{width}}  post {one.person} {OPTIONS[one.option]} (chance {100 * one.chances()[one.option]:.1f} %)"
              for name, one in zip(result.names, pair, strict=True)]  # fmt: skip
    options = sorted({one.option for one in pair})
    shown = max(len(OPTIONS[option]) for option in options)
    heads = list(next(iter(pair)).terms(pair[0].option))
    lines.append("  What made these options attractive (utility):")
    lines.append(f"    {'':<{shown + width + 2}}" + "".join(f"{head:>11}" for head in heads) + f"{'chance':>9}")
    for option in options:
        for name, one in zip(result.names, pair, strict=True):
            if option not in one.arguments:
                continue
            values = "".join(f"{value:>11.3f}" for value in one.terms(option).values())
            lines.append(
                f"    {OPTIONS[option]:<{shown}}  {name:<{width}}{values}{100 * one.chances()[option]:>7.1f} %"
            )
    return lines


def _spread(result: Divergence) -> list[str]:
    """Return the shares of people in whom the scenarios differ, at a few weeks."""
    table = result.spread
    if table.empty:
        return []
    first = 0 if result.cause is None else max(result.cause.week, int(table["week"].min()))
    wanted = sorted({first, first + 1, first + 4, first + 13, first + 26, first + 52, int(table["week"].iloc[-1])})
    rows = table[table["week"].isin(wanted)]
    lines = ["How it spreads: those in whom anything that lasts differs", "  week      staff    leaders  customers"]
    return lines + [
        f"  {row['week']:>4.0f}  "
        + "  ".join(f"{100 * row[name]:>7.1f} %" for name in ("staff", "leaders", "customers"))
        for row in rows.to_dict("records")
    ]


def reproduction_in_words(result: Reproduction) -> str:
    """Return what a number means, how it is computed, from which runs, and whether it was reproduced."""
    from ccsim.reports.reproduce import title_of

    number = f"{result.stored[0]!r}".removeprefix("np.float64(").removesuffix(")")
    if len(result.stored) > 1:
        number = f"a curve of {count_noun(len(result.stored), 'week')}"
    runs = len(result.scenarios) * len(result.replicates)
    seeds = f"{result.each['seed'].min()} to {result.each['seed'].max()}" if len(result.each) else "none"
    lines = [str(result.key), title_of(result.key), f"  = {number}", "", "How it is made"]
    lines += [f"  {step}" for step in result.steps]
    lines += [
        "",
        f"Runs behind it: {', '.join(result.scenarios)}; replicates {_spans(result.replicates)}; seeds {seeds}",
    ]
    lines += ["", *(f"  {line}" for line in result.each.to_string(index=False).splitlines()), ""]
    lines.append(f"Stored by {result.made_by}" + ("" if result.same_sources else "; this checkout has other sources"))
    return "\n".join([*lines, *_again(result, runs)])


def _again(result: Reproduction, runs: int) -> list[str]:
    if result.reproduced:
        shown_too = "" if result.reported is None else ", and is the one on the page"
        return [f"Made again here: all {runs} runs are equal to the last bit, and so is the number{shown_too}."]
    lines = ["Made again here, it is NOT reproduced:"]
    if result.differing:
        shown = ", ".join(f"{scenario} {replicate}" for scenario, replicate in result.differing[:8])
        more = f" and {len(result.differing) - 8} more" if len(result.differing) > 8 else ""
        lines.append(f"  {len(result.differing)} of {runs} runs differ from the store: {shown}{more}")
    if len(result.stored) == 1:
        lines.append(f"  stored {float(result.stored[0])!r}, made again {float(result.recomputed[0])!r}")
    if result.reported is not None and result.reported != result.stored[0]:
        lines.append(f"  the page has {result.reported!r}; rewrite it with ccsim report")
    if not result.same_sources:
        lines.append(
            "  The sources are not those that made the store: check out that version to compare like with like."
        )
    return lines


def _spans(numbers: tuple[int, ...]) -> str:
    """Write whole numbers in order, runs of them as from-to."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ", ".join(f"{first}" if first == last else f"{first}–{last}" for first, last in spans)
