// A game's terms in a link: what a lecturer sets reaches players without any server.
import type { GameModel, Terms } from "../game";
import { STARTER } from "../match";
import { model } from "../store";
import { t } from "../words";
import { sumOf } from "./weights";

/** What a lecturer sets before a game begins. */
export interface Setting {
  scenario: string;
  seed: number;
  terms: Terms;
}

const MOST_SEED = 1_000_000;

/** The part of an address after `#`, such as `#/play?seed=3&quarters=6&moves=starter`. */
export function hashOf({ scenario, seed, terms }: Setting): string {
  const asked = new URLSearchParams({ seed: String(seed) });
  if (scenario !== "nothing") asked.set("company", scenario);
  if (terms.quarters) asked.set("quarters", String(terms.quarters));
  if (isStarter(terms.hidden)) asked.set("moves", "starter");
  else if (terms.hidden?.length) asked.set("hidden", terms.hidden.join("."));
  if (terms.locked?.length) asked.set("locked", terms.locked.join("."));
  for (const [name, quarter] of Object.entries(terms.events ?? {})) asked.set(`event.${name}`, String(quarter));
  for (const [kpi, weight] of Object.entries(terms.weights ?? {})) asked.set(`weight.${kpi}`, String(weight));
  if (terms.predict) asked.set("predict", "1");
  return `#/play?${asked}`;
}

/** The moves that are not shown where the starter set is offered. */
export function besideStarter(): string[] {
  return moves().filter((name) => !STARTER.includes(name));
}

function isStarter(hidden: string[] = []): boolean {
  return JSON.stringify([...hidden].sort()) === JSON.stringify(besideStarter().sort());
}

function game(): GameModel {
  return model.value!.data as unknown as GameModel;
}

function moves(): string[] {
  return game().moves.map((row) => row.name);
}

/** What a link sets; the first thing in it that cannot be used is one error. */
export function settingOf(query: string): Setting {
  const { rules } = game();
  const asked = new URLSearchParams(query.slice(0, 4000));
  const wrong = (name: string): never => {
    throw new Error(t("link.value", { name: `${name}=${asked.get(name)}`.slice(0, 60) }));
  };
  const whole = (name: string, low: number, high: number, usual: number): number => {
    const text = asked.get(name);
    if (text === null) return usual;
    const value = /^\d{1,7}$/.test(text) ? Number(text) : NaN;
    return value >= low && value <= high ? value : wrong(name);
  };
  const part = (name: string): number => {
    const text = asked.get(name)!;
    return /^\d{1,3}(\.\d{1,4})?$/.test(text) && Number(text) > 0 && Number(text) <= 100 ? Number(text) : wrong(name);
  };
  const names = (name: string): string[] => {
    const found = (asked.get(name) ?? "").split(".").filter(Boolean);
    return found.every((each) => moves().includes(each)) ? [...new Set(found)] : wrong(name);
  };
  const scenario = asked.get("company") ?? "nothing";
  if (!model.value!.scenarios.has(scenario)) wrong("company");
  const terms: Terms = {};
  const quarters = whole("quarters", 1, rules.quarters, 0);
  if (quarters && quarters !== rules.quarters) terms.quarters = quarters;
  if (asked.has("moves")) terms.hidden = asked.get("moves") === "starter" ? besideStarter() : wrong("moves");
  else if (asked.has("hidden")) terms.hidden = names("hidden");
  if (asked.has("locked")) terms.locked = names("locked");
  for (const name of asked.keys()) {
    const [kind, of] = name.split(".");
    if (kind === "event") {
      if (!rules.event.some((row) => row.name === of)) wrong(name);
      terms.events = { ...terms.events, [of]: whole(name, 0, quarters || rules.quarters, 0) };
    } else if (kind === "weight") {
      if (!rules.criterion.some((row) => row.kpi === of)) wrong(name);
      terms.weights = { ...terms.weights, [of]: part(name) };
    } else if (!["seed", "company", "quarters", "moves", "hidden", "locked", "predict"].includes(name)) wrong(name);
  }
  if (terms.weights && sumOf(terms.weights) !== 100) throw new Error(t("weights.sum", { sum: sumOf(terms.weights) }));
  if (asked.has("predict")) terms.predict = asked.get("predict") === "1" || wrong("predict");
  return { scenario, seed: whole("seed", 0, MOST_SEED, 1), terms };
}

/** The query of a link that was pasted: the whole link, or its end. */
export function queryOf(pasted: string): string {
  const found = /#?\/?play\?(\S+)/.exec(pasted.trim());
  if (!found) throw new Error(t("terms.nolink"));
  return found[1];
}
