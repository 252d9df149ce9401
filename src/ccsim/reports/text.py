"""Answers in words: what a scenario does, how two scenarios part."""

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
    """Say what each of some values is, with what is ordinary."""
    found = []
    for key, value in values.items():
        row = all_parameters()[key]
        ordinary = "as is ordinary" if value == row.shown else f"ordinarily {parameter_value(key, row.shown)}"
        found.append(f"{row.meaning[:1].upper()}{row.meaning[1:]}: {parameter_value(key, value)} ({ordinary}; {key})")
    return found


def scenario_in_words(scenario: Scenario) -> list[tuple[str, list[str]]]:
    """Say what a scenario sets and when, as (when, what) from the declarations' meanings."""
    found = []
    for when, values in (("Its size", scenario.organisation), ("Its world", scenario.assumptions),
                         ("Long before", scenario.history), ("From week 0", scenario.levers)):  # fmt: skip
        if values:
            found.append((when, settings_in_words(values)))
    found += [(moment(move), settings_in_words(move.set)) for move in scenario.schedule]
    return found


def factor_in_words(factor: Factor) -> str:
    """Say what a factor of a design is, and between which values it is varied."""
    about = all_parameters()[factor.key].meaning if factor.key in all_parameters() else "week of a move"
    if factor.values:
        return f"{about}: {', '.join(map(str, factor.values))}"
    low, high = factor.ends()
    return f"{about}: {low:g} to {high:g}" if isinstance(low, (int, float)) else about


def moment(move: Intervention) -> str:
    """Say when a move is made and what it is called."""
    from ccsim.scenarios.scenario import default_label

    called = f": {move.label}" if move.label and move.label != default_label(move.set) else ""
    if move.when is None:
        return f"In week {move.week}{called}"
    after = f", from week {move.earliest_week} on" if move.earliest_week else ""
    return f"Once {move.when.text}{after}{called}"


def divergence_in_words(found: Divergence) -> str:
    """Say where two scenarios part: cause, decision, spread."""
    a, b = found.names
    if found.cause is None:
        return f"{a} and {b} do not part in {count_noun(found.weeks, 'week')} on the draws of seed {found.seed}: every column is equal."
    lines = [
        f"{a} and {b}, on the draws of seed {found.seed}",
        "",
        f"They part {_week(found.cause)}, in {_phase(found.cause)}.",
    ]
    lines += _gaps(found, found.cause)
    if found.levers:
        lines += ["", "Set differently then:"]
        lines += [f"  {key}: {parameter_value(key, mine)} / {parameter_value(key, theirs)}  ({all_parameters()[key].meaning})"
                  for key, mine, theirs in found.levers[:12]]  # fmt: skip
        if len(found.levers) > 12:
            lines.append(f"  and {len(found.levers) - 12} more")
    if found.decision is None:
        lines += ["", f"In {count_noun(found.weeks, 'week')} no person decides differently."]
    else:
        lines += ["", f"The first decision that comes out differently is made {_week(found.decision)}, "
                      f"in {_phase(found.decision)}."]  # fmt: skip
        lines += _choice(found) if found.decision.choices else _gaps(found, found.decision)
    return "\n".join([*lines, "", *_spread(found)])


def _week(parting: FirstDifference) -> str:
    if parting.phase == "founding":
        return "when they are founded"
    return f"in week {parting.week}" + (" (their past)" if parting.week < 0 else "")


def _phase(parting: FirstDifference) -> str:
    return "the founding" if parting.phase == "founding" else f"mechanism {parting.phase}"


def _gaps(found: Divergence, parting: FirstDifference) -> list[str]:
    a, b = found.names
    first = parting.gaps[0]
    lines = [f"  First: {parting.who}; {first.population}.{first.column.name} is {exact(first.values[0])} in {a}, "
             f"{exact(first.values[1])} in {b}  ({first.column.meaning}, {first.column.unit})"]  # fmt: skip
    others = [f"{gap.population}.{gap.column.name} of {len(gap.rows):,} of {gap.of:,}" for gap in parting.gaps]
    more = f", and {len(others) - 6} more columns" if len(others) > 6 else ""
    return [*lines, f"  At the end of that phase: {', '.join(others[:6])}{more}."]


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


def reproduction_in_words(found: Reproduction) -> str:
    """Say what a number is, how it is made, from which runs, and whether it came out again."""
    from ccsim.reports.reproduce import title_of

    number = f"{found.stored[0]!r}".removeprefix("np.float64(").removesuffix(")")
    if len(found.stored) > 1:
        number = f"a curve of {count_noun(len(found.stored), 'week')}"
    runs = len(found.scenarios) * len(found.replicates)
    seeds = f"{found.each['seed'].min()} to {found.each['seed'].max()}" if len(found.each) else "none"
    lines = [str(found.key), title_of(found.key), f"  = {number}", "", "How it is made"]
    lines += [f"  {step}" for step in found.steps]
    lines += ["", f"Runs behind it: {', '.join(found.scenarios)}; replicates {_spans(found.replicates)}; seeds {seeds}"]
    lines += ["", *(f"  {line}" for line in found.each.to_string(index=False).splitlines()), ""]
    lines.append(f"Stored by {found.made_by}" + ("" if found.same_sources else "; this checkout has other sources"))
    return "\n".join([*lines, *_again(found, runs)])


def _again(found: Reproduction, runs: int) -> list[str]:
    if found.reproduced:
        shown_too = "" if found.reported is None else ", and is the one on the page"
        return [f"Made again here: all {runs} runs are equal to the last bit, and so is the number{shown_too}."]
    lines = ["Made again here, it is NOT reproduced:"]
    if found.differing:
        shown = ", ".join(f"{scenario} {replicate}" for scenario, replicate in found.differing[:8])
        more = f" and {len(found.differing) - 8} more" if len(found.differing) > 8 else ""
        lines.append(f"  {len(found.differing)} of {runs} runs differ from the store: {shown}{more}")
    if len(found.stored) == 1:
        lines.append(f"  stored {float(found.stored[0])!r}, made again {float(found.again[0])!r}")
    if found.reported is not None and found.reported != found.stored[0]:
        lines.append(f"  the page has {found.reported!r}; write it anew with ccsim report")
    if not found.same_sources:
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
