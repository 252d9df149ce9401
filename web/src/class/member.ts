// A player in a class: predictions and the finished game go to the server by themselves, now or when it is back.
// What is to be sent follows from the game that the browser keeps, so nothing is lost and nothing is sent for nothing.
import { effect, signal } from "@preact/signals";
import { quarterly, type Choice, type Refusal, type Terms } from "../game";
import { beginIn, gameModel, ledger, match, played, retake, type Room } from "../match";
import { model } from "../store";
import { gameText, rounded } from "../gamefile";
import { ask, Refused } from "./service";

/** What the server says of the player and the class. */
export interface Standing {
  upto: number;
  terms: Terms;
  known: number[];
  state: "playing" | "waiting" | "accepted" | "refused";
  reason: string;
  name: string;
  waiting: number;
  points: number | null;
  apart: string[];
  ranks: Rank[] | null;
  place: number | null;
  of: number | null;
}

export interface Rank {
  place: number;
  name: string;
  games: number;
  points: number;
}

export const standing = signal<Standing | null>(null);
/** Why the server does not answer or take anything; null while it does. */
export const trouble = signal<Refused | null>(null);

const PAUSE = 4000;
const HIDDEN = 15_000;
const LONGEST = 30_000;

let tag = "";
let told = new Set<number>();
let handed: { played: object; text: string } | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
let busy = false;
let again = false;
let failures = 0;
let of = "";

interface Joined extends Standing {
  code: string;
  player: string;
  seed: number;
  scenario: string;
}

export async function join(code: string, name: string): Promise<void> {
  const found = await ask<Joined>("join", { code, name });
  tag = "";
  told = new Set();
  standing.value = found;
  const room: Room = { code: found.code, player: found.player, name: found.name, upto: found.upto };
  beginIn(room, found.scenario, found.seed, found.terms);
}

/** Why a quarter cannot be played yet in this class. */
export function locked(quarter: number): Refusal | null {
  const room = match.value?.room;
  return room && quarter >= room.upto ? { word: "game.wait", fill: { n: quarter + 1 } } : null;
}

/** Choices without what the player wrote, which stays in the browser. */
export function unanswered(choices: Choice[]): Choice[] {
  return choices.map(({ answers: _, ...choice }) => choice);
}

/** The finished game as it is handed in; null while it is not finished. */
function finished(): string | null {
  const now = match.value;
  const result = played.value;
  if (!now?.room || !result || !ledger.value?.over) return null;
  if (handed?.played !== result) {
    handed = { played: result, text: gameText(model.value!, { ...now, choices: unanswered(now.choices) }, result, now.room.name) };
  }
  return handed.text;
}

function report(): { since: string; quarters: object[]; game?: string } {
  const now = match.value!;
  const result = played.value;
  const rules = gameModel().rules;
  const known = new Set(standing.value?.known ?? []);
  const kpis = rules.report.filter((row) => row.predict).map((row) => row.kpi);
  const quarters = now.choices.flatMap((choice, quarter) => {
    const lived = result !== null && quarter < result.quarters.length;
    if (known.has(quarter) && (told.has(quarter) || !lived)) return [];
    const expected = rounded(choice.expected);
    const came = lived ? Object.fromEntries(kpis.map((kpi) => [kpi, quarterly(rules, result, kpi, quarter)]).filter(([, value]) => Number.isFinite(value))) : {};
    return [{ quarter, expected, came }];
  });
  const game = standing.value?.state === "playing" ? finished() : null;
  return { since: standing.value ? tag : "", quarters, ...(game ? { game } : {}) };
}

async function tell(): Promise<void> {
  clearTimeout(timer);
  const room = match.value?.room;
  if (!room) return;
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  again = false;
  let pause = document.hidden ? HIDDEN : PAUSE;
  try {
    const said = report();
    const found = await ask<{ tag: string; state?: Standing }>(`class/${room.code}/report`, said, room.player);
    failures = 0;
    trouble.value = null;
    for (const row of said.quarters as { quarter: number; came: object }[]) if (Object.keys(row.came).length) told.add(row.quarter);
    tag = found.tag;
    if (found.state && match.value?.room?.player === room.player) take(found.state);
    if (standing.value?.state === "waiting") pause = 2000;
  } catch (error) {
    const refused = error instanceof Refused ? error : new Refused("away", String(error), 3);
    trouble.value = refused;
    if (refused.code === "player") pause = 0;
    else pause = Math.min(LONGEST, Math.max(refused.wait * 1000, 3000 * 2 ** Math.min(4, failures++)));
  }
  busy = false;
  // Devices of a class must not ask all at once.
  if (again && !trouble.value) timer = setTimeout(() => void tell(), 100);
  else if (pause) timer = setTimeout(() => void tell(), pause * (0.85 + 0.3 * Math.random()));
}

function take(state: Standing): void {
  standing.value = state;
  const now = match.value!;
  if (now.room!.upto !== state.upto) match.value = { ...now, room: { ...now.room!, upto: state.upto } };
  retake(state.terms);
}

/** Ask again now, without waiting for the next time. */
export function retry(): void {
  failures = 0;
  void tell();
}

/** Leave the class; the game goes on for the player alone. */
export function leave(): void {
  const { room: _, ...rest } = match.value!;
  clearTimeout(timer);
  standing.value = null;
  trouble.value = null;
  match.value = rest;
}

/** Keep the class informed as long as there is one. */
export function followClass(): void {
  effect(() => {
    const now = match.value;
    const mark = now?.room ? `${now.room.player} ${now.choices.length} ${played.value?.quarters.length ?? -1}` : "";
    if (mark === of) return;
    if (mark.split(" ")[0] !== of.split(" ")[0]) {
      tag = "";
      told = new Set();
      if (!mark) standing.value = null;
    }
    of = mark;
    if (mark) setTimeout(() => void tell(), 0);
  });
  const back = () => {
    if (match.value?.room && !document.hidden) void tell();
  };
  document.addEventListener("visibilitychange", back);
  addEventListener("online", back);
}
