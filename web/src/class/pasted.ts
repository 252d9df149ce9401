// Games as letters to paste, and many games out of one text: a class that has no server.
import { t } from "../words";

const MOST_LETTERS = 200_000;

/** The short form of a game's file: letters that survive a chat, a mail and a line break. */
export async function shortOf(text: string): Promise<string> {
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  const letters = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return `ccsim-game:${letters.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "")}:end`;
}

async function longOf(letters: string): Promise<string> {
  let text = "";
  try {
    const plain = letters.replace(/\s/g, "").replace(/-/g, "+").replace(/_/g, "/");
    const bytes = Uint8Array.from(atob(plain), (letter) => letter.charCodeAt(0));
    const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")).getReader();
    const decoder = new TextDecoder();
    while (text.length <= MOST_LETTERS) {
      const { done, value } = await reader.read();
      if (done) return text;
      text += decoder.decode(value, { stream: true });
    }
    await reader.cancel();
  } catch {
    throw new Error(t("file.torn"));
  }
  throw new Error(t("file.none"));
}

/** A game's file that a text holds, or what is wrong with it. */
export type Found = string | Error;

/** Every game that a text holds: files or short forms, one after another. */
export async function textsIn(text: string): Promise<Found[]> {
  const found: Found[] = [];
  const rest = text.replace(/\uFEFF/g, "");
  for (const each of rest.matchAll(/ccsim-game:([A-Za-z0-9_\-\s]*?)(?::end|(?=ccsim-game:)|$)/g)) {
    found.push(await longOf(each[1]).catch((error: Error) => error));
  }
  if (found.length) return found;
  let [depth, from, quoted] = [0, -1, false];
  for (let at = 0; at < rest.length; at++) {
    const letter = rest[at];
    if (quoted) {
      if (letter === "\\") at++;
      else if (letter === '"') quoted = false;
    } else if (letter === '"' && depth) quoted = true;
    else if (letter === "{" && depth++ === 0) from = at;
    else if (letter === "}" && depth && --depth === 0) found.push(rest.slice(from, at + 1));
  }
  if (depth) found.push(rest.slice(from));
  return found.length ? found : [new Error(t("file.none"))];
}
