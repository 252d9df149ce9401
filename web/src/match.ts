// The game in progress: kept in the browser after every choice, so that a reload, Back or a closed tab lose nothing.
import { computed, effect, signal } from "@preact/signals";
import { Ledger, shortened, type Choice, type GameModel, type Played, type Terms } from "./game";
import { digestOf, readGameText } from "./gamefile";
import { engine, keep, kept, model, notices, page, quiet } from "./store";
import { reason } from "./reasons";
import { t } from "./words";

export interface Match {
  scenario: string;
  seed: number;
  /** All moves, or the starter set. */
  all: boolean;
  choices: Choice[];
  draft: Choice;
  /** What the player guessed in the debrief, by question. */
  guesses: Record<string, string>;
  terms?: Terms;
  /** A quarter to learn by, which does not count. */
  tutorial?: boolean;
  /** The class that the game is played in. */
  room?: Room;
}

/** A class on a server, as a player's browser keeps it. */
export interface Room {
  code: string;
  /** The player's own secret. */
  player: string;
  name: string;
  /** The last quarter, from 1, that may be played, as far as the server has told. */
  upto: number;
}

export const match = signal<Match | null>(null);
export const played = signal<Played | null>(null);
export const busy = signal(false);

/** Twelve moves that show what the model is about. */
export const STARTER = [
  "announce", "train", "improvement-time", "meet-customers", "write-routines", "champion-network",
  "measure-surveys", "measure-journeys", "widen-rights", "no-blame", "audit-resolution", "act-on-signals",
];

/** Moves and rules of the game in progress. */
export function gameModel(): GameModel {
  return shortened(model.value!.data as unknown as GameModel, match.value?.terms);
}

/** The books as they stand; they need which events come, which the first run tells. */
export const ledger = computed(() => {
  const now = match.value;
  const found = played.value;
  if (!now || !found || found.choices.length !== now.choices.length) return null;
  const books = new Ledger(gameModel(), found.coming, now.scenario, now.terms);
  for (const choice of found.choices) books.play(choice);
  return books;
});

function emptyChoice(): Choice {
  return { start: [], stop: [], expected: {}, answers: [] };
}

function readMatch(): Match | null {
  try {
    const found = JSON.parse(kept("game") ?? "null") as Match | null;
    if (!found || !Array.isArray(found.choices) || !Number.isInteger(found.seed)) return null;
    return { ...found, draft: { ...emptyChoice(), ...found.draft }, guesses: found.guesses ?? {} };
  } catch {
    return null;
  }
}

let asked = 0;

async function replay(): Promise<boolean> {
  const now = match.value;
  if (!now) {
    played.value = null;
    return true;
  }
  const mine = ++asked;
  busy.value = true;
  try {
    const found = await engine().game({ scenario: now.scenario, seed: now.seed, choices: now.choices, terms: now.terms }, true);
    if (mine === asked) played.value = found;
  } catch (error) {
    // A game that cannot be played any more, of another version perhaps, must not shut the page.
    if (mine === asked) {
      giveUp();
      notices.value = [t("play.unplayable", { why: reason(String((error as Error)?.message ?? error)) })];
    } else quiet(error);
  }
  if (mine === asked) busy.value = false;
  return match.value !== null;
}

let opened = false;

/** Take up the kept game, once; another page of this browser may have gone on with it. */
export function takeUp(): void {
  if (opened) return;
  opened = true;
  match.value = readMatch();
  void replay();
  let mine = kept("game");
  effect(() => {
    mine = match.value ? JSON.stringify(match.value) : null;
    keep("game", mine);
  });
  window.addEventListener("storage", (event: StorageEvent) => {
    if (event.key !== "ccsim.game" || event.newValue === mine) return;
    match.value = readMatch();
    void replay();
  });
}

/** The kept game as it can be offered: the quarter that is to be played, or null. */
export function waiting(): { quarter: number; of: number } | null {
  const found = match.value ?? readMatch();
  if (!found || found.tutorial || !model.value) return null;
  const of = shortened(model.value.data as unknown as GameModel, found.terms).rules.quarters;
  return found.choices.length < of ? { quarter: found.choices.length + 1, of } : null;
}

export function begin(seed: number, all: boolean, terms: Terms = {}, tutorial = false, scenario = "nothing"): void {
  played.value = null;
  match.value = { scenario, seed, all, choices: [], draft: emptyChoice(), guesses: {}, terms, tutorial };
  void replay();
}

/** Take up the game of a file; whatever is wrong is one notice. */
export async function openFile(file: File): Promise<void> {
  try {
    const found = readGameText(await file.text());
    if (!model.value!.scenarios.has(found.scenario)) throw new Error(t("file.damaged", { where: "scenario" }));
    played.value = null;
    notices.value = [];
    match.value = { scenario: found.scenario, seed: found.seed, all: true, choices: found.choices, draft: emptyChoice(), guesses: {}, terms: found.terms };
    page.value = "play";
    if (!(await replay()) || !played.value) return;
    if (digestOf(model.value!, played.value) !== found.digest) notices.value = [t("file.other", { version: found.ccsim })];
  } catch (error) {
    notices.value = [t("file.refused", { name: file.name.slice(0, 60), why: (error as Error).message })];
  }
}

/** Begin the game of a class. */
export function beginIn(room: Room, scenario: string, seed: number, terms: Terms): void {
  played.value = null;
  match.value = { scenario, seed, all: true, choices: [], draft: emptyChoice(), guesses: {}, terms, room };
  void replay();
}

/** Take what the lecturer has set since; an event that is yet to come needs the game anew. */
export function retake(terms: Terms): void {
  const now = match.value;
  if (!now) return;
  // What is played stays as it was: an event that would have come in a quarter that is over does not come any more.
  const events = { ...terms.events };
  for (const name of new Set([...Object.keys(events), ...Object.keys(now.terms?.events ?? {})])) {
    const before = now.terms?.events?.[name];
    const came = (quarter: number | undefined) => quarter !== undefined && quarter > 0 && quarter <= now.choices.length;
    if (!came(events[name]) && !came(before)) continue;
    if (before === undefined) delete events[name];
    else events[name] = before;
  }
  const next = { ...terms, events };
  if (JSON.stringify(now.terms) === JSON.stringify(next)) return;
  match.value = { ...now, terms: next };
  void replay();
}

export function giveUp(): void {
  match.value = null;
  played.value = null;
}

export function redraft(change: Partial<Choice>): void {
  const now = match.value!;
  match.value = { ...now, draft: { ...now.draft, ...change } };
}

export async function playQuarter(): Promise<void> {
  const now = match.value!;
  const choice = now.draft;
  match.value = { ...now, choices: [...now.choices, choice], draft: emptyChoice() };
  await replay();
}
