// The lecturer's desk: which quarter is open, who may join, events, what counts, progress, one ranking, and the table.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { save } from "../files";
import { part } from "../store";
import { number, t, titleOf } from "../words";
import { Comparison } from "./comparison";
import { classCsv, type GameRow } from "./games";
import { forget, keyOf, lecturer } from "./lecturer";
import { useLook, type DeskState, type Row } from "./look";
import { Weights, wholeGame } from "./open_form";
import { sumOf } from "./weights";
import { RankTable } from "./ranking";
import { Nothing, Progress } from "./screen";
import { reason as inLanguage } from "../reasons";
import { ask, inWords } from "./service";

export function Desk({ code }: { code: string }) {
  const { state, fault, again } = useLook<DeskState>(code, "desk", null);
  const said = useSignal("");
  const now = state.value;
  if (!now) return <Nothing code={code} why={fault.value ? inWords(fault.value) : ""} />;
  const change = async (body: object, done: (told: { begins?: number }) => string = () => "") => {
    try {
      said.value = done(await ask<{ begins?: number }>(`class/${code}/change`, body, keyOf(code)));
    } catch (error) {
      said.value = inWords(error);
    }
    again();
  };
  return (
    <main id="main" class="desk" tabIndex={-1}>
      <div class="top">
        <h1>{t("desk.title", { code: now.code })}</h1>
        <a class="button" href={`#/class/screen/${now.code}`}>
          {t("desk.screen")}
        </a>
      </div>
      <p class="soft">{about(now)}</p>
      <p class={fault.value ? "wrong" : "soft"} role="status">
        {fault.value ? inWords(fault.value) : said.value}
      </p>
      <div class="deskgrid">
        <div class="col">
          <Locks now={now} change={change} />
          <Events now={now} change={change} />
          <Counts now={now} change={change} />
          <MoveList now={now} change={change} />
          <Leave now={now} />
        </div>
        <div class="col">
          <Progress now={now} />
          <Players now={now} change={change} />
          <section class="card" aria-labelledby="desk-ranks">
            <h2 id="desk-ranks">{t("desk.ranking")}</h2>
            {now.ranks.length ? <RankTable ranks={now.ranks} /> : <p class="soft">{t("desk.ranking.none")}</p>}
          </section>
        </div>
      </div>
      <Results now={now} />
    </main>
  );
}

type Change = (body: object, done?: (told: { begins?: number }) => string) => Promise<void>;

/** What the class plays, in one line. */
function about(now: DeskState): string {
  const locked = (now.terms.locked?.length ?? 0) + (now.terms.hidden?.length ?? 0);
  return [
    t("desk.about", { seed: now.seed, quarters: now.quarters }),
    now.terms.predict ? t("desk.about.predict") : "",
    locked ? t("desk.about.locked", { n: locked }) : "",
    now.terms.weights && Object.keys(now.terms.weights).length ? t("desk.about.weights") : "",
  ]
    .filter(Boolean)
    .join(" ");
}

function Locks({ now, change }: { now: DeskState; change: Change }) {
  const { upto, quarters } = now;
  return (
    <section class="card" aria-labelledby="locks-title">
      <h2 id="locks-title">{t("desk.locks")}</h2>
      <p>{upto >= quarters ? t("desk.upto.all") : t("desk.upto", { n: upto, of: quarters })}</p>
      <div class="buttons">
        {upto < quarters ? (
          <button type="button" class="go" onClick={() => void change({ upto: upto + 1 })}>
            {t("desk.opennext", { n: upto + 1 })}
          </button>
        ) : null}
        {upto < quarters ? (
          <button type="button" onClick={() => void change({ upto: quarters })}>
            {t("desk.openall")}
          </button>
        ) : null}
        <label class="check">
          {t("desk.last")}
          <select value={upto} onChange={(event) => void change({ upto: Number(event.currentTarget.value) })}>
            {Array.from({ length: quarters }, (_, i) => (
              <option key={i} value={i + 1}>
                {i + 1}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Switch on={now.joining} text={t("desk.joining")} set={(on) => change({ joining: on })} />
      <Switch on={now.ranking} text={t("desk.showranking")} set={(on) => change({ ranking: on })} />
      <Switch on={now.strict} text={t("desk.strict")} set={(on) => change({ strict: on })} />
      <p class="soft">{t("desk.strict.text")}</p>
    </section>
  );
}

function Switch({ on, text, set }: { on: boolean; text: string; set: (on: boolean) => void }) {
  return (
    <label class="check">
      <input type="checkbox" checked={on} onChange={(event) => set(event.currentTarget.checked)} />
      {text}
    </label>
  );
}

function Events({ now, change }: { now: DeskState; change: Change }) {
  return (
    <details class="card">
      <summary>{t("desk.events")}</summary>
      <p class="soft">{t("desk.events.text")}</p>
      <ul class="rows events">
        {wholeGame().rules.event.map((row) => {
          const at = now.coming[row.name];
          return (
            <li key={row.name}>
              <span>
                {titleOf.happening(row)} <span class="soft">{at ? t("desk.events.at", { n: at }) : t("desk.events.not")}</span>
              </span>
              <button type="button" aria-label={t("desk.events.next.of", { event: titleOf.happening(row) })}
                onClick={() => void change({ trigger: row.name }, (told) => t("desk.events.set", { event: titleOf.happening(row), n: told.begins ?? 0 }))}>
                {t("desk.events.next")}
              </button>
            </li>
          );
        })}
      </ul>
    </details>
  );
}

function Counts({ now, change }: { now: DeskState; change: Change }) {
  const every = () => Object.fromEntries(wholeGame().rules.criterion.map((row) => [row.kpi, now.weights[row.kpi] ?? 0]));
  const at = useSignal(every());
  const mark = JSON.stringify(now.weights);
  useEffect(() => {
    at.value = every();
  }, [mark]);
  const own = () => Object.fromEntries(Object.entries(at.value).filter(([, weight]) => weight));
  return (
    <details class="card">
      <summary>{t("weights.title")}</summary>
      <Weights at={at} />
      <button type="button" disabled={sumOf(at.value) !== 100 || JSON.stringify(at.value) === JSON.stringify(every())} onClick={() => void change({ weights: own() }, () => t("weights.set"))}>
        {t("weights.go")}
      </button>
    </details>
  );
}

function MoveList({ now, change }: { now: DeskState; change: Change }) {
  const locked = now.terms.locked ?? [];
  const hidden = now.terms.hidden ?? [];
  const rows = wholeGame().moves.filter((row) => locked.includes(row.name) || hidden.includes(row.name));
  if (!rows.length) return null;
  return (
    <details class="card">
      <summary>{t("desk.moves", { n: rows.length })}</summary>
      <ul class="rows events">
        {rows.map((row) => (
          <li key={row.name}>
            <span>
              {titleOf.move(row)} <span class="soft">{t(hidden.includes(row.name) ? "open.moves.hidden" : "open.moves.locked")}</span>
            </span>
            <button type="button" aria-label={t("desk.unlock.of", { move: titleOf.move(row) })}
              onClick={() => void change({ locked: locked.filter((name) => name !== row.name), hidden: hidden.filter((name) => name !== row.name) })}>
              {t("desk.unlock")}
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}

function standingOf(row: Row, quarters: number): string {
  const [, , played, state, reason, , points, apart] = row;
  if (state === "refused") return t("desk.refused", { why: inLanguage(reason) });
  if (state === "waiting") return t("desk.waiting");
  if (state === "accepted") return apart.length ? t("desk.apart", { points: number(points ?? 0, 1) }) : t("desk.accepted", { points: number(points ?? 0, 1) });
  return played >= quarters ? t("desk.end") : t("desk.in", { n: played + 1 });
}

function Players({ now, change }: { now: DeskState; change: Change }) {
  if (!now.rows.length) return null;
  const order = { refused: 0, playing: 1, waiting: 2, accepted: 3 };
  const rows = [...now.rows].sort((a, b) => order[a[3]] - order[b[3]] || a[2] - b[2]);
  return (
    <details class="card" open={rows.length <= 40}>
      <summary>{t("desk.players", { n: rows.length })}</summary>
      <div class="scroll wide players" tabIndex={0} role="region" aria-label={t("desk.players", { n: rows.length })}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("rank.name")}</th>
              <th scope="col">{t("desk.where")}</th>
              <th scope="col">{t("desk.proven")}</th>
              <th scope="col">
                <span class="hidden">{t("desk.remove")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row[0]}>
                <th scope="row">{row[1] || t("rank.noname")}</th>
                <td class={row[3] === "refused" ? "down" : ""}>{standingOf(row, now.quarters)}</td>
                <td>{row[5]}</td>
                <td>
                  <button type="button" class="link" aria-label={t("desk.remove.of", { name: row[1] || t("rank.noname") })}
                    onClick={() => confirm(t("desk.remove.sure", { name: row[1] || t("rank.noname") })) && void change({ remove: row[0] })}>
                    {t("desk.remove")}
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

/** The games that were accepted; they are fetched when their number changes. */
function Results({ now }: { now: DeskState }) {
  const rows = useSignal<GameRow[]>([]);
  const wrong = useSignal("");
  const mark = now.rows.filter((row) => row[6] !== null).map((row) => `${row[0]}${row[3]}`).join();
  useEffect(() => {
    if (!mark) {
      rows.value = [];
      return;
    }
    ask<{ state: { rows: GameRow[] } }>(`class/${now.code}/look`, { view: "results" }, keyOf(now.code)).then(
      (found) => {
        rows.value = found.state.rows;
        wrong.value = "";
      },
      (error) => (wrong.value = inWords(error)),
    );
  }, [mark]);
  if (!rows.value.length) return wrong.value ? <p class="wrong">{wrong.value}</p> : null;
  const common = { scenario: now.scenario, seed: now.seed, terms: now.terms };
  return (
    <>
      <div class="buttons">
        <button type="button" onClick={() => save(`class-${now.code}.csv`, classCsv(wholeGame(), common, rows.value, now.coming), "text/csv")}>
          {t("desk.csv")}
        </button>
      </div>
      <Comparison common={common} rows={rows.value.filter((row) => !row.apart.length)} />
    </>
  );
}

/** The way back from another device, and the end of the class. */
function Leave({ now }: { now: DeskState }) {
  const link = useSignal("");
  const away = async () => {
    if (!confirm(t("desk.delete.sure", { code: now.code }))) return;
    await ask(`class/${now.code}/delete`, {}, keyOf(now.code)).catch(() => undefined);
    forget(now.code);
    part.value = "";
  };
  return (
    <details class="card">
      <summary>{t("desk.more")}</summary>
      <p class="soft">{t("desk.back.text")}</p>
      {link.value ? (
        <label class="field">
          {t("desk.back")}
          <input type="text" class="value" readOnly value={link.value} onFocus={(event) => event.currentTarget.select()} />
        </label>
      ) : (
        <p>
          <button type="button" onClick={() => (link.value = `${location.origin}/#/class?class=${now.code}&key=${encodeURIComponent(keyOf(now.code))}`)}>
            {t("desk.back.show")}
          </button>
        </p>
      )}
      <p class="soft">{lecturer.value.classes.length > 1 ? t("desk.kept", { n: lecturer.value.classes.length }) : ""}</p>
      <p>
        <button type="button" onClick={() => void away()}>
          {t("desk.delete")}
        </button>
      </p>
    </details>
  );
}
