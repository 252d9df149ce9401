// The answer as a sentence, made from the runs: nothing is said that the figures do not say.
import type { Decision } from "./decisions";
import type { Model, Plan, Series } from "./model";
import { drawn, interval, last, type Interval } from "./statistics";
import type { Behind } from "./store";
import { leverText, money, number, t, titleOf } from "./words";

/** A run is named by what was changed. */
export function planName(model: Model, plan: Plan): string {
  const scenario = model.scenarios.get(plan.scenario)!;
  const title = titleOf.scenario(scenario);
  const changed = model.changed(plan);
  if (plan.later?.length) {
    const { later, ...early } = plan;
    const name = planName(model, early);
    if (later.length > 1 || Object.keys(later[0].set).length > 1) return t("name.later.many", { name, n: later.reduce((sum, each) => sum + Object.keys(each.set).length, 0) });
    return t("name.later", { name, what: decisionWords(model, later[0]) });
  }
  if (!changed.length) return title;
  if (changed.length > 2) return t("name.many", { title, n: changed.length });
  const parts = changed.map((key) => {
    const row = model.parameters.get(key)!;
    return t("name.set", { lever: titleOf.lever(row), value: leverText(row, plan.set[key]) });
  });
  return t("name.changed", { title, what: parts.join(t("name.and")) });
}

/** What a decision in mid-run sets, in words. */
export function decisionWords(model: Model, decision: Decision): string {
  const parts = Object.entries(decision.set).map(([key, value]) => {
    const row = model.parameters.get(key)!;
    return t("name.set", { lever: titleOf.lever(row), value: leverText(row, value) });
  });
  return t("name.from", { what: parts.join(t("name.and")), week: decision.week + 1 });
}

export function figure(model: Model, key: string, series: Series): number {
  return last(drawn(model.kpis.get(key)!, series));
}

export function difference(model: Model, key: string, mine: Series, other: Series): number {
  return figure(model, key, mine) - figure(model, key, other);
}

/** Mean difference to the twin over all runs that are there. */
export function overRuns(model: Model, key: string, behind: Behind | null): Interval | null {
  if (!behind || behind.plan.length < 5) return null;
  return interval(behind.plan.map((series, i) => difference(model, key, series, behind.twin[i])));
}

/** First week from which on the plan stays ahead of its twin in money; null if it ends behind. */
export function payback(model: Model, mine: Series, other: Series): number | null {
  const kpi = model.kpis.get("npv");
  if (!kpi) return null;
  const a = drawn(kpi, mine);
  const b = drawn(kpi, other);
  if (!(last(a) > last(b))) return null;
  let week = a.length;
  while (week > 0 && a[week - 1] >= b[week - 1]) week--;
  return week + 1;
}

export function span(weeks: number): string {
  if (weeks % 52 === 0) {
    const years = weeks / 52;
    if (years === 1) return t("span.year");
    if (years <= 10) return t("span.years", { n: t(`count.${years}` as "count.2") });
  }
  return t("span.weeks", { n: weeks });
}

export function sameAsTwin(model: Model, plan: Plan): boolean {
  const scenario = model.scenarios.get(plan.scenario);
  return plan.scenario === "nothing" && !scenario?.schedule.length && !model.changed(plan).length && !plan.later?.length;
}

export function answer(model: Model, plan: Plan, mine: Series, other: Series, behind: Behind | null): string {
  const after = span(plan.weeks);
  if (sameAsTwin(model, plan)) {
    const first = drawn(model.kpis.get("csat")!, mine)[Math.min(12, plan.weeks - 1)];
    return t("say.nothing", { from: number(first, 1), to: number(figure(model, "csat", mine), 1), after });
  }
  const name = planName(model, plan);
  const points = difference(model, "csat", mine, other);
  const chance = overRuns(model, "csat", behind);
  const isChance = chance !== null && behind!.plan.length >= 20 && Math.abs(chance.mean) <= chance.half;
  const customers =
    points === 0 || Math.abs(points) < 0.05
      ? t("say.same", { after })
      : isChance
        ? t("say.chance", { after })
        : t(points > 0 ? "say.more" : "say.less", { n: number(Math.abs(points), 1), after });
  return t("say.whole", { name, customers, money: moneyWords(model, mine, other) });
}

function moneyWords(model: Model, mine: Series, other: Series): string {
  const gain = difference(model, "npv", mine, other);
  const spent = difference(model, "spend", mine, other);
  if (Math.abs(gain) < 500) return t("say.money.same");
  const week = payback(model, mine, other);
  if (gain > 0) {
    return spent > 0 && week !== null && week > 1
      ? t("say.money.pays", { week, gain: money(gain) })
      : t("say.money.gain", { gain: money(gain) });
  }
  return spent > 0 ? t("say.money.short", { loss: money(-gain) }) : t("say.money.loss", { loss: money(-gain) });
}

/** What chance makes of it, below the sentence. */
export function chanceWords(model: Model, behind: Behind | null, wanted: number): string {
  const found = overRuns(model, "csat", behind);
  if (!found) return t("chance.waiting", { wanted });
  const many = { runs: found.runs, low: number(found.mean - found.half, 1, true), high: number(found.mean + found.half, 1, true), mean: number(found.mean, 1, true) };
  return Math.abs(found.mean) <= found.half ? t("chance.none", many) : t("chance.some", many);
}
