// What the engine is given and gives back. The declarations come from `model.json`, the interface from the module itself.

export type Value = number | string | boolean;
export type Values = Record<string, Value>;

/** An expression: a number, a name, or an operation with its operands. */
export type Tree = number | string | [string, ...unknown[]];

export interface ParameterData {
  key: string;
  kind: string;
  default: Value;
  least: number;
  most: number | null;
  options: string[];
  role: string;
  impulse: boolean;
}

export interface KpiData {
  key: string;
  tree: Tree;
  aggregation: string;
}

export interface MoveData {
  week: number | null;
  when: string | null;
  tree: Tree | null;
  after: number;
  label: string;
  set: Values;
}

export interface ScenarioData {
  key: string;
  organisation: Values;
  assumptions: Values;
  history: Values;
  levers: Values;
  schedule: MoveData[];
}

/** An organisation of a user's own: the server initialises it, see `initialisation.ts`. */
export interface OrganisationData {
  name: string;
  /** Keys that its files state. */
  stated: string[];
}

/** The part of `model.json` that the engine reads. */
export interface EngineModel {
  sourceHash: string;
  parameters: ParameterData[];
  kpis: KpiData[];
  scenarios: ScenarioData[];
  tallies: Record<string, string[]>;
  given: { retention: Tree; discount: string };
  quarter: number;
  streams: Record<string, number>;
  organisation?: OrganisationData;
}

export interface RunRequest {
  /** A shipped scenario's name, or one of a user's own as data. */
  scenario: string | ScenarioData;
  /** What differs from the scenario: sizes, assumptions, and levers from week 1 on. */
  set: Values;
  seed: number | bigint;
  weeks: number;
}

export interface RunResult {
  weeks: number;
  /** One value per week, index 0 is week 1; NaN where there is nothing to divide by. */
  kpis: Record<string, Float64Array>;
  /** The moves that were made: week (from 0) and label. */
  events: [number, string][];
}
