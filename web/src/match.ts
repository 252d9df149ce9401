// The game in progress: kept in the browser after every choice, so that a reload, Back or a closed tab lose nothing.
import { computed, effect, signal } from "@preact/signals";
import { Ledger, type Choice, type GameModel, type Played } from "./game";
import { engine, keep, kept, model, quiet } from "./store";

export interface Match {
  scenario: string;
  seed: number;
  /** All moves, or the starter set. */
  all: boolean;
  choices: Choice[];
  draft: Choice;
  /** What the player guessed in the debrief, by question. */
  guesses: Record<string, string>;
}

export const match = signal<Match | null>(null);
export const played = signal<Played | null>(null);
export const busy = signal(false);

/** Twelve moves that show what the model is about. */
export const STARTER = [
  "announce", "train", "improvement-time", "meet-customers", "write-routines", "champion-network",
  "measure-surveys", "measure-journeys", "widen-rights", "no-blame", "audit-resolution", "act-on-signals",
];

export function gameModel(): GameModel {
  return model.value!.data as unknown as GameModel;
}

/** The books as they stand; they need which events come, which the first run tells. */
export const ledger = computed(() => {
  const now = match.value;
  const found = played.value;
  if (!now || !found || found.choices.length !== now.choices.length) return null;
  const books = new Ledger(gameModel(), found.coming, now.scenario);
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

async function replay(): Promise<void> {
  const now = match.value;
  if (!now) {
    played.value = null;
    return;
  }
  const mine = ++asked;
  busy.value = true;
  try {
    const found = await engine().game({ scenario: now.scenario, seed: now.seed, choices: now.choices }, true);
    if (mine === asked) played.value = found;
  } catch (error) {
    quiet(error);
  }
  if (mine === asked) busy.value = false;
}

let opened = false;

/** Take up the kept game, once. */
export function takeUp(): void {
  if (opened) return;
  opened = true;
  match.value = readMatch();
  void replay();
  effect(() => keep("game", match.value ? JSON.stringify(match.value) : null));
}

export function begin(seed: number, all: boolean): void {
  match.value = { scenario: "nothing", seed, all, choices: [], draft: emptyChoice(), guesses: {} };
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
