// The address after `#` carries page and plan: a link, a reload and Back bring them again, from a file too.
import { withDecisions, type Decision } from "./decisions";
import type { Model, Plan, Value, Values } from "./model";
import { PAGES, type Page } from "./store";
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

export function readAddress(hash: string, model: Model): Read {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?");
  const notices: Notice[] = [];
  const [name, ...rest] = path.split("/");
  const known = PAGES.find((each) => each === name);
  if (path && !known) notices.push({ word: "link.page", fill: { name: path.slice(0, 40) } });
  const asked = new URLSearchParams(query);
  let kpi = asked.get("show");
  if (kpi && !model.kpis.has(kpi)) {
    notices.push({ word: "link.unknown", fill: { name: kpi.slice(0, 40) } });
    kpi = null;
  }
  const levers = asked.getAll("lever").filter((key) => {
    if (model.parameters.has(key)) return true;
    notices.push({ word: "link.unknown", fill: { name: key.slice(0, 40) } });
    return false;
  });
  const plan = readPlan(asked, "", model, notices);
  const pin = asked.has("pin.from") ? readPlan(asked, "pin.", model, notices) : null;
  return { page: known ?? "explore", part: rest.join("/").slice(0, 40), asked, plan, pin, kpi, levers, compare: known === "compare" ? readComparing(asked, model, notices) : null, notices };
}

function readComparing(asked: URLSearchParams, model: Model, notices: Notice[]): Comparing | null {
  const preset = asked.get("preset");
  if (preset !== null && !model.data.comparisons.some((row) => row.key === preset)) {
    notices.push({ word: "link.comparison", fill: { name: preset.slice(0, 40) } });
    return null;
  }
  const plans = Array.from({ length: MOST_PLANS }, (_, i) => (asked.has(`r${i + 1}.from`) ? readPlan(asked, `r${i + 1}.`, model, notices) : null)).filter((each) => each !== null);
  return preset !== null ? { preset, plans: [] } : plans.length > 1 ? { preset: null, plans } : null;
}

function readPlan(asked: URLSearchParams, prefix: string, model: Model, notices: Notice[]): Plan | null {
  const from = asked.get(`${prefix}from`);
  if (from === null) return null;
  if (!model.scenarios.has(from)) {
    notices.push({ word: "link.scenario", fill: { name: from.slice(0, 40) } });
    return null;
  }
  const set: Values = {};
  const later: Decision[] = [];
  for (const [key, text] of asked) {
    if (!key.startsWith(prefix) || !key.slice(prefix.length).includes(".")) continue;
    const name = key.slice(prefix.length);
    if (!prefix && name.startsWith("pin.")) continue;
    const dated = /^w(\d{1,4})\.(.+)$/.exec(name);
    const value = readValue(dated ? dated[2] : name, text, model);
    const lever = !dated || model.parameters.get(dated[2])?.role === "lever";
    if (value === null || !lever) notices.push({ word: "link.value", fill: { name: `${name}=${text}`.slice(0, 60) } });
    else if (dated) later.push({ week: Number(dated[1]), set: { [dated[2]]: value } });
    else set[name] = value;
  }
  const whole = (name: string, usual: number, most: number) => {
    const text = asked.get(prefix + name);
    if (text === null) return usual;
    const value = Number(text);
    if (Number.isInteger(value) && value >= (name === "weeks" ? 1 : 0) && value <= most) return value;
    notices.push({ word: "link.value", fill: { name: `${name}=${text}`.slice(0, 60) } });
    return usual;
  };
  const weeks = [...new Set(later.map((each) => each.week))];
  const merged = weeks.map((week) => ({ week, set: Object.assign({}, ...later.filter((each) => each.week === week).map((each) => each.set)) as Values }));
  return withDecisions({ scenario: from, set, seed: whole("seed", 1, 1e6), weeks: whole("weeks", 156, MOST_WEEKS) }, merged);
}

export function readValue(key: string, text: string, model: Model): Value | null {
  const row = model.parameters.get(key);
  if (!row) return null;
  if (row.options.length) return row.options.includes(text) ? text : null;
  if (row.kind === "bool") return text === "true" ? true : text === "false" ? false : null;
  const value = text.trim() === "" ? NaN : Number(text);
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
