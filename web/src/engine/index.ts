// The engine: runs of the model, week by week, from the module and the declarations. It belongs in a web worker.
import { evaluate, holds, type Operand, type Scope } from "./expressions";
import { type Layout, Module } from "./module";
import { initialiseOnServer } from "./initialisation";
import { Declarations, InputError, type Plan, type Settings } from "./settings";
import type { EngineModel, MoveData, RunRequest, RunResult, Tree, Values } from "./types";

export { InputError } from "./settings";
export type { EngineModel, RunRequest, RunResult, ScenarioData, Tree, Values } from "./types";

/** Populations in the order in which `count_rows` counts them; ties stand second. */
const COUNTED = ["staff", "ties", "leaders", "customers", "departments", "segments"];
/** What initialised organisations may take: scenarios of one seed share their past. */
const REMEMBERED = 64 << 20;
const MOST_WEEKS = 5200;

interface World {
  layout: Layout;
  bytes: Uint8Array;
  week: number;
  /** What the past was lived with. */
  past: Settings;
}

/** What options weigh to a person, in the order of their numbers; an option that is not open weighs -1e9. */
export interface Weighed {
  appeals: number[];
  terms: Record<string, number[]>;
}

const OPTIONS = 5;
/** Terms that a person brings, in the order in which `weigh_options` counts them, and terms that a parameter weighs. */
const OF_PERSON = ["reward", "belief", "norm", "habit"];
const OF_SETTINGS = {
  effort: "service.effort_weight", blame: "empowerment.blame_weight", checks: "empowerment.monitoring_weight",
  reluctance: "service.transfer_reluctance",
};

/** One row of a population. */
interface Only {
  population: string;
  row: number;
}

export interface Snapshot {
  world: Pick<World, "bytes" | "week">;
  settings: Settings;
  pending: MoveData[];
  events: [number, string][];
  record: Record<string, Float64Array>;
  weeks: number;
}

export interface Engine {
  run(request: RunRequest): RunResult;
  open(request: RunRequest): Simulation;
  /** Four uniform draws for a purpose, by its name, and a row, as games draw their events. */
  draw(seed: number | bigint, stream: string, week: number, row: number): Float64Array;
}

export async function createEngine(wasm: ArrayBuffer | WebAssembly.Module, model: EngineModel): Promise<Engine> {
  return new Runner(await Module.open(wasm), model);
}

class Runner implements Engine {
  readonly declared: Declarations;
  private readonly worlds = new Map<string, World>();
  /** The simulation whose organisation is in the module's memory. */
  living: Simulation | null = null;

  constructor(readonly module: Module, readonly model: EngineModel) {
    if (module.told.key !== model.sourceHash) throw new Error("engine.wasm and model.json are of different versions");
    this.declared = new Declarations(model);
  }

  run(request: RunRequest): RunResult {
    const simulation = this.open(request);
    simulation.step(request.weeks);
    this.living = null;
    return { weeks: request.weeks, kpis: simulation.kpis(), events: simulation.events };
  }

  open(request: RunRequest): Simulation {
    return new Simulation(this, request);
  }

  draw(seed: number | bigint, stream: string, week: number, row: number): Float64Array {
    const purpose = this.model.streams[stream];
    return this.module.series("draw_four", {}, 4, "out", { seed: BigInt(seed), stream: purpose, week, row });
  }

  /** An organisation that has lived its past. */
  initialise(plan: Plan, seed: bigint): World {
    const key = JSON.stringify([String(seed), ...plan.past.values()]);
    let world = this.worlds.get(key);
    if (world) this.worlds.delete(key);
    else world = this.model.organisation ? this.requested(plan, seed) : this.drawn(plan.past, seed);
    this.worlds.set(key, world); // the last one used stands last
    let bytes = 0;
    for (const kept of this.worlds.values()) bytes += kept.bytes.length;
    for (const [old, kept] of this.worlds) {
      if (bytes <= REMEMBERED || old === key) break;
      this.worlds.delete(old);
      bytes -= kept.bytes.length;
    }
    return world;
  }

  private drawn(past: Settings, seed: bigint): World {
    const { module } = this;
    const counts = module.whole("count_rows", "rows", COUNTED.length, (key) => past.get(key)!);
    const rows: Record<string, number> = { firm: 1 };
    COUNTED.forEach((name, place) => (rows[name] = counts[place]));
    rows.cases = rows.customers;
    const layout = module.layout(rows, rows.ties);
    this.living?.leave();
    this.living = null;
    module.load(layout, null);
    const week = -past.get("organisation.warm_up")! - 1;
    const values = (key: string): number | bigint => (key === "seed" ? seed : key === "week" ? BigInt(week) : past.get(key)!);
    for (const name of ["new_organisation", "initialise_own"].filter((each) => module.has(each))) {
      module.fill(name, layout, values);
      module.call(name);
    }
    return this.warmed(layout, past, seed, week);
  }

  /** Request an organisation of the user's own from the server, by its files and the draws of this seed. */
  private requested({ own }: Plan, seed: bigint): World {
    const { module } = this;
    const { description, bytes } = initialiseOnServer(own, seed);
    this.living?.leave();
    this.living = null;
    const layout = module.layout(description.rows, description.ties);
    module.load(layout, null);
    module.place(layout, bytes);
    const past: Settings = new Map(Object.entries(description.settings));
    const world = this.warmed(layout, past, seed, description.week);
    for (const { population, column, rows, values } of description.stock) module.setRows(layout, population, column, rows, values);
    return { ...world, bytes: module.save(layout) };
  }

  /** The organisation in memory after its past. */
  private warmed(layout: Layout, past: Settings, seed: bigint, week: number): World {
    const { module } = this;
    module.fill("live_week", layout, (key) => (key === "seed" ? seed : key === "week" ? BigInt(week) : past.get(key)!));
    while (week < -1) this.week(layout, ++week);
    return { layout, bytes: module.save(layout), week, past };
  }

  /** Live one week of the organisation in memory, whose settings are written. */
  week(layout: Layout, week: number): void {
    this.module.resetFlows(layout);
    this.module.put("live_week", "week", BigInt(week));
    this.module.call("live_week");
  }
}

/** A run in progress. */
export class Simulation {
  events: [number, string][] = [];
  private readonly seed: bigint;
  private readonly layout: Layout;
  private settings: Settings;
  private written: Settings | null = null;
  private pending: MoveData[];
  private bytes: Uint8Array | null;
  private record: Record<string, Float64Array> = {};
  /** The last week lived, -1 before the first one. */
  week: number;

  constructor(private readonly engine: Runner, request: RunRequest) {
    const { seed, weeks } = request;
    if (!(BigInt(seed) >= 0n && BigInt(seed) < 1n << 63n)) throw new InputError(`seed: must be from 0 to 2^63 - 1, got ${seed}`);
    if (!(Number.isInteger(weeks) && weeks >= 1 && weeks <= MOST_WEEKS)) {
      throw new InputError(`weeks: must be a whole number from 1 to ${MOST_WEEKS}, got ${weeks}`);
    }
    const plan = engine.declared.plan(request.scenario, request.set);
    this.seed = BigInt(seed);
    this.pending = [...plan.schedule];
    const world = engine.initialise(plan, this.seed);
    this.settings = engine.declared.with(world.past, plan.levers);
    this.layout = world.layout;
    this.bytes = world.bytes;
    this.week = world.week;
    this.room(weeks);
  }

  /** Live some weeks, with the moves that are due. */
  step(weeks = 1): void {
    const { engine } = this;
    for (let lived = 0; lived < weeks; lived++) {
      this.live();
      for (const move of this.due(this.week + 1)) this.apply(move.set, move.label);
      if (this.written !== this.settings) {
        const { seed, settings, week } = this;
        engine.module.fill("live_week", this.layout, (key) => (key === "seed" ? seed : key === "week" ? week : settings.get(key)!));
        this.written = this.settings;
      }
      engine.week(this.layout, ++this.week);
      this.keep();
      this.settings = engine.declared.withoutImpulses(this.settings);
    }
  }

  /** Set levers from the coming week on. */
  apply(set: Values, label = ""): void {
    this.settings = this.engine.declared.with(this.settings, set);
    this.events.push([this.week + 1, label]);
  }

  /** The values of a column as the last week left it, such as `column("staff", "conviction")`. */
  column(population: string, name: string): Float64Array {
    this.live();
    return this.engine.module.column(this.layout, population, name);
  }

  /** What each option weighs to a person with an ordinary case, and what it would weigh without each of the terms. */
  weigh(person: number): Weighed {
    this.live();
    const { module } = this.engine;
    const utilities = (leftOut: number, settings: Settings): number[] => [
      ...module.figures("weigh_options", this.layout, OPTIONS, (key) =>
        key === "person" ? BigInt(person) : key === "left_out" ? BigInt(leftOut) : settings.get(key)!,
      ),
    ];
    const whole = utilities(0, this.settings);
    const terms: Weighed["terms"] = {};
    OF_PERSON.forEach((name, place) => (terms[name] = utilities(place + 1, this.settings).map((value, i) => whole[i] - value)));
    for (const [name, key] of Object.entries(OF_SETTINGS)) {
      const without = new Map(this.settings).set(key, 0);
      terms[name] = utilities(0, without).map((value, i) => whole[i] - value);
    }
    return { appeals: whole, terms };
  }

  /** KPIs over the weeks so far of each row of a population: of each segment. */
  kpisBy(population: string, names: string[]): Record<string, Float64Array>[] {
    const { rows } = this.layout.flows.get(population)!;
    return Array.from({ length: rows }, (_, row) => {
      const scope = this.scope({ population, row });
      return Object.fromEntries(names.map((name) => [name, scope.kpi(name)]));
    });
  }

  /** Every KPI over the weeks so far. */
  kpis(): Record<string, Float64Array> {
    const scope = this.scope();
    const kpis: Record<string, Float64Array> = {};
    for (const { key } of this.engine.model.kpis) kpis[key] = scope.kpi(key);
    return kpis;
  }

  /** Keep everything that the run is, to come back to it. */
  snapshot(): Snapshot {
    this.live();
    const record = Object.fromEntries(Object.entries(this.record).map(([name, row]) => [name, row.slice()]));
    const bytes = this.engine.module.save(this.layout);
    const world = { layout: this.layout, bytes, week: this.week };
    return { world, settings: this.settings, pending: [...this.pending], events: [...this.events], record, weeks: this.weeks };
  }

  /** Go back to a snapshot of this run. */
  restore(kept: Snapshot): void {
    if (this.engine.living === this) this.engine.living = null;
    this.bytes = kept.world.bytes;
    this.week = kept.world.week;
    this.settings = kept.settings;
    this.pending = [...kept.pending];
    this.events = [...kept.events];
    this.record = Object.fromEntries(Object.entries(kept.record).map(([name, row]) => [name, row.slice()]));
  }

  private get weeks(): number {
    return this.week + 1;
  }

  /** Bring the organisation into the module's memory. */
  private live(): void {
    const { engine } = this;
    if (engine.living === this) return;
    engine.living?.leave();
    engine.module.load(this.layout, this.bytes);
    engine.living = this;
    this.written = null;
  }

  /** Make way for another organisation. */
  leave(): void {
    this.bytes = this.engine.module.save(this.layout);
  }

  private room(weeks: number): void {
    for (const name of Object.keys(this.engine.model.tallies)) {
      const { rows, count } = this.layout.flows.get(name)!;
      const made = new Float64Array(weeks * rows * count);
      if (this.record[name]) made.set(this.record[name]);
      this.record[name] = made;
    }
  }

  private keep(): void {
    for (const name of Object.keys(this.record)) {
      const { rows, count } = this.layout.flows.get(name)!;
      if (this.record[name].length < this.weeks * rows * count) this.room(2 * this.weeks);
      this.engine.module.copyFlows(this.layout, name, this.record[name], this.week * rows * count);
    }
  }

  /** Take the moves of this week out of the pending ones, in the order of the schedule. */
  private due(week: number): MoveData[] {
    const due: MoveData[] = [];
    let scope: Figures | null = null;
    for (const move of this.pending) {
      if (move.tree === null) {
        if (move.week === week) due.push(move);
      } else if (week > 0 && week >= move.after) {
        scope ??= this.scope();
        const figures = scope;
        const last = { value: (name: string) => figures.kpi(name)[week - 1], call: (): Operand => NaN };
        if (holds(move.tree, last)) due.push(move);
      }
    }
    if (due.length) this.pending = this.pending.filter((move) => !due.includes(move));
    return due;
  }

  private scope(only: Only | null = null): Figures {
    return new Figures(this.engine, this.layout, this.record, this.weeks, this.settings.get(this.engine.model.given.discount)!, only);
  }
}

/** Tallies and KPIs over the weeks of a run, each worked out when it is first read. */
class Figures implements Scope {
  private readonly tallies = new Map<string, Float64Array>();
  private readonly computed = new Map<string, Float64Array>();
  private readonly trees: Map<string, Tree>;

  constructor(
    private readonly engine: Runner, layout: Layout, record: Record<string, Float64Array>, private readonly weeks: number,
    private readonly discount: number, only: Only | null,
  ) {
    this.trees = new Map(engine.model.kpis.map((row) => [row.key, row.tree]));
    for (const [population, names] of Object.entries(engine.model.tallies)) {
      if (only && population !== only.population && !population.endsWith(`_${only.population}`)) continue;
      const { rows, count } = layout.flows.get(population)!;
      const block = record[population];
      names.forEach((name, place) => {
        const sums = new Float64Array(weeks);
        for (let week = 0; week < weeks; week++) {
          let at = (week * rows + (only?.row ?? 0)) * count + place;
          let sum = block[at];
          for (let row = 1; row < (only ? 1 : rows); row++) sum += block[(at += count)];
          sums[week] = sum;
        }
        this.tallies.set(name, sums);
      });
    }
  }

  kpi(name: string): Float64Array {
    let series = this.computed.get(name);
    if (!series) {
      const made = evaluate(this.trees.get(name)!, this);
      series = new Float64Array(this.weeks);
      for (let week = 0; week < this.weeks; week++) {
        const value = typeof made === "number" ? made : made[week];
        series[week] = Number.isFinite(value) ? value : NaN;
      }
      this.computed.set(name, series);
    }
    return series;
  }

  // A tally comes before a KPI of the same name.
  value(name: string): Operand {
    const tally = this.tallies.get(name);
    if (tally) return tally;
    if (name === "discount") return this.discount;
    if (name === "present") return this.made(name, () => this.engine.module.series("discount_weeks", {}, this.weeks, "out", { rate: this.discount }));
    if (name === "retention") return this.made(name, () => evaluate(this.engine.model.given.retention, this) as Float64Array);
    return this.kpi(name);
  }

  call(name: string, x: Operand): Operand {
    return this.engine.module.series(name, { x: x as Float64Array }, this.weeks);
  }

  private made(name: string, make: () => Float64Array): Float64Array {
    if (!this.tallies.has(name)) this.tallies.set(name, make());
    return this.tallies.get(name)!;
  }
}
