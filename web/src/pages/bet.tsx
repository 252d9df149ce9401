// Bet on the articles: a share of worlds for each of ten claims, then the verdicts of the ledger and a Brier score.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import bets from "../bet.json";
import { keep, kept } from "../store";
import { m, number, t } from "../words";

type Bets = Record<string, number>;

/** Bets kept in the browser; what cannot be a bet is left out. */
function keptBets(): Bets {
  try {
    const found = JSON.parse(kept("bet") ?? "{}") as Record<string, unknown>;
    return Object.fromEntries(
      bets.claims.flatMap(({ id }) => {
        const value = found[id];
        return typeof value === "number" && value >= 0 && value <= 100 ? [[id, value]] : [];
      }),
    );
  } catch {
    return {};
  }
}

/** The mean squared distance of bets from the shares of worlds, in per cent both. */
export function brier(of: Bets): number {
  return bets.claims.reduce((sum, { id, holds }) => sum + ((of[id] - holds) / 100) ** 2, 0) / bets.claims.length;
}

export function Bet() {
  const mine = useSignal<Bets>(keptBets());
  const shown = useSignal(false);
  useEffect(() => keep("bet", Object.keys(mine.value).length ? JSON.stringify(mine.value) : null), [mine.value]);
  const open = bets.claims.filter(({ id }) => mine.value[id] === undefined).length;
  const worst = [...bets.claims].sort((a, b) => Math.abs((mine.value[b.id] ?? 0) - b.holds) - Math.abs((mine.value[a.id] ?? 0) - a.holds))[0];
  const half = brier(Object.fromEntries(bets.claims.map(({ id }) => [id, 50])));
  return (
    <main id="main" class="text bet" tabIndex={-1}>
      <h1>{t("bet.title")}</h1>
      <p>{t("bet.what", { n: bets.worlds, claims: bets.claims.length })}</p>
      <p>{t("bet.how")}</p>
      <ol>
        {bets.claims.map(({ id, says, watched, holds, reversed, verdict }) => {
          const value = mine.value[id];
          return (
            <li key={id} class="card">
              <label for={`bet-${id}`}>
                <code>{id}</code> {m(`claim.${id}`, says)}
              </label>
              <p class="soft">{t("bet.watched", { kpi: m(`watched.${watched}`, watched) })}</p>
              <div class="stake">
                <input id={`bet-${id}`} type="range" min={0} max={100} step={5} value={value ?? 50} disabled={shown.value}
                  class={value === undefined ? "unset" : ""} aria-valuetext={value === undefined ? t("bet.none") : `${value} %`}
                  style={{ "--part": `${value ?? 50}%` }} onClick={(event) => (mine.value = { ...mine.value, [id]: Number(event.currentTarget.value) })}
                  onInput={(event) => (mine.value = { ...mine.value, [id]: Number(event.currentTarget.value) })} />
                <output for={`bet-${id}`}>{value === undefined ? "–" : `${number(value, 0)} %`}</output>
              </div>
              {shown.value ? (
                <p class="soft">
                  <b>{t("bet.holds", { holds, reversed })}</b> {t("bet.verdict", { verdict: m(`ledger.${verdict}`, verdict) })}
                </p>
              ) : null}
            </li>
          );
        })}
      </ol>
      <div role="status" class="result">
        {shown.value ? (
          <>
            <p>
              <b>{t("bet.score", { score: number(brier(mine.value), 3), half: number(half, 3) })}</b>
            </p>
            <p>{t("bet.worst", { id: worst.id, mine: mine.value[worst.id], holds: worst.holds })}</p>
          </>
        ) : open ? (
          <p class="soft">{t("bet.open", { n: open })}</p>
        ) : null}
      </div>
      <div class="buttons">
        <button type="button" class="go" disabled={open > 0 || shown.value} onClick={() => (shown.value = true)}>
          {t("bet.show")}
        </button>
        <button type="button" onClick={() => {
          mine.value = {};
          shown.value = false;
        }}>
          {t("bet.again")}
        </button>
      </div>
      <p class="soft">{t("bet.source")}</p>
    </main>
  );
}
