// What a lecturer chooses before a class is opened.
import { useSignal, type Signal } from "@preact/signals";
import type { GameModel, Terms } from "../game";
import { STARTER } from "../match";
import { model, part } from "../store";
import { money, number, t, titleOf } from "../words";
import { keepClass, lecturer } from "./lecturer";
import { ask, inWords } from "./service";
import { besideStarter, hashOf } from "./terms_link";
import { sumOf } from "./weights";

/** The game's declarations, not those of a game in progress. */
export function wholeGame(): GameModel {
  return model.value!.data as unknown as GameModel;
}

type Lock = "" | "locked" | "hidden";

/** A class on the server is opened, or a link is made that needs none. */
export function OpenForm({ link = false }: { link?: boolean }) {
  const game = wholeGame();
  const { rules } = game;
  const scenario = useSignal("nothing");
  const seed = useSignal("1");
  const quarters = useSignal(rules.quarters);
  const predict = useSignal(true);
  const together = useSignal(false);
  const moves = useSignal<"all" | "starter" | "own">("all");
  const locks = useSignal<Record<string, Lock>>({});
  const events = useSignal<Record<string, string>>({});
  const weights = useSignal<Record<string, number>>(usualWeights(game));
  const wrong = useSignal("");
  const busy = useSignal(false);
  const made = useSignal("");
  const terms = (): Terms => {
    const of = (kind: Lock) => game.moves.map((row) => row.name).filter((name) => locks.value[name] === kind);
    const found: Terms = { predict: predict.value };
    if (moves.value === "starter") found.hidden = besideStarter();
    if (moves.value === "own") Object.assign(found, { locked: of("locked"), hidden: of("hidden") });
    const wanted = Object.entries(events.value).filter(([, when]) => when !== "");
    if (wanted.length) found.events = Object.fromEntries(wanted.map(([name, when]) => [name, Number(when)]));
    if (JSON.stringify(weights.value) !== JSON.stringify(usualWeights(game))) found.weights = Object.fromEntries(Object.entries(weights.value).filter(([, weight]) => weight));
    if (quarters.value !== rules.quarters) found.quarters = quarters.value;
    return found;
  };
  const open = async () => {
    const luck = Number(seed.value);
    if (!Number.isInteger(luck) || luck < 0 || luck > 1_000_000 || !seed.value.trim()) {
      wrong.value = t("settings.wrong", { name: t("settings.seed"), low: 0, high: number(1_000_000, 0) });
      return;
    }
    if (sumOf(weights.value) !== 100) {
      wrong.value = t("weights.sum", { sum: number(sumOf(weights.value), 0) });
      return;
    }
    wrong.value = "";
    if (link) {
      made.value = (location.protocol === "file:" ? "" : location.href.split("#")[0]) + hashOf({ scenario: scenario.value, seed: luck, terms: terms() });
      return;
    }
    busy.value = true;
    try {
      const body = { seed: luck, scenario: scenario.value, terms: terms(), upto: together.value ? 1 : quarters.value };
      const found = await ask<{ code: string; key: string }>("open", body, lecturer.value.secret);
      keepClass(found.code, found.key);
      part.value = `desk/${found.code}`;
      scrollTo(0, 0);
    } catch (error) {
      wrong.value = inWords(error);
    }
    busy.value = false;
  };
  const half = Math.floor(rules.quarters / 2);
  return (
    <div class="openform">
      <div class="two">
        <label class="field">
          {t("open.scenario")}
          <select value={scenario.value} onChange={(event) => (scenario.value = event.currentTarget.value)}>
            {[...model.value!.scenarios.values()].map((row) => (
              <option key={row.key} value={row.key}>
                {row.key === "nothing" ? t("open.usual") : titleOf.scenario(row)}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          {t("play.seed")}
          <input type="number" min={0} max={1000000} value={seed.value} onInput={(event) => (seed.value = event.currentTarget.value)} />
        </label>
      </div>
      <div class="two">
        <Options title={t("play.length")} name="class-length" at={quarters} rows={[
          { value: rules.quarters, text: t("play.length.all", { n: rules.quarters }) },
          { value: half, text: t("play.length.half", { n: half }) },
        ]} />
        {link ? null : (
          <Options title={t("open.pace")} name="class-pace" at={together} rows={[
            { value: false, text: t("open.pace.own") },
            { value: true, text: t("open.pace.together") },
          ]} />
        )}
      </div>
      <Options title={t("play.moves")} name="class-moves" at={moves} rows={[
        { value: "all", text: t("play.all", { n: game.moves.length }) },
        { value: "starter", text: t("play.starter", { n: STARTER.length }) },
        { value: "own", text: t("open.moves.own") },
      ]} />
      {moves.value === "own" ? <MoveLocks game={game} locks={locks} /> : null}
      <label class="check">
        <input type="checkbox" checked={predict.value} onChange={(event) => (predict.value = event.currentTarget.checked)} />
        {t("open.predict")}
      </label>
      <details>
        <summary>{t("open.events")}</summary>
        <div class="two">
          {rules.event.map((row) => (
            <label key={row.name} class="field">
              {titleOf.happening(row)}
              <select value={events.value[row.name] ?? ""} onChange={(event) => (events.value = { ...events.value, [row.name]: event.currentTarget.value })}>
                <option value="">{t("open.events.seed")}</option>
                <option value="0">{t("open.events.never")}</option>
                {Array.from({ length: quarters.value }, (_, i) => (
                  <option key={i} value={String(i + 1)}>
                    {t("axis.quarter", { n: i + 1 })}
                  </option>
                ))}
              </select>
            </label>
          ))}
        </div>
      </details>
      <details>
        <summary>{t("weights.title")}</summary>
        <Weights at={weights} />
      </details>
      {wrong.value ? (
        <p class="wrong" role="alert">
          {wrong.value}
        </p>
      ) : null}
      <p>
        <button type="button" class="go" disabled={busy.value} onClick={() => void open()}>
          {t(link ? "terms.make" : "open.go")}
        </button>
      </p>
      {made.value ? <Made link={made.value} /> : null}
    </div>
  );
}

/** A link to give away, to be copied with a press or by hand. */
function Made({ link }: { link: string }) {
  const said = useSignal("");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(link);
      said.value = t("share.copied");
    } catch {
      said.value = "";
    }
  };
  return (
    <div role="status">
      <label class="field">
        {t("terms.link")}
        <textarea class="termslink" rows={3} readOnly value={link} onFocus={(event) => event.currentTarget.select()} />
      </label>
      <button type="button" onClick={() => void copy()}>
        {t("share.link")}
      </button>{" "}
      <span class="soft">{said.value || t("terms.how")}</span>
    </div>
  );
}

function Options<Value extends string | number | boolean>({ title, name, at, rows }: { title: string; name: string; at: Signal<Value>; rows: { value: Value; text: string }[] }) {
  return (
    <fieldset class="column">
      <legend>{title}</legend>
      {rows.map((row) => (
        <label key={String(row.value)}>
          <input type="radio" name={name} checked={at.value === row.value} onChange={() => (at.value = row.value)} />
          {row.text}
        </label>
      ))}
    </fieldset>
  );
}

function MoveLocks({ game, locks }: { game: GameModel; locks: Signal<Record<string, Lock>> }) {
  return (
    <ul class="rows locks">
      {game.moves.map((row) => (
        <li key={row.name}>
          <label>
            <span>{titleOf.move(row)}</span>
            <select value={locks.value[row.name] ?? ""} onChange={(event) => (locks.value = { ...locks.value, [row.name]: event.currentTarget.value as Lock })}>
              <option value="">{t("open.moves.offered")}</option>
              <option value="locked">{t("open.moves.locked")}</option>
              <option value="hidden">{t("open.moves.hidden")}</option>
            </select>
          </label>
        </li>
      ))}
    </ul>
  );
}

export function usualWeights(game: GameModel): Record<string, number> {
  return Object.fromEntries(game.rules.criterion.map((row) => [row.kpi, row.weight]));
}

/** What each criterion weighs; the sum is told as it is typed. */
export function Weights({ at }: { at: Signal<Record<string, number>> }) {
  const rows = wholeGame().rules.criterion;
  const marks = (value: number, kpi: string) => (kpi === "profit" ? money(value) : number(value < 1 ? value * 100 : value, 0) + (value < 1 ? " %" : ""));
  const sum = sumOf(at.value);
  return (
    <div class="weights">
      {rows.map((row) => (
        <label key={row.kpi} class="field">
          <span>
            {row.kpi === "profit" ? t("play.profit") : titleOf.kpi(model.value!.kpis.get(row.kpi)!)}{" "}
            <span class="soft">{t("weights.marks", { zero: marks(row.zero, row.kpi), hundred: marks(row.hundred, row.kpi) })}</span>
          </span>
          <span class="percent">
            <input type="number" min={0} max={100} step={5} value={at.value[row.kpi] ?? 0}
              onInput={(event) => {
                const value = Number(event.currentTarget.value);
                if (event.currentTarget.value.trim() && value >= 0 && value <= 100) at.value = { ...at.value, [row.kpi]: value };
              }} />{" "}
            {"%"}
          </span>
        </label>
      ))}
      <p class={sum === 100 ? "soft" : "wrong"} role="status">
        {sum === 100 ? t("weights.right") : t("weights.sum", { sum: number(sum, 0) })}
      </p>
    </div>
  );
}
