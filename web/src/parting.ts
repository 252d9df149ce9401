// Where two games part: both are lived side by side, week by week, until somebody decides differently.
import { playGame, type GameModel, type GameRequest } from "./game";
import type { Series, Values } from "./model";

export interface PartRequest {
  mine: GameRequest;
  other: GameRequest;
}

/** The first decision that differs. */
export interface Parting {
  /** Weeks of the game, from 1. */
  week: number;
  kind: "handling" | "convinced" | "left" | "joined";
  department: number;
  front: boolean;
  /** Number of the person, from 1; 0 if only the department is known. */
  person: number;
  /** What is done more often with the choice, and what without it: ways to handle a case. */
  more: string | null;
  less: string | null;
}

export interface Parted {
  parting: Parting | null;
  /** Share of staff who differ in conviction or habit after the last week by more than a twentieth. */
  touched: number;
}

/** Ways to handle a case, as departments count them. */
export const WAYS = ["closed_fast", "followed_script", "solved", "handed_over", "escalated"];
const WORK = ["solved", "handled", "worked"];

interface Run {
  step(weeks: number): void;
  apply(set: Values, label?: string): void;
  kpis(): Series;
  column(population: string, name: string): Float64Array;
}

interface Host {
  open(request: { scenario: string; set: Values; seed: number; weeks: number }): Run;
  draw(seed: number, stream: string, week: number, row: number): Float64Array;
}

const first = (a: Float64Array, b: Float64Array): number => a.findIndex((value, i) => value !== b[i]);

function decision(mine: Run, other: Run, week: number): Parting | null {
  const pair = (population: string, name: string) => [mine.column(population, name), other.column(population, name)] as const;
  const department = mine.column("staff", "department");
  const front = mine.column("departments", "front");
  const told = (kind: Parting["kind"], of: number, person: number, more: string | null = null, less: string | null = null): Parting => ({
    week, kind, department: of, front: front[of] !== 0, person, more, less,
  });
  const counts = WAYS.map((name) => pair("departments", name));
  for (let of = 0; of < front.length; of++) {
    const change = counts.map(([a, b]) => a[of] - b[of]);
    if (change.every((value) => value === 0)) continue;
    const worked = WORK.map((name) => pair("staff", name));
    const person = department.findIndex((place, i) => place === of && worked.some(([a, b]) => a[i] !== b[i]));
    const largest = (sign: number) => {
      const most = Math.max(...change.map((value) => sign * value));
      return most > 0 ? WAYS[change.findIndex((value) => sign * value === most)] : null;
    };
    return told("handling", of, person + 1, largest(1), largest(-1));
  }
  for (const [name, kind] of [["tipped_week", "convinced"], ["vacant_until", "left"], ["person", "joined"]] as const) {
    const person = first(...pair("staff", name));
    if (person >= 0) return told(kind, department[person], person + 1);
  }
  return null;
}

export function part(host: Host, model: GameModel, request: PartRequest): Parted {
  const games = [request.mine, request.other].map((each) => ({ request: each, quarters: playGame(host, model, each).quarters }));
  const { weeks } = model.rules;
  const length = Math.min(...games.map((each) => each.quarters.length));
  const [mine, other] = games.map(({ request: each }) => host.open({ scenario: each.scenario, set: {}, seed: each.seed, weeks: length * weeks }));
  let parting: Parting | null = null;
  for (let quarter = 0; quarter < length; quarter++) {
    [mine, other].forEach((run, i) => {
      const { set } = games[i].quarters[quarter];
      if (Object.keys(set).length) run.apply(set);
    });
    if (parting) {
      mine.step(weeks);
      other.step(weeks);
      continue;
    }
    for (let week = 1; week <= weeks; week++) {
      mine.step(1);
      other.step(1);
      parting ??= decision(mine, other, quarter * weeks + week);
    }
  }
  const apart = ["conviction", "habit"].map((name) => [mine.column("staff", name), other.column("staff", name)] as const);
  const people = apart[0][0].length;
  let touched = 0;
  for (let i = 0; i < people; i++) if (apart.some(([a, b]) => Math.abs(a[i] - b[i]) > 0.05)) touched++;
  return { parting, touched: touched / people };
}
