// A test of the room: whether this device reaches the server, and whether its browser runs the model.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { engine, keep, kept, model } from "../store";
import { served } from "../served";
import { number, t } from "../words";
import { reason } from "../reasons";
import { about, inWords } from "./service";

interface Check {
  good: boolean | null;
  text: string;
}

/** A run of this length is what a game of twelve quarters asks for. */
const WEEKS = 156;

export function RoomTest() {
  const server = useSignal<Check>({ good: null, text: t("room.server.busy") });
  const runs = useSignal<Check>({ good: null, text: t("room.runs.busy") });
  const keeps = useSignal<Check>({ good: null, text: t("room.keeps.busy") });
  const test = async () => {
    keep("room", "1");
    const kept_ = kept("room") === "1";
    keep("room", null);
    keeps.value = { good: kept_, text: t(kept_ ? "room.keeps" : "room.keeps.not") };
    if (served("class")) {
      try {
        const found = await about();
        const same = found.engine === model.value!.data.sourceHash;
        server.value = { good: same, text: same ? t("room.server", { ms: number(found.took, 0) }) : t("room.server.other") };
      } catch (error) {
        server.value = { good: false, text: inWords(error) };
      }
    } else server.value = { good: false, text: t("class.static") };
    try {
      const began = performance.now();
      const found = await engine().now({ scenario: "nothing", set: {}, seed: 1, weeks: WEEKS });
      const took = performance.now() - began;
      runs.value = { good: Number.isFinite(found.csat[WEEKS - 1]), text: t(took < 8000 ? "room.runs" : "room.runs.slow", { s: number(took / 1000, 1) }) };
    } catch (error) {
      runs.value = { good: false, text: t("room.runs.not", { why: reason(String((error as Error).message ?? error)) }) };
    }
  };
  useEffect(() => void test(), []);
  const rows = [server.value, runs.value, keeps.value];
  const done = rows.every((row) => row.good !== null);
  return (
    <main id="main" class="text roomtest" tabIndex={-1}>
      <h1>{!done ? t("room.title") : rows.every((row) => row.good) ? t("room.good") : t("room.bad")}</h1>
      <div role="status">
      <ul class="checks">
        {rows.map((row, i) => (
          <li key={i} class={row.good === null ? "" : row.good ? "up" : "down"}>
            <span aria-hidden="true">{row.good === null ? "…" : row.good ? "✓" : "✗"}</span> {row.text}
          </li>
        ))}
      </ul>
      </div>
      <p class="soft">{t("room.text")}</p>
      <p>
        <a href="#/class">{t("room.join")}</a>
      </p>
    </main>
  );
}
