// A game as a file, which Python's `ccsim game` reads and writes too: scenario, seed and choices, never figures.
import type { Choice, Played, Terms } from "./game";
import type { Model } from "./model";
import { cleanName } from "./class/names";
import { sha256 } from "./sha256";
import { t } from "./words";

export interface GameFile {
  scenario: string;
  seed: number;
  terms: Terms;
  choices: Choice[];
  ccsim: string;
  digest: string;
  /** What the player chose to be called; may be empty. */
  player: string;
}

const FORMAT = "ccsim game";
const LARGEST = 200_000;
/** Parts of a file whose numbers Python writes with a point. */
const FLOATS = new Set(["expected", "weights"]);

/** A fingerprint of every figure of every week: equal if and only if the games are. */
export function digestOf(model: Model, played: Played): string {
  const names = [...model.kpis.keys()].sort();
  const text = new TextEncoder();
  const parts: Uint8Array[] = [];
  for (const name of names) {
    parts.push(text.encode(name));
    const row = played.kpis[name];
    if (row) parts.push(bytesOf(row));
  }
  return sha256(parts);
}

/** Bytes of figures; processors write "not a number" in two ways, and a game is the same on both. */
function bytesOf(row: Float64Array): Uint8Array {
  if (!row.some(Number.isNaN)) return new Uint8Array(row.buffer, row.byteOffset, row.byteLength);
  const view = new DataView(new ArrayBuffer(8 * row.length));
  row.forEach((value, week) => {
    if (Number.isNaN(value)) view.setBigUint64(8 * week, 0x7ff8000000000000n, true);
    else view.setFloat64(8 * week, value, true);
  });
  return new Uint8Array(view.buffer);
}

/** Text as Python's `json.dumps` writes it, keys in order: a sum over it guards the file. */
function written(value: unknown, floats = false): string {
  if (typeof value === "number") return floats && Number.isInteger(value) ? value.toFixed(1) : String(value);
  if (Array.isArray(value)) return `[${value.map((each) => written(each)).join(",")}]`;
  if (value && typeof value === "object") {
    const rows = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${rows.map(([key, each]) => `${written(key)}:${written(each, floats || FLOATS.has(key))}`).join(",")}}`;
  }
  return JSON.stringify(value).replace(/[\u007f-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function sumOf(data: object): string {
  return sha256([new TextEncoder().encode(written(data))]);
}

/** Predictions with four decimals: Python writes smaller numbers in another way, and the sum is over what is written. */
export function rounded(expected: Record<string, number> | undefined): Record<string, number> {
  return Object.fromEntries(Object.entries(expected ?? {}).map(([kpi, value]) => [kpi, Math.round(value * 1e4) / 1e4]));
}

function plain(choice: Choice): object {
  const answers = (choice.answers ?? []).map((answer) => answer.slice(0, 2000));
  const row = { start: choice.start, stop: choice.stop, expected: rounded(choice.expected), answers: answers.some(Boolean) ? answers : [] };
  return Object.fromEntries(Object.entries(row).filter(([, value]) => (Array.isArray(value) ? value.length : Object.keys(value).length)));
}

const isSet = (value: unknown) => !!value && (typeof value !== "object" || Object.keys(value).length > 0);

/** The text of a game's file. */
export function gameText(model: Model, game: { scenario: string; seed: number; terms?: Terms; choices: Choice[] }, played: Played, player = ""): string {
  const terms = Object.fromEntries(Object.entries(game.terms ?? {}).filter(([, value]) => isSet(value)));
  const data = {
    format: FORMAT,
    version: 1,
    ccsim: model.data.version,
    scenario: game.scenario,
    seed: game.seed,
    player: cleanName(player),
    ...(Object.keys(terms).length ? { terms } : {}),
    choices: game.choices.map(plain),
    digest: digestOf(model, played),
  };
  return `${written({ ...data, check: sumOf(data) })}\n`;
}

const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.length <= 50 && value.every((each) => typeof each === "string");

function choiceOf(row: unknown, place: number): Choice {
  const { start = [], stop = [], expected = {}, answers = [] } = row as Choice;
  const numbers = typeof expected === "object" && expected && Object.values(expected).every((value) => Number.isFinite(value));
  if (!isTexts(start) || !isTexts(stop) || !isTexts(answers) || !numbers) throw new Error(t("file.damaged", { where: `choices.${place}` }));
  return { start, stop, expected: { ...expected }, answers };
}

const isNumbers = (value: unknown) => !!value && typeof value === "object" && !Array.isArray(value) && Object.values(value).every((each) => Number.isFinite(each));

function isTerms(terms: object): terms is Terms {
  const { quarters = 0, locked = [], hidden = [], events = {}, weights = {}, predict = false } = terms as Terms;
  return Number.isInteger(quarters) && isTexts(locked) && isTexts(hidden) && isNumbers(events) && isNumbers(weights) && typeof predict === "boolean";
}

/** Read a game's file; whatever is wrong with it is one message. */
export function readGameText(text: string): GameFile {
  if (text.length > LARGEST) throw new Error(t("file.none"));
  let data: Record<string, unknown>;
  try {
    data = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    throw new Error(t(text.includes(FORMAT) ? "file.torn" : "file.none"));
  }
  if (typeof data !== "object" || !data || data.format !== FORMAT) throw new Error(t("file.none"));
  if (data.version !== 1) throw new Error(t("file.version", { version: String(data.version).slice(0, 20) }));
  const { check, ...rest } = data;
  const { scenario, seed, choices, digest, ccsim, terms = {} } = rest as Record<string, never>;
  if (typeof scenario !== "string") throw new Error(t("file.damaged", { where: "scenario" }));
  if (!Number.isSafeInteger(seed) || seed < 0) throw new Error(t("file.damaged", { where: "seed" }));
  if (!Array.isArray(choices) || (choices as unknown[]).length > 100) throw new Error(t("file.damaged", { where: "choices" }));
  if (sumOf(rest) !== check) throw new Error(t("file.changed"));
  if (!isTerms(terms)) throw new Error(t("file.damaged", { where: "terms" }));
  const { player = "" } = rest as { player?: unknown };
  return { scenario, seed, terms, choices: (choices as unknown[]).map(choiceOf), digest, ccsim: String(ccsim), player: cleanName(String(player)) };
}
