// Play: twelve quarters. What runs, money and attention stay in view; the quarter's result appears where the eye is.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { perWeek, quarterly, shortened, type Choice, type GameModel, type Move, type Refusal } from "../game";
import type { Kpi } from "../model";
import { save } from "../files";
import { gameText } from "../gamefile";
import { begin, busy, gameModel, giveUp, ledger, match, openFile, played, playQuarter, redraft, STARTER, takeUp, type Match } from "../match";
import { locked } from "../class/member";
import { ClassBar } from "../class/player";
import { queryOf, settingOf, type Setting } from "../class/terms_link";
import { QuarterChart } from "../quarters";
import { useWidth } from "../size";
import { gameLink, model, notices } from "../store";
import { money, number, scaleOf, t, titleOf, type Scale } from "../words";
import { capital } from "../levers";
import { Debrief } from "./debrief";
import { Delta } from "./explore";

export function refusalWords(of: Refusal): string {
  const fill = { ...of.fill };
  const moves = gameModel().moves;
  for (const key of ["name", "other"]) {
    const row = moves.find((each) => each.name === fill[key]);
    if (row) fill[key] = titleOf.move(row);
  }
  if (of.word === "game.money") {
    fill.needs = money(Number(fill.needs));
    fill.has = money(Number(fill.has));
  }
  return t(of.word, fill);
}

export function gameScale(kpi: Kpi, values: number[]): Scale {
  const sizes = values.filter(Number.isFinite).map(Math.abs);
  return scaleOf({ ...kpi, aggregation: "level" }, sizes.length ? Math.max(...sizes) : 0);
}

function price(row: Move, runs: boolean): string {
  const points = runs ? row.upkeep : row.attention;
  const parts = [points ? t("move.attention", { n: points }) : t("move.free")];
  if (row.upkeep && !runs) parts[0] += t("move.upkeep", { n: row.upkeep });
  if (row.once && !runs) parts.push(t("move.once", { n: money(row.once) }));
  if (perWeek(row)) parts.push(t("move.week", { n: number(perWeek(row), 0) }));
  if (row.lasts && !runs) parts.push(row.lasts === 1 ? t("move.lasts.one") : t("move.lasts", { n: row.lasts }));
  return parts.join(" · ");
}

/** Quarters that a game may have: all, or half of them for an hour's lesson. */
function lengths(): number[] {
  const { quarters } = gameModel().rules;
  return [quarters, Math.floor(quarters / 2)];
}

function OpenFile() {
  return (
    <label class="button quiet file">
      {t("play.open")}
      <input type="file" accept=".json,application/json"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = "";
          if (file) void openFile(file);
        }} />
    </label>
  );
}

/** A game whose terms a lecturer's link brought. */
function BeginLinked({ setting }: { setting: Setting }) {
  const whole = model.value!.data as unknown as GameModel;
  const { rules } = shortened(whole, setting.terms);
  const going = match.value && match.value.choices.length > 0 && !match.value.tutorial;
  const hidden = setting.terms.hidden ?? [];
  const events = Object.entries(setting.terms.events ?? {});
  const rows = [
    t("desk.about", { seed: setting.seed, quarters: rules.quarters }),
    setting.scenario === "nothing" ? "" : t("terms.company", { name: titleOf.scenario(model.value!.scenarios.get(setting.scenario)!) }),
    t("terms.moves", { n: whole.moves.length - hidden.length, of: whole.moves.length }),
    setting.terms.locked?.length ? t("desk.about.locked", { n: setting.terms.locked.length }) : "",
    setting.terms.predict ? t("desk.about.predict") : "",
    events.length ? t("terms.events", { n: events.length }) : "",
    setting.terms.weights ? t("terms.weights", { weights: rules.criterion.map((row) => `${row.kpi === "profit" ? t("play.profit") : titleOf.kpi(model.value!.kpis.get(row.kpi)!)} ${number(row.weight, 0)} %`).join(", ") }) : "",
  ].filter(Boolean);
  const go = () => {
    if (going && !confirm(t("terms.replace"))) return;
    begin(setting.seed, true, setting.terms, false, setting.scenario);
    gameLink.value = "";
    scrollTo(0, 0);
  };
  return (
    <main id="main" class="text" tabIndex={-1}>
      <h1>{t("play.title")}</h1>
      <p>{titleOf.brief(rules.brief)}</p>
      <p>{t("play.how", { quarters: rules.quarters, attention: rules.attention, money: money(rules.budget) })}</p>
      <section class="card" aria-labelledby="terms-title">
        <h2 id="terms-title">{t("terms.title")}</h2>
        <ul>
          {rows.map((row) => (
            <li key={row}>{row}</li>
          ))}
        </ul>
        {going ? <p>{t("terms.going")}</p> : null}
        <div class="buttons">
          <button type="button" class="go" onClick={go}>
            {t("play.begin")}
          </button>
          <button type="button" onClick={() => (gameLink.value = "")}>
            {t(going ? "play.waiting.go" : "terms.without")}
          </button>
        </div>
      </section>
      <p class="soft">{t("terms.handin")}</p>
    </main>
  );
}

/** A lecturer's link that was sent as text, for a page that is a file on this device. */
function PasteLink() {
  const pasted = useSignal("");
  const wrong = useSignal("");
  const take = () => {
    try {
      const query = queryOf(pasted.value);
      settingOf(query);
      gameLink.value = query;
      scrollTo(0, 0);
    } catch (error) {
      wrong.value = (error as Error).message;
    }
  };
  return (
    <details>
      <summary>{t("terms.paste")}</summary>
      <label class="field">
        {t("terms.link")}
        <input type="text" autoComplete="off" maxLength={4000} value={pasted.value} onInput={(event) => (pasted.value = event.currentTarget.value)} />
      </label>
      {wrong.value ? (
        <p class="wrong" role="alert">
          {wrong.value}
        </p>
      ) : null}
      <p>
        <button type="button" disabled={!pasted.value.trim()} onClick={take}>
          {t("terms.take")}
        </button>
      </p>
    </details>
  );
}

/** What the link in the address sets; null without one, or with one that is no use, which is told. */
function linked(): Setting | null {
  if (!gameLink.value) return null;
  try {
    return settingOf(gameLink.value);
  } catch (error) {
    const why = (error as Error).message;
    queueMicrotask(() => {
      gameLink.value = "";
      notices.value = [why];
    });
    return null;
  }
}

function Begin() {
  const seed = useSignal("1");
  const all = useSignal(false);
  const wrong = useSignal("");
  const rules = gameModel().rules;
  const quarters = useSignal(rules.quarters);
  const go = () => {
    const value = Number(seed.value);
    if (!Number.isInteger(value) || value < 0 || value > 1_000_000 || !seed.value.trim()) {
      wrong.value = t("settings.wrong", { name: t("settings.seed"), low: 0, high: number(1_000_000, 0) });
      return;
    }
    begin(value, all.value, quarters.value === rules.quarters ? {} : { quarters: quarters.value });
    scrollTo(0, 0);
  };
  return (
    <main id="main" class="text" tabIndex={-1}>
      <h1>{t("play.title")}</h1>
      <p>{titleOf.brief(rules.brief)}</p>
      <p>{t("play.how", { quarters: quarters.value, attention: rules.attention, money: money(rules.budget) })}</p>
      <div class="two">
        <fieldset class="column">
          <legend>{t("play.length")}</legend>
          {lengths().map((each) => (
            <label key={each}>
              <input type="radio" name="length" checked={quarters.value === each} onChange={() => (quarters.value = each)} />
              {t(each === rules.quarters ? "play.length.all" : "play.length.half", { n: each })}
            </label>
          ))}
        </fieldset>
        <fieldset class="column">
          <legend>{t("play.moves")}</legend>
          <label>
            <input type="radio" name="set" checked={!all.value} onChange={() => (all.value = false)} />
            {t("play.starter", { n: STARTER.length })}
          </label>
          <label>
            <input type="radio" name="set" checked={all.value} onChange={() => (all.value = true)} />
            {t("play.all", { n: gameModel().moves.length })}
          </label>
        </fieldset>
      </div>
      <label class="field">
        {t("play.seed")}
        <input type="number" min={0} max={1000000} value={seed.value} onInput={(event) => (seed.value = event.currentTarget.value)} />
      </label>
      {wrong.value ? (
        <p class="wrong" role="alert">
          {wrong.value}
        </p>
      ) : null}
      <div class="buttons">
        <button type="button" class="go" onClick={go}>
          {t("play.begin")}
        </button>
        <button type="button" onClick={() => begin(1, false, {}, true)}>
          {t("play.tutorial")}
        </button>
        <OpenFile />
      </div>
      <PasteLink />
      <p class="soft">{t("play.kept")}</p>
    </main>
  );
}

function Purse({ draft, quiet }: { draft: Choice; quiet?: boolean }) {
  const books = ledger.value!;
  const rules = gameModel().rules;
  const bill = books.bill(draft);
  const left = books.money - bill.money;
  return (
    <div class="purse" role={quiet ? undefined : "status"}>
      <b>{t("play.quarter", { n: Math.min(books.quarter + 1, rules.quarters), of: rules.quarters })}</b>
      <span class={left < 0 ? "down" : ""}>{t("play.money", { left: left < 0 ? `−${money(-left)}` : money(left), of: money(books.money) })}</span>
      <span class={bill.attention > rules.attention ? "down" : ""}>
        {t("play.attention", { used: bill.attention, of: rules.attention })}{" "}
        <span class="pips" aria-hidden="true">
          {Array.from({ length: rules.attention }, (_, i) => (
            <i key={i} class={i < bill.attention ? "on" : ""} />
          ))}
        </span>
      </span>
    </div>
  );
}

function Result() {
  const found = model.value!;
  const now = match.value!;
  const of = played.value!;
  const rules = gameModel().rules;
  const heading = useRef<HTMLHeadingElement>(null);
  const { ref, width } = useWidth(560);
  const kpi = useSignal(rules.report.find((row) => row.predict)?.kpi ?? rules.report[0].kpi);
  const quarter = now.choices.length - 1;
  useEffect(() => {
    // The result that was predicted must be on screen when it comes.
    scrollTo(0, 0);
    heading.current?.focus({ preventScroll: true });
  }, [quarter]);
  const expected = now.choices[quarter].expected ?? {};
  const value = (name: string, at: number) => (at >= 0 ? quarterly(rules, of, name, at) : NaN);
  const predicted = rules.report.filter((row) => row.predict);
  const first = predicted.find((row) => Number.isFinite(expected[row.kpi]));
  const lead = first ?? predicted[0] ?? rules.report[0];
  const row = found.kpis.get(lead.kpi)!;
  const at = quarter - lead.late;
  const scale = gameScale(row, [value(lead.kpi, at), expected[lead.kpi] ?? NaN]);
  const written = (figure: number) => `${number(figure * scale.factor, scale.decimals)}${scale.unit === "%" ? " %" : ""}`;
  const headline =
    at < 0
      ? t("play.result.later", { n: quarter + 1 })
      : Number.isFinite(expected[lead.kpi]) && lead.late === 0
        ? t("play.result.expected", { n: quarter + 1, kpi: titleOf.kpi(row), value: written(value(lead.kpi, at)), expected: written(expected[lead.kpi]) })
        : t("play.result.plain", { n: quarter + 1, kpi: titleOf.kpi(row), value: written(value(lead.kpi, at)) });
  const news = of.quarters[quarter].news;
  const model_ = gameModel();
  const chosen = rules.report.find((each) => each.kpi === kpi.value)!;
  const chosenKpi = found.kpis.get(chosen.kpi)!;
  const values = of.quarters.map((_, i) => (i <= quarter - chosen.late ? value(chosen.kpi, i) : null));
  const rings = now.choices.flatMap((choice, i) => (choice.expected?.[chosen.kpi] !== undefined ? [{ quarter: i, value: choice.expected[chosen.kpi] }] : []));
  const shown = of.quarters[quarter].shows;
  return (
    <section class="result" aria-labelledby="result">
      <h1 id="result" ref={heading} tabIndex={-1}>
        {headline}
      </h1>
      {news.length ? (
        <ul class="news">
          {news.map((each) => {
            if (each.kind === "ended") return <li key={each.name}>{t("play.ended", { move: titleOf.move(model_.moves.find((one) => one.name === each.name)!) })}</li>;
            const event = rules.event.find((one) => one.name === each.name)!;
            return (
              <li key={each.name}>
                <b>{titleOf.happening(event)}.</b> {titleOf.happeningAbout(event)}
              </li>
            );
          })}
        </ul>
      ) : null}
      <div class="figures8">
        {rules.report.map((each) => {
          const kind = found.kpis.get(each.kpi)!;
          const latest = value(each.kpi, quarter - each.late);
          const before = value(each.kpi, quarter - each.late - 1);
          const size = gameScale(kind, [latest, before]);
          return (
            <button key={each.kpi} type="button" class={`card mini${kpi.value === each.kpi ? " on" : ""}`} aria-pressed={kpi.value === each.kpi} title={capital(titleOf.kpiHelp(kind))} onClick={() => (kpi.value = each.kpi)}>
              <span class="soft name">
                {titleOf.kpi(kind)}, {size.unit}
                {each.late ? ` ${t("play.late", { n: Math.max(1, quarter + 1 - each.late) })}` : ""}
              </span>
              <span class="figures">
                <b>{Number.isFinite(latest) ? number(latest * size.factor, size.decimals) : t("play.unknown")}</b>{" "}
                {Number.isFinite(before) ? <Delta row={kind} change={latest - before} scale={size} /> : null}
              </span>
            </button>
          );
        })}
      </div>
      {shown.length ? (
        <p class="listened">
          <b>{t("play.listened")}</b>{" "}
          {shown
            .map((name) => {
              const kind = found.kpis.get(name)!;
              const size = gameScale(kind, [value(name, quarter)]);
              return `${titleOf.kpi(kind)}: ${number(value(name, quarter) * size.factor, size.decimals)} ${size.unit}`;
            })
            .join("; ")}
          .
        </p>
      ) : null}
      <div class="card">
        <div class="head">
          <h2>
            {titleOf.kpi(chosenKpi)} <span class="soft">{gameScale(chosenKpi, values as number[]).unit}</span>
          </h2>
          {rings.length ? (
            <span class="soft">
              <i class="ringkey" /> {t("play.ring")}
            </span>
          ) : null}
        </div>
        <p class="soft">{capital(titleOf.kpiHelp(chosenKpi))}.</p>
        <div ref={ref} style={{ minHeight: "170px" }}>
          <QuarterChart title={titleOf.kpi(chosenKpi)} lines={[{ key: "run", kind: "run", name: t("play.reported"), values }]} rings={rings} quarters={rules.quarters} scale={gameScale(chosenKpi, values as number[])} width={width.value} height={170} />
        </div>
      </div>
    </section>
  );
}

function Moves() {
  const now = match.value!;
  const books = ledger.value!;
  const sought = useSignal("");
  const { draft } = now;
  const running = books.running;
  const words = sought.value.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = gameModel().moves.filter((row) => {
    if (running.has(row.name)) return false;
    if (!now.all && !STARTER.includes(row.name)) return false;
    if (now.terms?.hidden?.includes(row.name)) return false;
    const text = `${titleOf.move(row)} ${titleOf.moveAbout(row)} ${titleOf.moveGroup(row.group)}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const groups = [...new Set(rows.map((row) => row.group))];
  const toggle = (row: Move) => {
    const start = draft.start.includes(row.name) ? draft.start.filter((name) => name !== row.name) : [...draft.start, row.name];
    redraft({ start });
  };
  return (
    <section class="moves" aria-labelledby="moves-title" id="moves" tabIndex={-1}>
      <div class="head">
        <h2 id="moves-title">{t("play.choose")}</h2>
        <button type="button" class="link" onClick={() => (match.value = { ...now, all: !now.all })}>
          {now.all ? t("play.fewer") : t("play.all", { n: gameModel().moves.length })}
        </button>
      </div>
      <input type="search" class="search" aria-label={t("play.search")} placeholder={t("play.search")} value={sought.value} onInput={(event) => (sought.value = event.currentTarget.value)} />
      {rows.length ? null : <p class="soft">{t("play.nomove")}</p>}
      {groups.map((group, i) => (
        <details key={group} open={i < 2 || words.length > 0 || !now.all || rows.some((row) => row.group === group && draft.start.includes(row.name))}>
          <summary>
            {titleOf.moveGroup(group)} <span class="soft">{rows.filter((row) => row.group === group).length}</span>
          </summary>
          {rows
            .filter((row) => row.group === group)
            .map((row) => {
              const on = draft.start.includes(row.name);
              const why = on ? null : books.refusal({ start: [...draft.start, row.name], stop: draft.stop });
              const ends = books.running.size ? [...books.running.keys()].filter((name) => books.excludes(name, row.name)) : [];
              return (
                <label key={row.name} class={`move${on ? " on" : ""}${why ? " off" : ""}`}>
                  <input type="checkbox" checked={on} disabled={why !== null} onChange={() => toggle(row)} />
                  <span>
                    <b>{titleOf.move(row)}</b> <span class="soft">{price(row, false)}</span>
                    <span class="about">{titleOf.moveAbout(row)}</span>
                    {why ? <span class="need">{refusalWords(why)}</span> : null}
                    {!why && ends.length ? <span class="need">{t("play.ends", { move: ends.map((name) => titleOf.move(gameModel().moves.find((one) => one.name === name)!)).join(", ") })}</span> : null}
                  </span>
                </label>
              );
            })}
        </details>
      ))}
    </section>
  );
}

function Tray() {
  const found = model.value!;
  const now = match.value!;
  const books = ledger.value!;
  const { draft } = now;
  const rules = gameModel().rules;
  const named = (name: string) => gameModel().moves.find((row) => row.name === name)!;
  const why = books.refusal(draft) ?? locked(books.quarter) ?? books.unsaid(draft);
  const running = [...books.running.keys()];
  return (
    <section class="card tray" aria-labelledby="tray-title" id="tray" tabIndex={-1}>
      <Purse draft={draft} />
      <h2 id="tray-title">{t("play.running")}</h2>
      {running.length || draft.start.length ? (
        <ul class="rows">
          {running.map((name) => {
            const stopped = draft.stop.includes(name);
            const ended = !stopped && !books.kept(draft).includes(name);
            return (
              <li key={name} class={stopped || ended ? "stopped" : ""}>
                <span>
                  {titleOf.move(named(name))} <span class="soft">{stopped ? t("play.stops") : ended ? t("play.replaced") : price(named(name), true)}</span>
                </span>
                {ended ? null : (
                  <button type="button" class="link" aria-label={`${t(stopped ? "play.keep" : "play.stop")}: ${titleOf.move(named(name))}`}
                    onClick={() => redraft({ stop: stopped ? draft.stop.filter((each) => each !== name) : [...draft.stop, name] })}>
                    {t(stopped ? "play.keep" : "play.stop")}
                  </button>
                )}
              </li>
            );
          })}
          {draft.start.map((name) => (
            <li key={name} class="new">
              <span>
                {titleOf.move(named(name))} <span class="soft">{t("play.new")}</span>
              </span>
              <button type="button" class="link" aria-label={`${t("play.drop")}: ${titleOf.move(named(name))}`} onClick={() => redraft({ start: draft.start.filter((each) => each !== name) })}>
                {t("play.drop")}
              </button>
            </li>
          ))}
        </ul>
      ) : (
        <p class="soft">{t("play.nothing")}</p>
      )}
      {reflectionOpen() ? (
        <p class="need">
          {t("play.reflect.open")}{" "}
          <button type="button" class="link" onClick={() => jumpTo("reflect")}>
            {t("play.reflect.go")}
          </button>
        </p>
      ) : null}
      <h2>{t("play.expect")}</h2>
      {rules.report
        .filter((row) => row.predict)
        .map((row) => (
          <Prediction key={row.kpi} kpi={found.kpis.get(row.kpi)!} span={row.predict!} />
        ))}
      {why ? (
        <p class="wrong" role="alert">
          {refusalWords(why)}
        </p>
      ) : null}
      <button type="button" class="go wide" disabled={why !== null || busy.value} onClick={() => void playQuarter()}>
        {busy.value ? t("play.busy") : t("play.go", { n: books.quarter + 1 })}
      </button>
    </section>
  );
}

function Prediction({ kpi, span }: { kpi: Kpi; span: [number, number, number] }) {
  const { draft } = match.value!;
  const value = draft.expected?.[kpi.key];
  const typed = useSignal<string | null>(null);
  const wrong = useSignal("");
  const take = (text: string) => {
    const expected = { ...draft.expected };
    if (!text.trim()) {
      delete expected[kpi.key];
      wrong.value = "";
    } else {
      const figure = Number(text.replace(/[\s€]/g, "").replace("−", "-").replace(/,(?=\d{3}\b)/g, "").replace(",", "."));
      if (!Number.isFinite(figure) || figure < span[0] || figure > span[1]) {
        wrong.value = t("play.expect.wrong", { low: number(span[0], 0), high: number(span[1], 0) });
        return;
      }
      expected[kpi.key] = figure;
      wrong.value = "";
    }
    typed.value = null;
    redraft({ expected });
  };
  return (
    <label class="field predict">
      <span>
        {titleOf.kpi(kpi)} <span class="soft">{titleOf.unit(kpi.unit)}</span>
      </span>
      <input type="text" inputMode="decimal" placeholder={t("play.expect.none")} value={typed.value ?? (value === undefined ? "" : String(value))}
        onInput={(event) => (typed.value = event.currentTarget.value)} onChange={(event) => take(event.currentTarget.value)} />
      {wrong.value ? (
        <span class="wrong" role="alert">
          {wrong.value}
        </span>
      ) : null}
    </label>
  );
}

function Reflection() {
  const now = match.value!;
  const row = gameModel().rules.reflection.find((each) => each.after === now.choices.length);
  if (!row) return null;
  const answers = now.draft.answers ?? [];
  return (
    <section class="card reflect" aria-labelledby="reflect">
      <h2 id="reflect" tabIndex={-1}>{t("play.reflect", { n: row.after / 4 })}</h2>
      <p class="soft">{t("play.reflect.text")}</p>
      {row.ask.map((ask, i) => (
        <label key={ask}>
          {titleOf.reflection(row.after, i, ask)}
          <textarea rows={2} maxLength={2000} value={answers[i] ?? ""} onInput={(event) => redraft({ answers: row.ask.map((_, j) => (j === i ? event.currentTarget.value : (answers[j] ?? ""))) })} />
        </label>
      ))}
    </section>
  );
}

/** Whether questions between the years are asked now and have no answer yet. */
function reflectionOpen(): boolean {
  const now = match.value!;
  const asked = gameModel().rules.reflection.some((each) => each.after === now.choices.length);
  return asked && !(now.draft.answers ?? []).some((each) => each.trim());
}

export function jumpTo(id: string): void {
  const place = document.getElementById(id);
  place?.scrollIntoView({ block: "start" });
  place?.focus({ preventScroll: true });
}

/** A criterion of the score with its marks, in words. */
export function criterionWords(of: { kpi: string; weight: number; zero: number; hundred: number }): string {
  const kpi = model.value!.kpis.get(of.kpi)!;
  const written = (value: number) => {
    if (of.kpi === "profit") return money(value);
    const scale = gameScale(kpi, [value]);
    return `${number(value * scale.factor, Number.isInteger(value * scale.factor) ? 0 : scale.decimals)}${scale.unit === "%" ? " %" : ""}`;
  };
  const name = of.kpi === "profit" ? t("play.profit") : titleOf.kpi(kpi);
  return t("play.criterion", { name, weight: number(of.weight, 0), zero: written(of.zero), hundred: written(of.hundred) });
}

/** Briefing, rules and what counts, within reach at any time; what to do with the game stands below. */
export function Helps() {
  const dialog = useRef<HTMLDialogElement>(null);
  const rules = gameModel().rules;
  const now = match.value!;
  const found = model.value!;
  const keep = () => save(`ccsim-game-${now.seed}.json`, gameText(found, now, played.value!), "application/json");
  return (
    <div class="helps">
      <button type="button" onClick={() => dialog.current?.showModal()}>
        {t("play.help")}
      </button>
      {now.tutorial ? null : (
        <button type="button" onClick={keep}>
          {t("play.save")}
        </button>
      )}
      {ledger.value?.over ? null : (
        <button type="button" onClick={() => (now.tutorial || confirm(t("play.giveup.sure"))) && giveUp()}>
          {t(now.tutorial ? "play.tutorial.leave" : "play.giveup")}
        </button>
      )}
      <dialog ref={dialog} aria-labelledby="help-title" onClick={(event) => event.target === dialog.current && dialog.current?.close()}>
        <div>
          <div class="head">
            <h2 id="help-title">{t("play.help")}</h2>
            <button type="button" onClick={() => dialog.current?.close()}>
              {t("notice.close")}
            </button>
          </div>
          <p>{titleOf.brief(rules.brief)}</p>
          <p>{t("play.how", { quarters: rules.quarters, attention: rules.attention, money: money(rules.budget) })}</p>
          <h3>{t("play.help.counts")}</h3>
          <ul>
            {rules.criterion.map((row) => (
              <li key={row.kpi}>{criterionWords(row)}</li>
            ))}
          </ul>
          <h3>{t("play.help.figures")}</h3>
          <dl class="one">
            {rules.report.map((row) => (
              <div key={row.kpi}>
                <dt>{titleOf.kpi(found.kpis.get(row.kpi)!)}</dt>
                <dd class="soft">
                  {capital(titleOf.kpiHelp(found.kpis.get(row.kpi)!))}.{row.late ? ` ${t("play.help.late")}` : ""}
                </dd>
              </div>
            ))}
          </dl>
          <h3>{t("play.help.moves")}</h3>
          <p>{t("play.help.moves.text")}</p>
          <p>{t("play.kept")}</p>
        </div>
      </dialog>
    </div>
  );
}

/** What was chosen, expected and told so far, quarter by quarter. */
export function Log({ open }: { open?: boolean }) {
  const now = match.value!;
  const of = played.value!;
  const rules = gameModel().rules;
  if (!of.quarters.length) return null;
  const named = (name: string) => titleOf.move(gameModel().moves.find((row) => row.name === name)!);
  return (
    <details class="card log" open={open}>
      <summary>{t("play.log")}</summary>
      <ol>
        {of.quarters.map((quarter, i) => {
          const choice = now.choices[i];
          const said = Object.entries(choice.expected ?? {}).map(([name, expected]) => {
            const kpi = model.value!.kpis.get(name)!;
            const real = quarterly(rules, of, name, i);
            const scale = gameScale(kpi, [real, expected]);
            const late = rules.report.find((row) => row.kpi === name)?.late ?? 0;
            const known = i + late < of.quarters.length || of.quarters.length >= rules.quarters;
            const figure = (value: number) => `${number(value * scale.factor, scale.decimals)} ${scale.unit}`;
            return t("play.log.expected", { kpi: titleOf.kpi(kpi), expected: figure(expected), real: known ? figure(real) : t("play.unknown") });
          });
          const answers = (choice.answers ?? []).filter(Boolean);
          return (
            <li key={i}>
              {choice.start.length ? <span>{t("play.log.started", { moves: choice.start.map(named).join(", ") })} </span> : null}
              {choice.stop.length ? <span>{t("play.log.stopped", { moves: choice.stop.map(named).join(", ") })} </span> : null}
              {choice.start.length || choice.stop.length ? null : <span>{t("play.log.none")} </span>}
              {quarter.news.map((each) => (
                <b key={each.name}>
                  {each.kind === "event" ? titleOf.happening(rules.event.find((row) => row.name === each.name)!) : t("play.ended", { move: named(each.name) })}.{" "}
                </b>
              ))}
              <span class="soft">{said.join(" ")}</span>
              {answers.map((answer) => (
                <q key={answer}>{answer}</q>
              ))}
            </li>
          );
        })}
      </ol>
    </details>
  );
}

/** The tutorial quarter: what to do next, until one quarter is played. */
function Tutorial() {
  const now = match.value!;
  const step = now.choices.length ? 3 : !now.draft.start.length ? 0 : !Object.keys(now.draft.expected ?? {}).length ? 1 : 2;
  const words = ["tutorial.move", "tutorial.expect", "tutorial.play", "tutorial.read"] as const;
  return (
    <section class="card tutorial" aria-label={t("play.tutorial")} role="status">
      <b>{t("tutorial.step", { n: step + 1, of: words.length })}</b> {t(words[step])}
      {step === 3 ? (
        <button type="button" class="go" onClick={giveUp}>
          {t("tutorial.begin")}
        </button>
      ) : null}
    </section>
  );
}

/** Whether a game was begun with the terms of a link; then the link brings nothing new. */
function isOf(game: Match, setting: Setting): boolean {
  const mark = (scenario: string, luck: number, terms: object) => JSON.stringify([scenario, luck, Object.entries(terms).sort()]);
  const same = mark(game.scenario, game.seed, game.terms ?? {}) === mark(setting.scenario, setting.seed, setting.terms) && !game.tutorial && game.all;
  if (same) queueMicrotask(() => (gameLink.value = ""));
  return same;
}

export function Play() {
  useEffect(takeUp, []);
  const now = match.value;
  const setting = linked();
  if (setting && !(now && isOf(now, setting))) return <BeginLinked setting={setting} />;
  if (!now) return <Begin />;
  if (!ledger.value) {
    return (
      <main id="main" class="text" tabIndex={-1} aria-busy="true">
        <h1>{t("loading.title")}</h1>
        <p class="soft">{t("loading.text")}</p>
      </main>
    );
  }
  if (ledger.value.over) return <Debrief />;
  const over = now.tutorial && now.choices.length > 0;
  return (
    <main id="main" class="play" tabIndex={-1}>
      <div class="middle">
        <ClassBar />
        {now.tutorial ? <Tutorial /> : null}
        {now.choices.length ? <Result /> : <h1>{t("play.first")}</h1>}
        <Helps />
        <Reflection />
        {over ? null : <Moves />}
        <Log />
      </div>
      {over ? null : <Tray />}
      {over ? null : (
        <section class="bottom" aria-label={t("play.bottom")}>
          <Purse draft={now.draft} quiet />
          <div class="buttons">
            <button type="button" onClick={() => jumpTo("moves")}>
              {t("play.choose")}
            </button>
            <button type="button" class="go" onClick={() => jumpTo("tray")}>
              {t("play.expect.go")}
            </button>
          </div>
        </section>
      )}
    </main>
  );
}
