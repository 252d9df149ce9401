// Finished games of a class, from the server or from files: points, who is where, and the class as a table.
import { byQuarter, points, scored, shortened, type Choice, type GameModel, type Played, type Terms } from "../game";
import { cell, cleanName } from "./names";
import type { Rank } from "./member";

/** What is known of a finished game. */
export interface GameRow {
  id: string;
  name: string;
  values: Record<string, number>;
  kpis: Record<string, (number | null)[]>;
  choices: Pick<Choice, "start" | "stop">[];
  expected: Record<string, number>[];
  /** Mean distance of the predictions of satisfaction from what was reported; null without predictions. */
  surprise: number | null;
  /** Events that came otherwise than to the class. */
  apart: string[];
  /** Of how many quarters the server had the prediction at its time; -1 without a server. */
  proven: number;
}

/** What all games of a class have in common. */
export interface Common {
  scenario: string;
  seed: number;
  terms: Terms;
}

const KEPT = ["csat", "reported_csat", "profit", "habit"];

/** A game that was played again in this browser. */
export function rowOf(whole: GameModel, common: Common, played: Played, choices: Choice[], name: string, id: string): GameRow {
  const { rules } = shortened(whole, common.terms);
  const every = shortened(whole, { quarters: common.terms.quarters }).rules;
  const kpis = Object.fromEntries([...new Set([...KEPT, ...rules.report.filter((row) => row.predict).map((row) => row.kpi)])].map((kpi) => [kpi, byQuarter(rules, played, kpi)]));
  const misses = choices.flatMap((choice, quarter) => {
    const said = choice.expected?.reported_csat;
    return said === undefined ? [] : [Math.abs(said - kpis.reported_csat[quarter])];
  });
  return {
    id,
    name: cleanName(name),
    values: Object.fromEntries(every.criterion.map((row) => [row.kpi, scored(every, played, row.kpi)])),
    kpis,
    choices,
    expected: choices.map((choice) => choice.expected ?? {}),
    surprise: misses.length ? misses.reduce((sum, miss) => sum + miss, 0) / misses.length : null,
    apart: [],
    proven: -1,
  };
}

export function pointsOf(whole: GameModel, common: Common, values: Record<string, number>): number {
  return shortened(whole, common.terms).rules.criterion.reduce((sum, row) => sum + (row.weight * (values[row.kpi] - row.zero)) / (row.hundred - row.zero), 0);
}

export function pointsPlayed(whole: GameModel, common: Common, played: Played): number {
  return points(shortened(whole, common.terms).rules, played);
}

/** Who is where, best first; games of one name are a team's, which has the mean of their points. */
export function ranksOf(whole: GameModel, common: Common, rows: GameRow[]): Rank[] {
  const teams = new Map<string, GameRow[]>();
  rows.filter((row) => !row.apart.length).forEach((row, i) => {
    const team = row.name.toLowerCase() || `\n${i}`;
    teams.set(team, [...(teams.get(team) ?? []), row]);
  });
  const means = [...teams.values()].map((team) => {
    const mean = team.reduce((sum, row) => sum + pointsOf(whole, common, row.values), 0) / team.length;
    return { team, mean: Math.round(mean * 10) / 10 };
  });
  means.sort((a, b) => b.mean - a.mean);
  return means.map(({ team, mean }) => ({ place: 1 + means.filter((other) => other.mean > mean).length, name: team[0].name, games: team.length, points: mean }));
}

/** The class as a table, one game a row, under the lines that say how points are made; Python writes the same columns. */
export function classCsv(whole: GameModel, common: Common, rows: GameRow[], coming: Record<string, number>): string {
  const { rules } = shortened(whole, common.terms);
  const line = (cells: (string | number)[]) => cells.map((each) => (typeof each === "number" ? String(each) : cell(each))).join(",");
  const lines = [line(["# scenario", common.scenario, "seed", common.seed]), line(["# points = sum of weight x (value - zero) / (hundred - zero)"])];
  for (const row of rules.criterion) {
    lines.push(line(["# criterion", row.kpi, "weight", row.weight, "zero", row.zero, "hundred", row.hundred, row.kpi === "profit" ? "sum of all weeks" : "mean of the last quarter"]));
  }
  for (const [name, quarter] of Object.entries(coming).sort((a, b) => a[1] - b[1])) lines.push(line(["# event", name, "quarter", quarter]));
  const kpis = rules.criterion.map((row) => row.kpi);
  const quarters = Array.from({ length: rules.quarters }, (_, i) => `quarter ${i + 1}`);
  lines.push(line(["seed", "scenario", "player", "points", ...kpis, "mean error of predictions", "predictions received in time", "played without or with other events", ...quarters]));
  const sorted = rows.map((row) => ({ row, total: pointsOf(whole, common, row.values) })).sort((a, b) => b.total - a.total);
  for (const { row, total } of sorted) {
    const moves = row.choices.map((choice) => [...choice.start, ...choice.stop.map((name) => `-${name}`)].join(" "));
    lines.push(line([common.seed, common.scenario, row.name, Number(total.toFixed(4)), ...kpis.map((kpi) => Number(row.values[kpi].toFixed(6))), row.surprise === null ? "" : Number(row.surprise.toFixed(2)), row.proven < 0 ? "" : row.proven, row.apart.join(" "), ...moves]));
  }
  return `${lines.join("\n")}\n`;
}
