// An organisation of a user's own is founded by the server that has its files: posts, lines and ties as the files say,
// and drawn what they do not say. It lives here, in the same weeks as every other.
import { InputError } from "./settings";
import type { Values } from "./types";

interface Told {
  rows: Record<string, number>;
  ties: number;
  /** The week before the first one of its past. */
  week: number;
  /** Every parameter by its key, as the number that kernels read. */
  settings: Record<string, number>;
  /** What its files say of week 0, to be set after its past. */
  stock: { population: string; column: string; rows: number[]; values: number[] }[];
}

export interface Founded {
  told: Told;
  bytes: Uint8Array;
}

/** Ask for it and wait: this runs in a worker, where nobody waits for the page. */
export function foundedElsewhere(own: Values, seed: bigint): Founded {
  const asked = new XMLHttpRequest();
  asked.open("POST", "own/organisation", false);
  asked.responseType = "arraybuffer";
  asked.setRequestHeader("content-type", "application/json");
  try {
    asked.send(JSON.stringify({ seed: String(seed), values: own }));
  } catch {
    throw new InputError("the server that founds this organisation does not answer; start ccsim app again");
  }
  const answer = asked.response as ArrayBuffer;
  if (asked.status !== 200) throw new InputError(why(answer) || `the server could not found this organisation (${asked.status})`);
  const length = new DataView(answer).getUint32(0, true);
  const told = JSON.parse(new TextDecoder().decode(new Uint8Array(answer, 4, length))) as Told;
  return { told, bytes: new Uint8Array(answer, 4 + length) };
}

function why(answer: ArrayBuffer): string {
  try {
    return String((JSON.parse(new TextDecoder().decode(answer)) as { text: string }).text);
  } catch {
    return "";
  }
}
