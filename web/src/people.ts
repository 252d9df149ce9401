// Everybody in every week of a run, for the drawing of the organisation.
import type { Plan, Values } from "./model";

/** Rows by week: what a person is like in week `w` stands at `w * count + i`. */
export interface People {
  count: number;
  weeks: number;
  /** Department of each, and whether departments are front ones. */
  department: Float64Array;
  front: Float64Array;
  /** Shares, as 0 to 255; 255 of `present` is a person in the post. */
  conviction: Uint8Array;
  habit: Uint8Array;
  fatigue: Uint8Array;
  engagement: Uint8Array;
  skill: Uint8Array;
  present: Uint8Array;
  /** The week in which the person was convinced, from 1; 0: not yet; -1: before the first week. */
  tipped: Int16Array;
  champion: Uint8Array;
  /** Weeks since the person joined. */
  since: Int16Array;
  /** KPIs by week of each customer segment. */
  segments: Record<string, Float64Array>[];
}

export const SHARES = ["conviction", "habit", "engagement", "skill", "fatigue"] as const;
export type Share = (typeof SHARES)[number];

interface Host {
  open(request: { scenario: string; set: Values; seed: number; weeks: number }): {
    step(weeks: number): void;
    column(population: string, name: string): Float64Array;
    kpisBy(population: string, names: string[]): Record<string, Float64Array>[];
    weigh(person: number): Weighed;
    week: number;
  };
}

/** What each way to handle an ordinary case weighs to one person at the end of a week. */
export interface Weighed {
  /** The appeal of each option; -1e9 where it is not open. */
  appeals: number[];
  /** By term: what each option would lose without it; costs are negative. */
  terms: Record<string, number[]>;
}

export interface WeighRequest extends Plan {
  person: number;
}

export function weigh(host: Host, request: WeighRequest): Weighed {
  const run = host.open(request);
  run.step(request.weeks);
  return run.weigh(request.person);
}

const byte = (value: number): number => Math.max(0, Math.min(255, Math.round(255 * value)));

export function people(host: Host, request: Plan, bySegment: string[]): People {
  const run = host.open(request);
  const department = run.column("staff", "department");
  const count = department.length;
  const size = count * request.weeks;
  const shares = Object.fromEntries(SHARES.map((name) => [name, new Uint8Array(size)])) as Record<Share, Uint8Array>;
  const present = new Uint8Array(size);
  const champion = new Uint8Array(size);
  const tipped = new Int16Array(size);
  const since = new Int16Array(size);
  for (let week = 0; week < request.weeks; week++) {
    run.step(1);
    const at = week * count;
    for (const name of SHARES) run.column("staff", name).forEach((value, i) => (shares[name][at + i] = byte(value)));
    run.column("staff", "vacant_until").forEach((value, i) => (present[at + i] = run.week + 1 >= value ? 255 : 0));
    run.column("staff", "champion").forEach((value, i) => (champion[at + i] = value > 0 ? 255 : 0));
    run.column("staff", "tipped_week").forEach((value, i) => (tipped[at + i] = value >= 0 ? value + 1 : value < -1 ? -1 : 0));
    run.column("staff", "hired_week").forEach((value, i) => (since[at + i] = Math.min(32767, run.week - value)));
  }
  return { count, weeks: request.weeks, department, front: run.column("departments", "front"), ...shares, present, champion, tipped, since, segments: run.kpisBy("segments", bySegment) };
}
