// The address after `#` carries page and plan: a link, a reload and Back bring them again, from a file too.
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
  notices: Notice[];
}

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
  return { page: known ?? "explore", part: rest.join("/").slice(0, 40), asked, plan, pin, kpi, levers, notices };
}

function readPlan(asked: URLSearchParams, prefix: string, model: Model, notices: Notice[]): Plan | null {
  const from = asked.get(`${prefix}from`);
  if (from === null) return null;
  if (!model.scenarios.has(from)) {
    notices.push({ word: "link.scenario", fill: { name: from.slice(0, 40) } });
    return null;
  }
  const set: Values = {};
  for (const [key, text] of asked) {
    if (!key.startsWith(prefix) || !key.slice(prefix.length).includes(".")) continue;
    const name = key.slice(prefix.length);
    if (!prefix && name.startsWith("pin.")) continue;
    const value = readValue(name, text, model);
    if (value === null) notices.push({ word: "link.value", fill: { name: `${name}=${text}`.slice(0, 60) } });
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
  return { scenario: from, set, seed: whole("seed", 1, 1e6), weeks: whole("weeks", 156, MOST_WEEKS) };
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

export function addressOf(page: Page, plan: Plan, kpi: string, pin: Plan | null, levers: string[] = [], part = ""): string {
  if (page !== "explore" && page !== "figure") return `#/${page}${part ? `/${part}` : ""}`;
  const asked = new URLSearchParams();
  const put = (each: Plan, prefix: string) => {
    asked.set(`${prefix}from`, each.scenario);
    if (each.seed !== 1) asked.set(`${prefix}seed`, String(each.seed));
    if (each.weeks !== 156) asked.set(`${prefix}weeks`, String(each.weeks));
    for (const [key, value] of Object.entries(each.set)) asked.set(prefix + key, String(value));
  };
  put(plan, "");
  if (kpi !== "csat") asked.set("show", kpi);
  if (pin) put(pin, "pin.");
  if (page === "figure") for (const key of levers) asked.append("lever", key);
  return `#/${page}?${asked}`;
}

export function writeAddress(page: Page, plan: Plan, kpi: string, pin: Plan | null, levers: string[], part: string): void {
  const wanted = addressOf(page, plan, kpi, pin, levers, part);
  if (location.hash === wanted) return;
  // A new page is a step for Back; a lever is not.
  const path = (hash: string) => hash.split("?")[0];
  const same = path(location.hash) === path(wanted) || !location.hash;
  if (same) history.replaceState(null, "", wanted);
  else history.pushState(null, "", wanted);
}
