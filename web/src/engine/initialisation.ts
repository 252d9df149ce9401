// An organisation of a user's own is initialised by the server that has its files: posts, lines and ties follow the files,
// what they do not say is drawn. It lives here, in the same weeks as every other.
import { InputError } from "./settings";
import type { Values } from "./types";

interface Description {
  rows: Record<string, number>;
  ties: number;
  /** The week before the first one of its past. */
  week: number;
  /** Every parameter by its key, as the number that kernels read. */
  settings: Record<string, number>;
  /** What its files say of week 0, to be set after its past. */
  stock: { population: string; column: string; rows: number[]; values: number[] }[];
}

export interface InitialisedRows {
  description: Description;
  bytes: Uint8Array;
}

/** Request it and wait: this runs in a worker, so that the page stays usable. */
export function initialiseOnServer(own: Values, seed: bigint): InitialisedRows {
  const request = new XMLHttpRequest();
  request.open("POST", "own/organisation", false);
  request.responseType = "arraybuffer";
  request.setRequestHeader("content-type", "application/json");
  try {
    request.send(JSON.stringify({ seed: String(seed), values: own }));
  } catch {
    throw new InputError("the server that creates this organisation does not answer; start ccsim app again");
  }
  const answer = request.response as ArrayBuffer;
  if (request.status !== 200) throw new InputError(why(answer) || `the server could not create this organisation (${request.status})`);
  const length = new DataView(answer).getUint32(0, true);
  const description = JSON.parse(new TextDecoder().decode(new Uint8Array(answer, 4, length))) as Description;
  return { description, bytes: new Uint8Array(answer, 4 + length) };
}

function why(answer: ArrayBuffer): string {
  try {
    return String((JSON.parse(new TextDecoder().decode(answer)) as { text: string }).text);
  } catch {
    return "";
  }
}
