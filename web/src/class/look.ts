// A lecturer's page looks at its class again and again; while the server is away it shows what it had.
import { signal, type Signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { keyOf } from "./lecturer";
import { ask, Refused } from "./service";
import type { Terms } from "../game";
import type { Rank } from "./member";

export interface Head {
  code: string;
  seed: number;
  scenario: string;
  upto: number;
  joining: boolean;
  quarters: number;
  revealed: number[];
  ranking: boolean;
  players: number;
  handed: number;
  progress: number[];
  current: number;
}

export interface ScreenState extends Head {
  quarter: number;
  predicted: number;
  expected: Record<string, number[]>;
  came: Record<string, number[]> | null;
  ranks: Rank[] | null;
  local: boolean;
  links: string[];
  qr: string[];
}

/** A player: identifier, name, quarters played, state, reason, predictions received in time, points, events apart. */
export type Row = [string, string, number, "playing" | "waiting" | "accepted" | "refused", string, number, number | null, string[]];

export interface DeskState extends Head {
  strict: boolean;
  terms: Terms;
  weights: Record<string, number>;
  coming: Record<string, number>;
  ranks: (Rank & { players: string[] })[];
  rows: Row[];
}

export interface Looked<State> {
  state: Signal<State | null>;
  fault: Signal<Refused | null>;
  again: () => void;
}

const PAUSE = 1200;

export function useLook<State>(code: string, view: "screen" | "desk", quarter: number | null): Looked<State> {
  const looked = useMemo(() => ({ state: signal<State | null>(null), fault: signal<Refused | null>(null), again: () => {} }), [code, view]);
  useEffect(() => {
    let over = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let tag = "";
    let turn = 0;
    const look = async () => {
      clearTimeout(timer);
      const mine = ++turn;
      let pause = document.hidden ? 6000 : PAUSE;
      try {
        const found = await ask<{ tag: string; state?: State }>(`class/${code}/look`, { view, since: tag, quarter }, keyOf(code));
        if (over || mine !== turn) return;
        tag = found.tag;
        if (found.state) looked.state.value = found.state;
        looked.fault.value = null;
      } catch (error) {
        if (over || mine !== turn) return;
        const fault = error instanceof Refused ? error : new Refused("away", String(error), 3);
        looked.fault.value = fault;
        pause = fault.code === "key" ? 0 : Math.max(3000, fault.wait * 1000);
      }
      if (pause) timer = setTimeout(() => void look(), pause);
    };
    looked.again = () => void look();
    void look();
    const back = () => {
      if (!document.hidden) void look();
    };
    document.addEventListener("visibilitychange", back);
    return () => {
      over = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", back);
    };
  }, [code, view, quarter]);
  return looked;
}
