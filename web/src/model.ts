// What `model.json` holds: declarations exported from the Python sources, never written a second time here.

import type { Decision } from "./decisions";

export type Value = number | string | boolean;
export type Values = Record<string, Value>;

export interface Parameter {
  key: string;
  group: string;
  title: string;
  unit: string;
  kind: "float" | "int" | "bool" | string;
  default: Value;
  low: number;
  high: number;
  step: number;
  options: string[];
  help: string;
  source: string;
  role?: string;
  impulse?: boolean;
  own?: boolean;
  least?: number | null;
  most?: number | null;
}

export interface Kpi {
  key: string;
  title: string;
  unit: string;
  share?: boolean;
  better: string;
  aggregation?: string;
  help?: string;
}

export interface Scenario {
  key: string;
  title: string;
  description: string;
  values: Values;
  schedule: { week?: number | null; when?: string | null; label: string; set: Values }[];
}

export interface Comparison {
  key: string;
  title: string;
  question: string;
  baseline: string;
  scenarios: string[];
  kpis: string[];
  weeks: number;
  replicates: number;
  seed: number;
}

export interface ModelData {
  version: string;
  sourceHash: string;
  parameters: Parameter[];
  kpis: Kpi[];
  scenarios: Scenario[];
  comparisons: Comparison[];
  /** KPIs that each customer segment has. */
  bySegment: string[];
  /** Names of a user's mechanisms, which the engine has beside those of the package. */
  own?: string[];
  /** A user's organisation, founded by the server from its files. */
  organisation?: { name: string; stated: string[]; draws: number; departments: string[]; segments: string[] };
}

export interface Plan {
  scenario: string;
  set: Values;
  seed: number;
  weeks: number;
  /** Decisions in mid-run. */
  later?: Decision[];
}

export type Series = Record<string, Float64Array>;

/** The scenario that every plan is compared with. */
export const BASELINE = "nothing";

export class Model {
  readonly parameters: Map<string, Parameter>;
  readonly kpis: Map<string, Kpi>;
  readonly scenarios: Map<string, Scenario>;

  constructor(readonly data: ModelData) {
    this.parameters = new Map(data.parameters.map((row) => [row.key, row]));
    this.kpis = new Map(data.kpis.map((row) => [row.key, row]));
    this.scenarios = new Map(data.scenarios.map((row) => [row.key, row]));
  }

  /** Levers that a user's mechanisms declare: their groups stand after the package's. */
  ownLevers(): string[] {
    return this.data.own ? this.levers().filter((row) => row.own).map((row) => row.key) : [];
  }

  levers(): Parameter[] {
    return this.data.parameters.filter((row) => (row.role ?? "lever") === "lever");
  }

  sizes(): Parameter[] {
    return this.data.parameters.filter((row) => row.role === "size");
  }

  /** What a scenario sets a parameter to, or its default. */
  preset(scenario: string, key: string): Value {
    const found = this.scenarios.get(scenario)?.values[key];
    return found ?? this.parameters.get(key)!.default;
  }

  /** The value in force in week 1. */
  value(plan: Plan, key: string): Value {
    return plan.set[key] ?? this.preset(plan.scenario, key);
  }

  number(plan: Plan, key: string): number {
    return this.index(key, this.value(plan, key));
  }

  /** A value as a number: the place of an option, 0 or 1 of a switch. */
  index(key: string, value: Value): number {
    if (typeof value === "number") return value;
    if (typeof value === "boolean") return value ? 1 : 0;
    return this.parameters.get(key)?.options.indexOf(value) ?? 0;
  }

  /** Keys that the plan changes against its scenario. */
  changed(plan: Plan): string[] {
    return Object.keys(plan.set).filter(
      (key) => this.parameters.has(key) && this.index(key, plan.set[key]) !== this.index(key, this.preset(plan.scenario, key)),
    );
  }

  /** The twin of a plan: doing nothing in the same company, with the same luck. */
  twin(plan: Plan): Plan {
    const set: Values = {};
    for (const [key, value] of Object.entries(plan.set)) {
      if (this.parameters.get(key)?.role !== "lever") set[key] = value;
    }
    return { scenario: BASELINE, set, seed: plan.seed, weeks: plan.weeks };
  }
}

/** The seed of a replicate, as `ccsim compare` takes it, so that runs agree with the command line. */
export function replicateSeed(seed: number, replicate: number): number {
  return seed * 1_000_000 + replicate;
}
