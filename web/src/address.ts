// The address after `#` carries page and plan: a link, a reload and Back bring them again, from a file too.
import { PAGES, type Page } from "./addresspages";
import { withDecisions, type Decision } from "./decisions";
import type { Model, Plan, Value, Values } from "./model";
import type { Word } from "./words";

interface Notice {
  word: Word;
  fill: Record<string, string>;
}

interface Read {
  page: Page;
  /** What follows the page's name in the path. */
  part: string;
  /** What a class link brings: a code to join with, or what a lecturer's page keeps. */
  asked: URLSearchParams;
  plan: Plan | null;
  pin: Plan | null;
  kpi: string | null;
  levers: string[];
  compare: Comparing | null;
  notices: Notice[];
}

/** What the page Compare compares: a preset by its key, or plans. */
export interface Comparing {
  preset: string | null;
  plans: Plan[];
}

const MOST_PLANS = 8;

const MOST_WEEKS = 520;

/** Faults of one link that are told one by one. */
const MOST_NOTICES = 12;

/** What a link to the page Class brings. */
const OF_CLASS = ["join", "lecturer", "class", "key"];

/** A number as people and `addressOf` write it: no hexadecimal, no blanks, no infinity. */
const NUMBER = /^-?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i;

/** Reads the settings of a link; each setting that nothing reads is told in the end. */
class Settings {
  private readonly first = new Map<string, string>();
  private readonly read = new Set<string>();
  readonly notices: Notice[] = [];

  constructor(readonly asked: URLSearchParams) {
    // Of a setting that stands there twice the first counts, and the others are told. Levers of a figure may be several.
    for (const [key, text] of asked) {
      if (!this.first.has(key)) this.first.set(key, text);
      else if (key !== "lever") this.refuse(key, text);
    }
  }

  keys(): string[] {
    return [...this.first.keys()];
  }

  /** The text of a setting, which thereby counts as read; null where there is none. */
  take(key: string): string | null {
    this.read.add(key);
    return this.first.get(key) ?? null;
  }

  tell(word: Word, name: string): void {
    this.notices.push({ word, fill: { name } });
  }

  refuse(key: string, text: string): void {
    this.tell("link.value", `${key}=${text}`.slice(0, 60));
  }

  /** Tell what nothing has read. */
  end(): Notice[] {
    for (const [key, text] of this.first) if (!this.read.has(key)) this.refuse(key, text);
    const more = this.notices.length - MOST_NOTICES;
    return more > 0 ? [...this.notices.slice(0, MOST_NOTICES), { word: "link.value", fill: { name: `… (+${more})` } }] : this.notices;
  }
}

export function readAddress(hash: string, model: Model): Read {
  const whole = hash.replace(/^#\/?/, "");
  const end = whole.indexOf("?");
  const path = end < 0 ? whole : whole.slice(0, end);
  const asked = new URLSearchParams(end < 0 ? "" : whole.slice(end + 1));
  const settings = new Settings(asked);
  const [name, ...rest] = path.split("/");
  const known = PAGES.find((each) => each === name);
  const part = rest.join("/");
  if (path && (!known || (part && known !== "class") || part.length > 40)) settings.tell("link.page", path.slice(0, 40));
  if (known === "class") for (const key of OF_CLASS) settings.take(key);
  // A link to a game is read as a whole where the game begins, and refused as a whole.
  if (known === "play") for (const key of settings.keys()) settings.take(key);
  let kpi = settings.take("show");
  if (kpi !== null && !model.kpis.has(kpi)) {
    settings.tell("link.unknown", kpi.slice(0, 40));
    kpi = null;
  }
  settings.take("lever");
  const levers = [...new Set(asked.getAll("lever"))].filter((key) => {
    if (model.parameters.has(key)) return true;
    settings.tell("link.unknown", key.slice(0, 40));
    return false;
  });
  const plan = readPlan(settings, "", model);
  const pin = readPlan(settings, "pin.", model);
  const compare = known === "compare" ? readComparing(settings, model) : null;
  return { page: known ?? "explore", part: part.length > 40 ? "" : part, asked, plan, pin, kpi, levers, compare, notices: settings.end() };
}

function readComparing(settings: Settings, model: Model): Comparing | null {
  const preset = settings.take("preset");
  if (preset !== null) {
    if (model.data.comparisons.some((row) => row.key === preset)) return { preset, plans: [] };
    settings.tell("link.comparison", preset.slice(0, 40));
    return null;
  }
  const plans = Array.from({ length: MOST_PLANS }, (_, i) => readPlan(settings, `r${i + 1}.`, model)).filter((each) => each !== null);
  if (plans.length === 1) settings.tell("link.comparison", plans[0].scenario);
  return plans.length > 1 ? { preset: null, plans } : null;
}

function readPlan(settings: Settings, prefix: string, model: Model): Plan | null {
  const from = settings.take(`${prefix}from`);
  if (from === null) return null;
  if (!model.scenarios.has(from)) {
    settings.tell("link.scenario", from.slice(0, 40));
    return null;
  }
  const whole = (name: string, usual: number, least: number, most: number) => {
    const text = settings.take(prefix + name);
    if (text === null) return usual;
    const value = /^\d{1,7}$/.test(text) ? Number(text) : NaN;
    if (value >= least && value <= most) return value;
    settings.refuse(prefix + name, text);
    return usual;
  };
  const [seed, weeks] = [whole("seed", 1, 0, 1e6), whole("weeks", 156, 1, MOST_WEEKS)];
  const set: Values = {};
  const later: Decision[] = [];
  for (const key of settings.keys()) {
    const name = key.slice(prefix.length);
    if (!key.startsWith(prefix) || !name.includes(".") || (!prefix && /^(pin|r[1-8])\./.test(name))) continue;
    const text = settings.take(key)!;
    const dated = /^w(0|[1-9]\d{0,3})\.(.+)$/.exec(name);
    const value = readValue(dated ? dated[2] : name, text, model);
    const week = dated ? Number(dated[1]) : 0;
    const accepted = !dated || (model.parameters.get(dated[2])?.role === "lever" && week < weeks);
    if (value === null || !accepted) settings.refuse(key, text);
    else if (dated) later.push({ week, set: { [dated[2]]: value } });
    else set[name] = value;
  }
  const dates = [...new Set(later.map((each) => each.week))];
  const merged = dates.map((week) => ({ week, set: Object.assign({}, ...later.filter((each) => each.week === week).map((each) => each.set)) as Values }));
  return withDecisions({ scenario: from, set, seed, weeks }, merged);
}

export function readValue(key: string, text: string, model: Model): Value | null {
  const row = model.parameters.get(key);
  if (!row) return null;
  if (row.options.length) return row.options.includes(text) ? text : null;
  if (row.kind === "bool") return text === "true" ? true : text === "false" ? false : null;
  const value = NUMBER.test(text) ? Number(text) + 0 : NaN;
  if (!Number.isFinite(value) || (row.kind === "int" && !Number.isInteger(value))) return null;
  if (value < (row.least ?? row.low) || value > (row.most ?? row.high)) return null;
  return value;
}

export function addressOf(page: Page, plan: Plan, kpi: string, pin: Plan | null, levers: string[] = [], part = "", comparing: Comparing | null = null, link = ""): string {
  if (page === "play" && link) return `#/play?${link}`;
  if (page === "compare" && comparing?.preset) return `#/compare?preset=${encodeURIComponent(comparing.preset)}`;
  if (page !== "explore" && page !== "figure" && !(page === "compare" && comparing)) return `#/${page}${part ? `/${part}` : ""}`;
  const asked = new URLSearchParams();
  const put = (each: Plan, prefix: string) => {
    asked.set(`${prefix}from`, each.scenario);
    if (each.seed !== 1) asked.set(`${prefix}seed`, String(each.seed));
    if (each.weeks !== 156) asked.set(`${prefix}weeks`, String(each.weeks));
    for (const [key, value] of Object.entries(each.set)) asked.set(prefix + key, String(value));
    for (const { week, set } of each.later ?? []) for (const [key, value] of Object.entries(set)) asked.set(`${prefix}w${week}.${key}`, String(value));
  };
  if (page === "compare") {
    comparing!.plans.forEach((each, i) => put(each, `r${i + 1}.`));
    return `#/compare?${asked}`;
  }
  put(plan, "");
  if (kpi !== "csat") asked.set("show", kpi);
  if (pin) put(pin, "pin.");
  if (page === "figure") for (const key of levers) asked.append("lever", key);
  return `#/${page}?${asked}`;
}

export function writeAddress(page: Page, plan: Plan, kpi: string, pin: Plan | null, levers: string[], part: string, comparing: Comparing | null, link: string): void {
  const wanted = addressOf(page, plan, kpi, pin, levers, part, comparing, link);
  if (location.hash === wanted) return;
  // A new page is a step for Back; a lever is not.
  const path = (hash: string) => hash.split("?")[0];
  const same = path(location.hash) === path(wanted) || !location.hash;
  if (same) history.replaceState(null, "", wanted);
  else history.pushState(null, "", wanted);
}
