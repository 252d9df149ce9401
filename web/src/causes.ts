// Causes are runs: plan and twin once more with one mechanism switched off, over a few companies.
import { signal } from "@preact/signals";
import type { Model, Plan, Values } from "./model";
import { replicateSeed } from "./model";
import type { Token } from "./pool";
import { difference } from "./sentence";
import { interval } from "./statistics";
import { engine, quiet } from "./store";
import type { Word } from "./words";

/** What is switched off, one at a time, as in `experiments/findings.py`. */
export const SWITCHES: { word: Word; off: Values }[] = [
  { word: "cause.contagion", off: { "conviction.tipping_probability": 0 } },
  { word: "cause.evidence", off: { "conviction.evidence_rate": 0 } },
  { word: "cause.telling", off: { "conviction.leader_rate": 0 } },
  { word: "cause.conviction", off: { "conviction.utility_weight": 0 } },
  { word: "cause.norm", off: { "conviction.norm_weight": 0 } },
  { word: "cause.habit", off: { "habit.utility_weight": 0 } },
  { word: "cause.routines", off: { "embedding.writing_rate": 0 } },
  { word: "cause.training", off: { "skills.training_rate": 0 } },
  { word: "cause.coaching", off: { "skills.coaching_rate": 0 } },
  { word: "cause.quick", off: { "visible_successes.completion_probability": 0 } },
  { word: "cause.fatigue", off: { "fatigue.strain": 0, "fatigue.disillusion": 0 } },
  { word: "cause.superior", off: { "leadership.superior_rate": 0 } },
  { word: "cause.successes", off: { "leadership.successes_rate": 0, "leadership.results_rate": 0 } },
  { word: "cause.mouth", off: { "word_of_mouth.influence": 0 } },
  { word: "cause.fear", off: { "empowerment.blame_weight": 0 } },
  { word: "cause.rewards", off: { "scorecards.utility_weight": 0 } },
  { word: "cause.effort", off: { "service.effort_weight": 0 } },
  { word: "cause.handoffs", off: { "handoffs.loss_probability": 0 } },
  { word: "cause.defects", off: { "defects.removal_rate": 0 } },
  { word: "cause.insight", off: { "sensing.skill_gain": 0 } },
];

const COMPANIES = 5;

export interface Cause {
  word: Word;
  /** Effect of the plan with the mechanism switched off. */
  without: number;
  /** What the mechanism carries, in the mean over the companies. */
  carried: number;
}

export interface Causes {
  plan: Plan;
  kpi: string;
  done: number;
  wanted: number;
  whole: number;
  rows: Cause[];
}

export const causes = signal<Causes | null>(null);
let token: Token = { cancelled: false };

async function effects(model: Model, plan: Plan, kpi: string, off: Values, mine: Token): Promise<number[]> {
  const found: number[] = [];
  await Promise.all(
    Array.from({ length: COMPANIES }, async (_, i) => {
      const seed = replicateSeed(plan.seed, i);
      const twin = model.twin(plan);
      const [a, b] = await Promise.all([
        engine().later({ ...plan, set: { ...plan.set, ...off }, seed }, mine),
        engine().later({ ...twin, set: { ...twin.set, ...off }, seed }, mine),
      ]);
      found[i] = difference(model, kpi, a, b);
    }),
  );
  return found;
}

/** Find what carried the effect of a plan on a KPI; rows come when all is run. */
export async function findCauses(model: Model, plan: Plan, kpi: string): Promise<void> {
  token.cancelled = true;
  token = { cancelled: false };
  const mine = token;
  const known = SWITCHES.filter((each) => Object.keys(each.off).every((key) => model.parameters.has(key)));
  const wanted = known.length + 1;
  causes.value = { plan, kpi, done: 0, wanted, whole: NaN, rows: [] };
  try {
    const all = await effects(model, plan, kpi, {}, mine);
    const whole = interval(all).mean;
    const sign = Math.sign(whole) || 1;
    const rows: Cause[] = [];
    let done = 1;
    await Promise.all(
      known.map(async (each) => {
        const without = await effects(model, plan, kpi, each.off, mine);
        const lost = interval(all.map((value, i) => value - without[i]));
        // Only what is more than chance is told.
        if (Math.abs(lost.mean) > lost.half) rows.push({ word: each.word, without: interval(without).mean, carried: lost.mean });
        if (!mine.cancelled) causes.value = { plan, kpi, done: ++done, wanted, whole, rows: [] };
      }),
    );
    if (mine.cancelled) return;
    rows.sort((a, b) => sign * (b.carried - a.carried));
    causes.value = { plan, kpi, done: wanted, wanted, whole, rows };
  } catch (error) {
    if (!mine.cancelled) {
      causes.value = null;
      quiet(error);
    }
  }
}

export function forgetCauses(): void {
  token.cancelled = true;
  causes.value = null;
}
