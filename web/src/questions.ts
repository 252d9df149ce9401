// Three questions to start from: each a true thing in some seconds, answered by runs on the spot.
import { signal } from "@preact/signals";
import { replicateSeed, type Model, type Plan } from "./model";
import type { Token } from "./pool";
import { difference, figure } from "./sentence";
import { interval } from "./statistics";
import { batchChoice, engine, keptTwin, plan, quiet } from "./store";
import { number, t, titleOf, type Word } from "./words";

export interface Question {
  key: string;
  word: Word;
  scenarios: string[];
  plan: string;
  pin: string;
  kpi: string;
}

export const QUESTIONS: Question[] = [
  { key: "direction", word: "ask.direction", scenarios: ["top-down", "bottom-up", "combined"], plan: "bottom-up", pin: "top-down", kpi: "csat" },
  { key: "hero", word: "ask.hero", scenarios: ["hero", "hero-leaves", "hero-leaves-embedded", "champion-network"], plan: "hero-leaves", pin: "hero", kpi: "adoption" },
  { key: "measure", word: "ask.measure", scenarios: ["scorecard-handling-time", "scorecard-silo-cost", "scorecard-interaction-csat", "scorecard-resolution", "scorecard-journey"], plan: "scorecard-resolution", pin: "scorecard-handling-time", kpi: "csat" },
];

const COMPANIES = 8;

export interface Row {
  scenario: string;
  /** Satisfaction at the end, in the mean over the companies. */
  level: number;
  /** Its difference to doing nothing. */
  gain: number;
  chance: boolean;
  /** Difference in adoption, in points. */
  adoption: number;
}

export interface Asked {
  question: Question;
  seed: number;
  weeks: number;
  done: number;
  wanted: number;
  rows: Row[];
}

export const asked = signal<Asked | null>(null);
let token: Token = { cancelled: false };

export async function ask(model: Model, question: Question): Promise<void> {
  token.cancelled = true;
  token = { cancelled: false };
  const mine = token;
  const { seed, weeks } = plan.value;
  const scenarios = question.scenarios.filter((key) => model.scenarios.has(key));
  const wanted = scenarios.length * COMPANIES;
  let done = 0;
  const tell = (rows: Row[]) => {
    if (!mine.cancelled) asked.value = { question, seed, weeks, done, wanted, rows };
  };
  tell([]);
  const request = (scenario: string, of: number): Plan => ({ scenario, set: {}, seed: of, weeks });
  batchChoice(request(question.plan, seed), request(question.pin, seed), question.kpi);
  try {
    const rows = await Promise.all(
      scenarios.map(async (scenario) => {
        const pairs = await Promise.all(
          Array.from({ length: COMPANIES }, async (_, i) => {
            const wish = request(scenario, replicateSeed(seed, i));
            const pair = await Promise.all([engine().later(wish, mine), keptTwin(model.twin(wish), mine)]);
            done++;
            tell([]);
            return pair;
          }),
        );
        const gains = interval(pairs.map(([a, b]) => difference(model, "csat", a, b)));
        return {
          scenario,
          level: interval(pairs.map(([a]) => figure(model, "csat", a))).mean,
          gain: gains.mean,
          chance: !(Math.abs(gains.mean) > gains.half),
          adoption: interval(pairs.map(([a, b]) => 100 * difference(model, "adoption", a, b))).mean,
        };
      }),
    );
    tell(rows);
  } catch (error) {
    if (mine.cancelled) return;
    asked.value = null;
    quiet(error);
  }
}

/** The answer in a sentence, made from the runs. */
export function reply(model: Model, of: Asked): string {
  const { question, rows } = of;
  if (!rows.length) return "";
  const title = (row: Row) => titleOf.scenario(model.scenarios.get(row.scenario)!);
  const sorted = [...rows].sort((a, b) => b.gain - a.gain);
  const best = sorted[0];
  const worst = sorted[sorted.length - 1];
  if (question.key === "direction") {
    const rest = sorted.slice(1).map((row) => `${title(row)} ${number(row.gain, 1, true)}`);
    return t("reply.direction", { best: title(best), gain: number(best.gain, 1, true), rest: rest.join(", ") });
  }
  if (question.key === "measure") {
    return t("reply.measure", { best: title(best), high: number(best.level, 1), worst: title(worst), low: number(worst.level, 1) });
  }
  const adoption = (key: string) => number(rows.find((row) => row.scenario === key)?.adoption ?? NaN, 1, true);
  return t("reply.hero", {
    week: model.scenarios.get("hero-leaves")?.schedule[0]?.week ?? "–",
    stays: adoption("hero"),
    leaves: adoption("hero-leaves"),
    embedded: adoption("hero-leaves-embedded"),
    network: adoption("champion-network"),
  });
}
