// What the pages share: the plan, its runs, what is shown. Runs follow the plan by themselves.
import { batch, computed, effect, signal } from "@preact/signals";
import { decide, valueAfter } from "./decisions";
import { readAddress, writeAddress, type Comparing } from "./address";
import type { Page } from "./addresspages";
import { Model, replicateSeed, type Plan, type Series } from "./model";
import { Cancelled, Pool, type Token } from "./pool";
import { reason } from "./reasons";
import { language, t, type Language } from "./words";

export interface Pinned {
  plan: Plan;
  series: Series;
}

/** Runs of a band, with the same seeds in plan and twin. */
export interface Behind {
  plan: Series[];
  twin: Series[];
  wanted: number;
}

export const REPLICATES = 30;
export const FIRST_PLAN: Plan = { scenario: "bottom-up", set: {}, seed: 1, weeks: 156 };
export const FOUR = ["csat", "fcr", "adoption", "npv"];

export const model = signal<Model | null>(null);
export const page = signal<Page>("explore");
/** What follows the page's name in the address, such as a view of a class. */
export const part = signal("");
/** What a class link brought, until the class page has taken it. */
export const brought = signal<URLSearchParams>(new URLSearchParams());
/** What a link to a game sets, until the game is begun or the link is put away. */
export const gameLink = signal("");
export const theme = signal<"auto" | "light" | "dark">("auto");
export const plan = signal<Plan>(FIRST_PLAN);
export const kpi = signal("csat");
export const run = signal<Series | null>(null);
export const twin = signal<Series | null>(null);
/** The plan that `run` belongs to: it lags behind `plan` while a run is made. */
export const ranPlan = signal<Plan>(FIRST_PLAN);
export const behind = signal<Behind | null>(null);
export const pinned = signal<Pinned | null>(null);
/** Week that is looked at; null for the end. */
export const week = signal<number | null>(null);
/** Levers that a figure shows, in this order. */
export const figureLevers = signal<string[]>([]);
/** Whether levers are moved from the week on that is looked at. */
export const midRun = signal(false);
/** What the page Compare compares; its address says it. */
export const comparing = signal<Comparing | null>(null);
/** Runs that were saved to be compared, kept in this browser. */
export const saved = signal<Plan[]>([]);
export const notices = signal<string[]>([]);
export const fault = signal<string | null>(null);
/** Milliseconds that the last redraw took, for benchmarks. */
export const redraw = signal(0);

export const atWeek = computed(() => week.value ?? ranPlan.value.weeks);

let pool: Pool | null = null;
export function engine(): Pool {
  return pool!;
}

const twins = new Map<string, Promise<Series>>();

/** The twin's run, kept: levers do not change it. */
export function twinRun(of: Plan): Promise<Series> {
  const request = model.value!.twin(of);
  const key = JSON.stringify(request);
  let found = twins.get(key);
  if (!found) {
    if (twins.size > 200) twins.clear();
    found = engine().now(request);
    found.catch(() => twins.delete(key));
    twins.set(key, found);
  }
  return found;
}

let waiting: Plan | null = null;
let busy = false;
let token: Token = { cancelled: false };
let pause: ReturnType<typeof setTimeout> | undefined;

/** Run the plan; while a run is made, only the latest plan waits. */
async function follow(wanted: Plan): Promise<void> {
  waiting = wanted;
  token.cancelled = true;
  clearTimeout(pause);
  if (busy) return;
  busy = true;
  while (waiting) {
    const now: Plan = waiting;
    waiting = null;
    const began = performance.now();
    try {
      const [base, series] = await Promise.all([twinRun(now), engine().now(now)]);
      batch(() => {
        run.value = series;
        twin.value = base;
        ranPlan.value = now;
        behind.value = null;
        fault.value = null;
        if (week.value !== null && week.value > now.weeks) week.value = null;
      });
      redraw.value = performance.now() - began;
    } catch (error) {
      fault.value = t("fault.run", { why: reason((error as Error).message) });
    }
  }
  busy = false;
  pause = setTimeout(() => void fillIn(ranPlan.value), 300);
}

async function fillIn(of: Plan): Promise<void> {
  token = { cancelled: false };
  const mine = token;
  const base = model.value!.twin(of);
  const rows: Behind = { plan: [], twin: [], wanted: REPLICATES };
  let told = 0;
  const one = async (replicate: number) => {
    const seed = replicateSeed(of.seed, replicate);
    const [mineRun, twinOf] = await Promise.all([
      engine().later({ ...of, seed }, mine),
      keptTwin({ ...base, seed }, mine),
    ]);
    if (mine.cancelled) return;
    rows.plan.push(mineRun);
    rows.twin.push(twinOf);
    if (rows.plan.length === REPLICATES || performance.now() - told > 250) {
      told = performance.now();
      behind.value = { ...rows, plan: [...rows.plan], twin: [...rows.twin] };
    }
  };
  await Promise.all(Array.from({ length: REPLICATES }, (_, i) => one(i).catch(quiet)));
}

/** A twin's run of the background, kept; what another has called off is begun again. */
export async function keptTwin(request: Plan, mine: Token): Promise<Series> {
  const key = JSON.stringify(request);
  for (;;) {
    let found = twins.get(key);
    if (!found) {
      found = engine().later(request, mine);
      found.catch(() => twins.delete(key));
      twins.set(key, found);
    }
    try {
      return await found;
    } catch (error) {
      if (mine.cancelled || !(error instanceof Cancelled)) throw error;
    }
  }
}

/** A run that was called off is no failure. */
export function quiet(error: unknown): void {
  if (!(error instanceof Cancelled)) fault.value = t("fault.run", { why: reason(String((error as Error)?.message ?? error)) });
}

/** The week after which levers that are moved now take force; null for the start. */
export const decideAfter = computed(() => (midRun.value && week.value !== null && week.value < plan.value.weeks ? week.value : null));

/** The value of a lever as it is shown: in force after the week that is looked at, where decisions are made in mid-run. */
export function leverNow(key: string): number | string | boolean {
  const after = decideAfter.value;
  return after === null ? model.value!.value(plan.value, key) : valueAfter(model.value!, plan.value, key, after);
}

export function setLever(key: string, value: number | string | boolean): void {
  const now = plan.value;
  const after = decideAfter.value;
  if (after !== null && model.value!.parameters.get(key)?.role === "lever") {
    plan.value = decide(model.value!, now, after, key, value);
    return;
  }
  const set = { ...now.set, [key]: value };
  if (model.value!.index(key, value) === model.value!.index(key, model.value!.preset(now.scenario, key))) delete set[key];
  plan.value = { ...now, set };
}

export function choose(scenario: string): void {
  const { later: _, ...now } = plan.value;
  plan.value = { ...now, scenario, set: {} };
  midRun.value = false;
  week.value = null;
}

export function pin(): void {
  if (run.value) pinned.value = { plan: ranPlan.value, series: run.value };
}

/** Put another run where the pinned one is. */
export async function pinPlan(of: Plan): Promise<void> {
  try {
    pinned.value = { plan: of, series: await engine().now(of) };
  } catch (error) {
    quiet(error);
  }
}

/** Runs and games of a model with something of the user's own are no runs and games of the shipped one. */
function place(name: string): string {
  const { own = [], organisation } = model.value?.data ?? {};
  const whose = name === "runs" || name === "game" ? [...own, organisation?.name ?? ""].filter(Boolean).join("+") : "";
  return whose ? `ccsim.${whose}.${name}` : `ccsim.${name}`;
}

function kept(name: string): string | null {
  try {
    return localStorage.getItem(place(name));
  } catch {
    return null; // A browser may forbid it, for files above all.
  }
}

export function keep(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(place(name));
    else localStorage.setItem(place(name), value);
  } catch {
    // Nothing is kept then; the page works on.
  }
}

function keptRuns(found: Model): Plan[] {
  try {
    const rows = JSON.parse(kept("runs") ?? "[]") as Plan[];
    return rows.filter((row) => found.scenarios.has(row.scenario) && Object.keys({ ...row.set }).every((key) => found.parameters.has(key))).slice(0, MOST_SAVED);
  } catch {
    return [];
  }
}

const MOST_SAVED = 12;

/** Save a run to compare it later; the oldest one goes when there are too many. */
export function saveRun(of: Plan): void {
  const text = JSON.stringify(of);
  saved.value = [...saved.value.filter((each) => JSON.stringify(each) !== text), of].slice(-MOST_SAVED);
}

export { kept };

export function start(found: Model, opened: Pool): void {
  pool = opened;
  model.value = found;
  const wished = kept("language") ?? navigator.language.slice(0, 2);
  language.value = (wished === "de" ? "de" : "en") as Language;
  theme.value = (kept("theme") ?? "auto") as "auto" | "light" | "dark";
  takeAddress();
  addEventListener("hashchange", takeAddress);
  saved.value = keptRuns(found);
  effect(() => keep("runs", saved.value.length ? JSON.stringify(saved.value) : null));
  effect(() => {
    if (page.value === "explore" || page.value === "figure") void follow(plan.value);
  });
  effect(() => writeAddress(page.value, plan.value, kpi.value, pinned.value?.plan ?? null, figureLevers.value, part.value, comparing.value, gameLink.value));
  effect(() => {
    document.documentElement.lang = language.value;
    keep("language", language.value);
  });
  effect(() => {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    document.documentElement.dataset.theme = theme.value === "auto" ? (dark ? "dark" : "light") : theme.value;
    keep("theme", theme.value);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    if (theme.value === "auto") {
      theme.value = "light";
      theme.value = "auto";
    }
  });
}

function takeAddress(): void {
  const read = readAddress(location.hash, model.value!);
  batch(() => {
    page.value = read.page;
    figureLevers.value = read.levers;
    part.value = read.page === "class" ? read.part : "";
    if (read.page === "class" && read.asked.size) brought.value = read.asked;
    if (read.page === "play" && read.asked.size) gameLink.value = read.asked.toString();
    notices.value = read.notices.map((each) => t(each.word, each.fill));
    if (read.plan && JSON.stringify(read.plan) !== JSON.stringify(plan.value)) plan.value = read.plan;
    if (read.kpi) kpi.value = read.kpi;
    if (read.compare && JSON.stringify(read.compare) !== JSON.stringify(comparing.value)) comparing.value = read.compare;
  });
  if (read.pin && JSON.stringify(read.pin) !== JSON.stringify(pinned.value?.plan)) void pinPlan(read.pin);
}

/** Take a plan, a pinned run and a KPI at once. */
export function batchChoice(next: Plan, pinNext: Plan, show: string): void {
  batch(() => {
    plan.value = next;
    kpi.value = show;
    week.value = null;
  });
  void pinPlan(pinNext);
}
