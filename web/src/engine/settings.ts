// Parameters in force: the defaults, what a scenario sets, and what is moved later. Ranges come from the declarations.
import type { EngineModel, MoveData, ParameterData, ScenarioData, Value, Values } from "./types";

export class InputError extends Error {}

/** Parameters by key, each as the number that kernels read. */
export type Settings = Map<string, number>;

export interface Plan {
  past: Settings;
  /** What the past sets, apart from defaults. */
  own: Values;
  levers: Values;
  schedule: MoveData[];
}

export class Declarations {
  readonly parameters: Map<string, ParameterData>;
  private readonly scenarios: Map<string, ScenarioData>;
  private readonly defaults: Settings;
  private readonly impulses: [string, number][];

  constructor(model: EngineModel) {
    this.parameters = new Map(model.parameters.map((row) => [row.key, row]));
    this.scenarios = new Map(model.scenarios.map((row) => [row.key, row]));
    this.defaults = new Map(model.parameters.map((row) => [row.key, this.encode(row.key, row.default)]));
    this.impulses = model.parameters.filter((row) => row.impulse).map((row) => [row.key, this.defaults.get(row.key)!]);
  }

  /** A value as kernels read it: a choice by its place, a switch as 0 or 1. */
  encode(key: string, value: Value): number {
    const row = this.parameters.get(key);
    if (!row) throw new InputError(`no parameter is called '${key}'`);
    if (row.options.length) {
      const place = row.options.indexOf(value as string);
      if (place >= 0) return place;
      throw new InputError(`${key}: must be one of ${row.options.map((option) => `'${option}'`).join(", ")}, got '${value}'`);
    }
    if (row.kind === "bool") {
      if (typeof value === "boolean") return value ? 1 : 0;
      throw new InputError(`${key}: must be true or false, got ${value}`);
    }
    const whole = row.kind === "int";
    const most = row.most ?? Infinity;
    if (typeof value !== "number" || !(value >= row.least && value <= most) || (whole && !Number.isInteger(value))) {
      throw new InputError(`${key}: must be ${whole ? "a whole number" : "a number"} from ${row.least} to ${most}, got ${value}`);
    }
    return value;
  }

  with(settings: Settings, values: Values): Settings {
    const made = new Map(settings);
    for (const [key, value] of Object.entries(values)) made.set(key, this.encode(key, value));
    return made;
  }

  /** Put every impulse back: it acted in the week of its move only. */
  withoutImpulses(settings: Settings): Settings {
    const spent = this.impulses.filter(([key, usual]) => settings.get(key) !== usual);
    if (!spent.length) return settings;
    const made = new Map(settings);
    for (const [key, usual] of spent) made.set(key, usual);
    return made;
  }

  /** What a scenario with some values changed is founded with, and what is moved later. */
  plan(scenario: string | ScenarioData, set: Values): Plan {
    const row = typeof scenario === "string" ? this.scenarios.get(scenario) : scenario;
    if (!row) throw new InputError(`no scenario is called '${scenario}'`);
    const early: Values = { ...row.organisation, ...row.assumptions };
    const levers: Values = { ...row.levers };
    for (const [key, value] of Object.entries(set)) {
      this.encode(key, value);
      (this.parameters.get(key)!.role === "lever" ? levers : early)[key] = value;
    }
    const own = { ...early, ...row.history };
    const past = this.with(this.defaults, own);
    this.checkSizes(past);
    return { past, own, levers, schedule: row.schedule };
  }

  private checkSizes(settings: Settings): void {
    const limits = [
      ["departments", "staff"],
      ["front_departments", "departments"],
      ["segments", "customers"],
    ];
    for (const [few, many] of limits) {
      const [small, large] = [settings.get(`organisation.${few}`)!, settings.get(`organisation.${many}`)!];
      if (small > large) throw new InputError(`organisation.${few}: must be at most organisation.${many}, ${large}, got ${small}`);
    }
  }
}
