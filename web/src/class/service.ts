// Requests to the class service of `ccsim app`.
import { reason } from "../reasons";
import { t, type Word } from "../words";

/** A request that failed: the service refused it, or is away. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    readonly why: string,
    /** Seconds after which it may be tried again; 0 if that is no use. */
    readonly wait: number,
  ) {
    super(why);
  }

  get away(): boolean {
    return this.code === "away";
  }
}

const WORDS: Record<string, Word> = {
  away: "service.away",
  busy: "service.busy",
  closed: "service.closed",
  full: "service.full",
  guesses: "service.guesses",
  key: "service.key",
  player: "service.player",
  secret: "service.secret",
  unknown: "service.unknown",
  host: "service.host",
  origin: "service.host",
};

/** A failure in words of the language; what has none is told as the server has it. */
export function inWords(error: unknown): string {
  if (!(error instanceof Refused)) return String((error as Error)?.message ?? error);
  const word = WORDS[error.code];
  return word ? t(word, { n: Math.ceil(error.wait) }) : t("service.other", { why: reason(error.why) });
}

export async function ask<Answer>(path: string, body: object = {}, secret = ""): Promise<Answer> {
  const stop = new AbortController();
  const late = setTimeout(() => stop.abort(), 20_000);
  let told: Response;
  let data: Answer & { error?: string; text?: string; wait?: number };
  try {
    told = await fetch(`api/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(secret ? { authorization: `Bearer ${secret}` } : {}) },
      body: JSON.stringify(body),
      signal: stop.signal,
    });
    data = await told.json();
  } catch {
    throw new Refused("away", "", 3);
  } finally {
    clearTimeout(late);
  }
  if (!told.ok) throw new Refused(data.error ?? "away", data.text ?? "", data.wait ?? 0);
  return data;
}

export interface About {
  ccsim: string;
  engine: string;
  free: boolean;
}

/** What the server says of itself, and how long that took in milliseconds. */
export async function about(): Promise<About & { took: number }> {
  const began = performance.now();
  try {
    const found = await fetch("api/about", { cache: "no-store" });
    if (!found.ok) throw new Error();
    return { ...(await found.json()), took: performance.now() - began };
  } catch {
    throw new Refused("away", "", 3);
  }
}
