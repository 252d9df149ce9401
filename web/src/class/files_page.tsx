// A class without a server: games from files or pasted letters are played again in this browser and compared.
import { signal, useSignal } from "@preact/signals";
import { save } from "../files";
import { digestOf, readGameText, type GameFile } from "../gamefile";
import { engine, model } from "../store";
import { reason } from "../reasons";
import { t } from "../words";
import { Comparison } from "./comparison";
import { classCsv, ranksOf, rowOf, type Common, type GameRow } from "./games";
import { wholeGame } from "./open_form";
import { textsIn } from "./pasted";
import { RankTable } from "./ranking";

interface Read {
  common: Common;
  rows: GameRow[];
  coming: Record<string, number>;
  faults: string[];
  /** Games that are being played again. */
  busy: number;
}

const EMPTY: Read = { common: { scenario: "", seed: 0, terms: {} }, rows: [], coming: {}, faults: [], busy: 0 };
/** Kept while the page is open, whatever else is looked at. */
const read = signal<Read>(EMPTY);
const MOST_FILES = 600;

const same = (one: Common, other: Common) => JSON.stringify([one.scenario, one.seed, plain(one.terms)]) === JSON.stringify([other.scenario, other.seed, plain(other.terms)]);
const plain = (terms: object) => Object.entries(terms).filter(([, value]) => value && (typeof value !== "object" || Object.keys(value).length)).sort(([a], [b]) => (a < b ? -1 : 1));

async function take(text: string, name: string): Promise<void> {
  const found = await textsIn(text);
  for (const [place, each] of found.entries()) {
    const called = found.length > 1 ? `${name} (${place + 1})` : name;
    try {
      if (each instanceof Error) throw each;
      await takeOne(readGameText(each), called);
    } catch (error) {
      read.value = { ...read.value, faults: [...read.value.faults, t("files.fault", { name: called.slice(0, 80), why: String((error as Error).message) })].slice(-100) };
    }
  }
}

/** Play a game again and add it; what does not give its own figures is refused. */
async function takeOne(file: GameFile, called: string): Promise<void> {
  const whole = wholeGame();
  const common: Common = { scenario: file.scenario, seed: file.seed, terms: file.terms };
  if (!model.value!.scenarios.has(file.scenario)) throw new Error(t("file.damaged", { where: "scenario" }));
  if (read.value.rows.length && !same(common, read.value.common)) throw new Error(t("files.other"));
  const quarters = file.terms.quarters || whole.rules.quarters;
  if (file.choices.length !== quarters) throw new Error(t("files.unfinished", { n: file.choices.length, of: quarters }));
  let played;
  try {
    played = await engine().game({ ...common, choices: file.choices }, false);
  } catch (error) {
    throw new Error(t("files.cannot", { why: reason(String((error as Error).message)).slice(0, 160) }));
  }
  if (digestOf(model.value!, played) !== file.digest) throw new Error(t(file.ccsim === model.value!.data.version ? "files.differs" : "file.other", { version: file.ccsim }));
  // The same game again takes its own place.
  const id = file.digest + (file.player || called);
  const row = rowOf(whole, common, played, file.choices, file.player || called.replace(/\.json$/i, ""), id);
  const coming = Object.fromEntries(Object.entries(played.coming).map(([event, at]) => [event, at + 1]));
  read.value = { ...read.value, common, coming, rows: [...read.value.rows.filter((each) => each.id !== id), row] };
}

async function takeAll(parts: { name: string; text: () => Promise<string> }[]): Promise<void> {
  read.value = { ...read.value, busy: read.value.busy + parts.length, faults: [] };
  for (const each of parts.slice(0, MOST_FILES)) {
    await take(await each.text().catch(() => ""), each.name);
    read.value = { ...read.value, busy: read.value.busy - 1 };
  }
  if (parts.length > MOST_FILES) read.value = { ...read.value, busy: 0, faults: [...read.value.faults, t("files.many", { n: MOST_FILES })] };
}

export function Files() {
  const pasted = useSignal("");
  const now = read.value;
  const whole = wholeGame();
  const fromFiles = (files: FileList | null | undefined) => {
    const rows = [...(files ?? [])].map((file) => ({ name: file.name, text: () => (file.size > 5_000_000 ? Promise.resolve("") : file.text()) }));
    if (rows.length) void takeAll(rows);
  };
  return (
    <main id="main" class="filesclass" tabIndex={-1}>
      <h1>{t("class.files")}</h1>
      <p class="wide">{t("files.text")}</p>
      <div class="pair">
        <section class="card drop" aria-labelledby="files-read" onDragOver={(event) => event.preventDefault()}
          onDrop={(event) => {
            event.preventDefault();
            fromFiles(event.dataTransfer?.files);
          }}>
          <h2 id="files-read">{t("files.read")}</h2>
          <p class="soft">{t("files.drop")}</p>
          <label class="button quiet file">
            {t("files.choose")}
            <input type="file" multiple accept=".json,.txt,application/json,text/plain"
              onChange={(event) => {
                fromFiles(event.currentTarget.files);
                event.currentTarget.value = "";
              }} />
          </label>
        </section>
        <section class="card" aria-labelledby="files-paste">
          <h2 id="files-paste">{t("files.paste")}</h2>
          <textarea rows={4} aria-labelledby="files-paste" value={pasted.value} onInput={(event) => (pasted.value = event.currentTarget.value)} />
          <p>
            <button type="button" disabled={!pasted.value.trim()}
              onClick={() => {
                const text = pasted.value;
                pasted.value = "";
                void takeAll([{ name: t("files.pasted"), text: () => Promise.resolve(text) }]);
              }}>
              {t("files.go")}
            </button>
          </p>
        </section>
      </div>
      <p role="status">{now.busy ? t("files.busy", { n: now.busy }) : now.rows.length ? t("files.count", { n: now.rows.length }) : t("files.none")}</p>
      {now.faults.length ? (
        <ul class="wrong" role="alert">
          {now.faults.map((fault, i) => (
            <li key={i}>{fault}</li>
          ))}
        </ul>
      ) : null}
      {now.rows.length ? (
        <>
          <section class="card" aria-labelledby="files-ranks">
            <h2 id="files-ranks">{t("handed.ranking")}</h2>
            <RankTable ranks={ranksOf(whole, now.common, now.rows)} />
          </section>
          <div class="buttons">
            <button type="button" onClick={() => save(`class-seed-${now.common.seed}.csv`, classCsv(whole, now.common, now.rows, now.coming), "text/csv")}>
              {t("desk.csv")}
            </button>
            <button type="button" onClick={() => (read.value = EMPTY)}>
              {t("files.clear")}
            </button>
          </div>
          <Comparison common={now.common} rows={now.rows} />
        </>
      ) : null}
    </main>
  );
}
