// What server and engine say, in the language of the page. They speak English; the English catalogue has each of their
// sentences under `reason.`, with a gap for each value, and so tells which one it is.
import { english, language, m, money, t, type Word } from "./words";

interface Sentence {
  word: Word;
  names: string[];
  reads: RegExp;
  literal: number;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** The sentences, those with most words of their own first. */
const SENTENCES: Sentence[] = Object.entries(english)
  .filter(([word]) => word.startsWith("reason."))
  .map(([word, text]) => {
    const parts = text.split(/\{(\w+)\}/);
    const names = parts.filter((_, place) => place % 2 === 1);
    const reads = new RegExp(`^${parts.map((part, place) => (place % 2 ? "(.+?)" : escaped(part))).join("")}$`, "s");
    return { word: word as Word, names, reads, literal: text.replace(/\{\w+\}/g, "").length };
  })
  .sort((a, b) => b.literal - a.literal);

/** Why a choice cannot be made, as the game's books name it. */
function refusal(word: Word, given: string): string {
  const fill = JSON.parse(given) as Record<string, string | number>;
  for (const key of ["needs", "has"]) if (word === "game.money" && key in fill) fill[key] = money(Number(fill[key]));
  for (const key of ["name", "other"]) if (key in fill) fill[key] = m(`move.${fill[key]}`, String(fill[key]));
  return t(word, fill);
}

/** A reason in the language of the page; one that no sentence reads stays as it is. */
export function reason(text: string): string {
  const refused = /^(game\.[a-z.]+) (\{.*\})$/s.exec(text);
  if (refused) return refusal(refused[1] as Word, refused[2]);
  if (language.value === "en") return text;
  for (const { word, names, reads } of SENTENCES) {
    const found = reads.exec(text);
    if (found) return t(word, Object.fromEntries(names.map((name, place) => [name, reason(found[place + 1])])));
  }
  return text;
}
