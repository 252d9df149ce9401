// The game's book-keeping: what runs, what it costs, which levers it sets. It follows the rules of `model.json`, and
// what comes of it is the engine's. A game is its choices: the same choices give the same game, so a reload loses nothing.
import type { Series, Value, Values } from "./model";

export interface Move {
  name: string;
  title: string;
  about: string;
  group: string;
  attention: number;
  upkeep: number;
  once: number;
  weekly: number;
  in_model: number;
  lasts: number;
  spend: Record<string, number>;
  set: Values;
  shows: string[];
}

export interface GameEvent {
  name: string;
  title: string;
  about: string;
  chance: number;
  from: number;
  to: number;
  lasts: number;
  set: Values;
}

export interface Rules {
  quarters: number;
  weeks: number;
  budget: number;
  attention: number;
  brief: string;
  report: { kpi: string; late: number; predict: [number, number, number] | null }[];
  hidden: { kpis: string[] }[];
  event: GameEvent[];
  criterion: { kpi: string; weight: number; zero: number; hundred: number }[];
  reflection: { after: number; ask: string[] }[];
}

export interface GameModel {
  moves: Move[];
  rules: Rules;
  spending: { fromTop: string[]; fromBottom: string[]; budget?: string; share?: string; group?: string };
  parameters: { key: string; default: Value; impulse?: boolean }[];
  scenarios: { key: string; values: Values }[];
  streams?: Record<string, number>;
  best?: Choice[];
}

/** Terms of a game, named as in a saved game's file; a lecturer sets most of them. */
export interface Terms {
  /** How many quarters are played; those of the rules if it is left out. */
  quarters?: number;
  /** Moves that are shown and cannot be made, and moves that are not shown. */
  locked?: string[];
  hidden?: string[];
  /** The quarter, from 1, in which an event begins; 0 for never. The seed decides on the others. */
  events?: Record<string, number>;
  /** What each criterion weighs; they sum to 100. */
  weights?: Record<string, number>;
  /** Whether no quarter is played without predictions. */
  predict?: boolean;
}

/** The model on a game's terms: other weights, and fewer quarters, with which the mark for the profit of all of them shrinks. */
export function shortened<Model extends GameModel>(model: Model, terms: Terms | null | undefined): Model {
  const weights = terms?.weights;
  const { rules } = model;
  const quarters = terms?.quarters || rules.quarters;
  if (!Number.isInteger(quarters) || quarters < 1 || quarters > rules.quarters) throw new Error(`quarters: must be 1 to ${rules.quarters}, got ${quarters}`);
  const weighs = weights && Object.keys(weights).length > 0;
  if (quarters === rules.quarters && !weighs) return model;
  const part = quarters / rules.quarters;
  const criterion = rules.criterion
    .map((row) => (row.kpi === "profit" ? { ...row, zero: row.zero * part, hundred: row.hundred * part } : row))
    .filter((row) => !weighs || weights[row.kpi])
    .map((row) => (weighs ? { ...row, weight: weights[row.kpi] } : row));
  return { ...model, rules: { ...rules, quarters, criterion, reflection: rules.reflection.filter((row) => row.after < quarters) } };
}

export interface Choice {
  start: string[];
  stop: string[];
  expected?: Record<string, number>;
  answers?: string[];
}

/** Why a choice cannot be made, as a key of the catalogue with what fills it. */
export interface Refusal {
  word: "game.attention" | "game.money" | "game.runs" | "game.excludes" | "game.over" | "game.unknown" | "game.stopped" | "game.twice" | "game.locked" | "game.predict" | "game.wait";
  fill: Record<string, string | number>;
}

interface Layer {
  row: Move | GameEvent;
  move: boolean;
  since: number;
}

export interface News {
  kind: "event" | "ended";
  name: string;
}

/** A quarter that is over, as the books have it. */
export interface Booked {
  number: number;
  news: News[];
  money: number;
  spent: number;
  booked: number;
  shows: string[];
  /** Levers that change at the quarter's start. */
  set: Values;
}

/** The books of one game. */
export class Ledger {
  readonly quarters: Booked[] = [];
  readonly choices: Choice[] = [];
  money: number;
  private layers: Layer[] = [];
  private inForce: Values = {};
  private readonly moves: Map<string, Move>;
  private readonly events: Map<string, GameEvent>;
  private readonly usual: Values = {};
  private readonly impulses = new Set<string>();

  constructor(
    readonly model: GameModel,
    readonly coming: Record<string, number>,
    readonly scenario = "nothing",
    readonly terms: Terms | null | undefined = null,
  ) {
    this.moves = new Map(model.moves.map((row) => [row.name, row]));
    this.events = new Map(model.rules.event.map((row) => [row.name, row]));
    this.money = model.rules.budget;
    for (const row of model.parameters) {
      this.usual[row.key] = row.default;
      if (row.impulse) this.impulses.add(row.key);
    }
    Object.assign(this.usual, model.scenarios.find((row) => row.key === scenario)?.values);
  }

  get quarter(): number {
    return this.choices.length;
  }

  get over(): boolean {
    return this.quarter >= this.model.rules.quarters;
  }

  /** Moves that continue unless stopped, with the quarter in which they began. */
  get running(): Map<string, number> {
    const found = new Map<string, number>();
    for (const layer of this.layers) {
      if (layer.move && !this.isOver(layer, this.quarter)) found.set(layer.row.name, layer.since);
    }
    return found;
  }

  /** Events that are in force. */
  get present(): string[] {
    return this.layers.filter((layer) => !layer.move).map((layer) => layer.row.name);
  }

  /** Whether two moves, or a move and an event, set a lever in common. */
  excludes(one: string, other: string): boolean {
    if (one === other) return false;
    const a = (this.moves.get(one) ?? this.events.get(one))!.set;
    const b = (this.moves.get(other) ?? this.events.get(other))!.set;
    return Object.keys(a).some((key) => key in b);
  }

  kept(choice: Choice): string[] {
    return [...this.running.keys()].filter(
      (name) => !choice.stop.includes(name) && !choice.start.some((next) => this.excludes(name, next)),
    );
  }

  /** What a choice takes in the coming quarter: EUR, and points of attention of all that would run. */
  bill(choice: Choice): { money: number; attention: number } {
    const kept = this.kept(choice).map((name) => this.moves.get(name)!);
    const fresh = choice.start.map((name) => this.moves.get(name)!);
    const weekly = [...kept, ...fresh].reduce((sum, row) => sum + perWeek(row), 0);
    return {
      money: fresh.reduce((sum, row) => sum + row.once, 0) + this.model.rules.weeks * weekly,
      attention: fresh.reduce((sum, row) => sum + row.attention, 0) + kept.reduce((sum, row) => sum + row.upkeep, 0),
    };
  }

  /** Why a choice cannot be made; null if it can. */
  refusal(choice: Choice): Refusal | null {
    if (this.over) return { word: "game.over", fill: {} };
    const running = this.running;
    for (const name of choice.stop) if (!running.has(name)) return { word: "game.stopped", fill: { name } };
    for (const [place, name] of choice.start.entries()) {
      if (!this.moves.has(name)) return { word: "game.unknown", fill: { name } };
      if (choice.start.indexOf(name) < place || choice.stop.includes(name)) return { word: "game.twice", fill: { name } };
      if (this.terms?.locked?.includes(name) || this.terms?.hidden?.includes(name)) return { word: "game.locked", fill: { name } };
      if (running.has(name)) return { word: "game.runs", fill: { name } };
      for (const other of choice.start.slice(0, place)) {
        if (this.excludes(name, other)) return { word: "game.excludes", fill: { name, other } };
      }
    }
    const { money, attention } = this.bill(choice);
    if (attention > this.model.rules.attention) return { word: "game.attention", fill: { needs: attention, has: this.model.rules.attention } };
    if (money > this.money) return { word: "game.money", fill: { needs: money, has: this.money } };
    return null;
  }

  /** Why a quarter cannot be played yet: a lecturer asks for predictions first. */
  unsaid(choice: Choice): Refusal | null {
    const wanted = this.terms?.predict ? this.model.rules.report.filter((row) => row.predict) : [];
    return wanted.some((row) => choice.expected?.[row.kpi] === undefined) ? { word: "game.predict", fill: {} } : null;
  }

  /** Book a quarter; the choice must be one that can be made. */
  play(choice: Choice): Booked {
    const { rules } = this.model;
    const spent = this.bill(choice).money;
    const quarter = this.quarter;
    const kept = this.kept(choice);
    for (const name of this.running.keys()) if (!kept.includes(name)) this.end(name);
    const rows = choice.start.map((name) => this.moves.get(name)!);
    this.layers.push(...rows.map((row) => ({ row, move: true, since: quarter })));
    const news = this.happen(quarter);
    const set = this.levers();
    const moves = this.layers.filter((layer) => layer.move).map((layer) => layer.row as Move);
    const booked = rows.reduce((sum, row) => sum + row.once, 0) + rules.weeks * moves.reduce((sum, row) => sum + row.weekly, 0);
    this.choices.push(choice);
    this.money += (this.over ? 0 : rules.budget) - spent;
    this.layers = this.layers.filter((layer) => !this.isOver(layer, this.quarter));
    const found = { number: quarter, news, money: this.money, spent, booked, shows: [...new Set(moves.flatMap((row) => row.shows))], set };
    this.quarters.push(found);
    return found;
  }

  /** Play a choice as far as it can be made: what cannot be done is left out. */
  playWhatCanBe(choice: Choice): void {
    const running = this.running;
    const stop = choice.stop.filter((name) => running.has(name));
    let start: string[] = [];
    for (const name of choice.start) {
      if (!this.refusal({ start: [...start, name], stop })) start = [...start, name];
    }
    if (!this.refusal({ start, stop })) this.play({ start, stop });
    else this.play({ start: [], stop: [...this.running.keys()] });
  }

  private isOver(layer: Layer, quarter: number): boolean {
    return layer.row.lasts > 0 && quarter >= layer.since + layer.row.lasts;
  }

  private happen(quarter: number): News[] {
    const news: News[] = [];
    for (const [name, begins] of Object.entries(this.coming)) {
      if (begins !== quarter) continue;
      news.push({ kind: "event", name });
      for (const other of this.running.keys()) {
        if (!this.excludes(name, other)) continue;
        this.end(other);
        news.push({ kind: "ended", name: other });
      }
      this.layers.push({ row: this.events.get(name)!, move: false, since: quarter });
    }
    return news;
  }

  private end(name: string): void {
    this.layers = this.layers.filter((layer) => layer.row.name !== name);
  }

  /** Levers to what is in force now; those that nothing sets any more go back to the scenario's. */
  private levers(): Values {
    const wanted: Values = this.programme(this.layers.filter((layer) => layer.move).map((layer) => layer.row as Move));
    for (const layer of this.layers) Object.assign(wanted, layer.row.set);
    for (const key of Object.keys(this.inForce)) wanted[key] ??= this.usual[key];
    const changed = Object.fromEntries(Object.entries(wanted).filter(([key, value]) => this.inForce[key] !== value));
    this.inForce = Object.fromEntries(Object.entries(wanted).filter(([key]) => !this.impulses.has(key)));
    return changed;
  }

  private programme(rows: Move[]): Values {
    const { fromTop, fromBottom, budget: budgetKey, share } = this.model.spending;
    const parts = [...fromTop, ...fromBottom].map((part) => [part, rows.reduce((sum, row) => sum + (row.spend[part] ?? 0), 0)] as const);
    const budget = parts.reduce((sum, [, euros]) => sum + euros, 0);
    if (budget <= 0) return {};
    const top = parts.slice(0, fromTop.length).reduce((sum, [, euros]) => sum + euros, 0);
    return {
      [budgetKey ?? "programme.budget"]: budget,
      [share ?? "programme.top_down_share"]: top / budget,
      ...Object.fromEntries(parts.map(([part, euros]) => [`programme.${part}`, euros / budget])),
    };
  }
}

export function perWeek(row: Move): number {
  return row.weekly + row.in_model + Object.values(row.spend).reduce((sum, euros) => sum + euros, 0);
}

/** A game that was played: its books and every KPI of every week. */
export interface Played {
  coming: Record<string, number>;
  choices: Choice[];
  quarters: Booked[];
  kpis: Series;
}

/** A KPI's mean in a quarter; profit and cost with what the player's moves cost. */
export function quarterly(rules: Rules, played: Played, kpi: string, quarter: number): number {
  const values = played.kpis[kpi].subarray(quarter * rules.weeks, (quarter + 1) * rules.weeks).filter(Number.isFinite);
  const mean = values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : NaN;
  const sign = kpi === "profit" ? -1 : kpi === "cost" ? 1 : 0;
  return mean + (sign * played.quarters[quarter].booked) / rules.weeks;
}

export function byQuarter(rules: Rules, played: Played, kpi: string): number[] {
  return played.quarters.map((_, quarter) => quarterly(rules, played, kpi, quarter));
}

/** A KPI as the score takes it: the profit of all quarters, the last quarter's mean of anything else. */
export function scored(rules: Rules, played: Played, kpi: string): number {
  const values = byQuarter(rules, played, kpi);
  return kpi === "profit" ? values.reduce((sum, value) => sum + value, 0) * rules.weeks : values[values.length - 1];
}

export function points(rules: Rules, played: Played): number {
  return rules.criterion.reduce(
    (sum, row) => sum + (row.weight * (scored(rules, played, row.kpi) - row.zero)) / (row.hundred - row.zero),
    0,
  );
}

/** Choices without a move, wherever it is started or stopped; or without one start of it. */
export function without(choices: Choice[], name: string, quarter?: number): Choice[] {
  return choices.map((choice, number) =>
    quarter !== undefined && number < quarter
      ? choice
      : { ...choice, start: choice.start.filter((row) => row !== name || (quarter !== undefined && number > quarter)), stop: choice.stop.filter((row) => row !== name) },
  );
}

/** What the engine must offer for a game. */
interface Host {
  open(request: { scenario: string; set: Values; seed: number; weeks: number }): {
    step(weeks: number): void;
    apply(set: Values, label?: string): void;
    kpis(): Series;
  };
  draw(seed: number, stream: string, week: number, row: number): Float64Array;
}

export interface GameRequest {
  scenario: string;
  seed: number;
  choices: Choice[];
  terms?: Terms | null;
  /** Leave out what cannot be done, instead of refusing it. */
  loose?: boolean;
}

/** Which events a seed brings, and in which quarter (from 0) each begins. */
export function eventsOf(host: Host, model: GameModel, seed: number, wanted: Record<string, number> = {}): Record<string, number> {
  const found: Record<string, number> = {};
  model.rules.event.forEach((row, place) => {
    if (row.name in wanted) {
      if (wanted[row.name]) found[row.name] = wanted[row.name] - 1;
      return;
    }
    const [happens, when] = host.draw(seed, "GAME_EVENT", 0, place);
    if (happens < row.chance) found[row.name] = row.from - 1 + Math.floor(when * (row.to - row.from + 1));
  });
  return found;
}

export function playGame(host: Host, whole: GameModel, request: GameRequest): Played {
  const model = shortened(whole, request.terms);
  const coming = eventsOf(host, model, request.seed, request.terms?.events);
  const ledger = new Ledger(model, coming, request.scenario, request.terms);
  for (const choice of request.loose ? request.choices.slice(0, model.rules.quarters) : request.choices) {
    if (request.loose) ledger.playWhatCanBe(choice);
    else {
      const why = ledger.refusal(choice) ?? ledger.unsaid(choice);
      if (why) throw new Error(`${why.word} ${JSON.stringify(why.fill)}`);
      ledger.play(choice);
    }
  }
  const weeks = Math.max(1, ledger.quarter) * model.rules.weeks;
  const simulation = host.open({ scenario: request.scenario, set: {}, seed: request.seed, weeks });
  for (const quarter of ledger.quarters) {
    if (Object.keys(quarter.set).length) simulation.apply(quarter.set, `quarter ${quarter.number + 1}`);
    simulation.step(model.rules.weeks);
  }
  return { coming, choices: ledger.choices, quarters: ledger.quarters, kpis: ledger.quarter ? simulation.kpis() : {} };
}
