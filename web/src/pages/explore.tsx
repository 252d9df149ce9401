// Explore: the answer as a sentence, one large chart, four small ones that change places with it, levers in view.
import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { causes, findCauses, forgetCauses } from "../causes";
import { Crowd } from "../crowd";
import { Chart, type Line, type Mark } from "../chart";
import { addressOf } from "../address";
import { csv, png, save, scenarioFile, slug, standalone } from "../files";
import { AllLevers, Lever, leversInView } from "../levers";
import { withDecisions } from "../decisions";
import type { Kpi, Series } from "../model";
import { asked, ask, QUESTIONS, reply } from "../questions";
import { answer, chanceWords, decisionWords, figure, overRuns, planName, sameAsTwin } from "../sentence";
import { useWidth } from "../size";
import { band, drawn, last } from "../statistics";
import { behind, choose, FOUR, kpi, midRun, model, notices, pin, pinned, plan, ranPlan, REPLICATES, run, saveRun, twin, week } from "../store";
import { planOf } from "../scenariofile";
import { number, scaleOf, t, titleOf, type Scale } from "../words";
import { Menu } from "../menu";

function scaleFor(row: Kpi, all: (Series | null)[]): Scale {
  const largest = Math.max(...all.filter((each) => each !== null).map((series) => Math.abs(last(drawn(row, series!)))));
  return scaleOf(row, largest);
}

function linesOf(row: Kpi, withBand: boolean): Line[] {
  const found = model.value!;
  const lines: Line[] = [];
  const rows = behind.value;
  const bandOf = withBand && rows ? band(rows.plan.map((series) => drawn(row, series))) : null;
  if (run.value) lines.push({ key: "run", kind: "run", name: t("line.run"), values: drawn(row, run.value), band: bandOf });
  if (twin.value) lines.push({ key: "base", kind: "base", name: t("line.base"), values: drawn(row, twin.value) });
  if (pinned.value) {
    lines.push({ key: "pin", kind: "pin", name: planName(found, pinned.value.plan), values: drawn(row, pinned.value.series) });
  }
  return lines;
}

/** Whether a difference is better: 1, worse: -1, or neither. */
export function better(row: Kpi, change: number): number {
  if (row.better === "neither" || !change) return 0;
  return (row.better === "more") === change > 0 ? 1 : -1;
}

export function Delta({ row, change, scale, chance }: { row: Kpi; change: number; scale: Scale; chance?: boolean }) {
  const written = change * scale.factor;
  if (Math.abs(written) < 0.5 * 10 ** -scale.decimals) return <span class="delta">{t("delta.same")}</span>;
  if (chance) return <span class="delta">{t("delta.chance", { n: number(written, scale.decimals, true) })}</span>;
  const side = better(row, change);
  const mark = written > 0 ? "▲" : "▼";
  return (
    <span class={`delta ${side > 0 ? "up" : side < 0 ? "down" : ""}`}>
      {mark} {number(written, scale.decimals, true)}
    </span>
  );
}

export function Big() {
  const found = model.value!;
  const row = found.kpis.get(kpi.value)!;
  const { ref, width } = useWidth(640);
  const table = useSignal(false);
  const lines = linesOf(row, true);
  const scale = scaleFor(row, [run.value, twin.value, pinned.value?.series ?? null]);
  const marks: Mark[] = (found.scenarios.get(ranPlan.value.scenario)?.schedule ?? [])
    .filter((move) => typeof move.week === "number")
    .map((move) => ({ week: move.week!, label: titleOf.event(move.label) }));
  for (const decision of ranPlan.value.later ?? []) marks.push({ week: decision.week, label: t("decision.mark") });
  const title = titleOf.kpi(row);
  const height = width.value < 480 ? 200 : 236;
  return (
    <section class="card big" aria-labelledby="chart-title">
      <div class="head">
        <h2 id="chart-title">
          {title} <span class="soft">{scale.unit}</span>
        </h2>
        <button type="button" class="link" aria-expanded={table.value} onClick={() => (table.value = !table.value)}>
          {t(table.value ? "table.hide" : "table.show")}
        </button>
        <select class="quiet" aria-label={t("chart.choose")} value="" onChange={(event) => {
          kpi.value = event.currentTarget.value;
          event.currentTarget.value = "";
        }}>
          <option value="" disabled hidden>
            {t("chart.other")}
          </option>
          {found.data.kpis.map((each) => (
            <option key={each.key} value={each.key}>
              {titleOf.kpi(each)}
            </option>
          ))}
        </select>
      </div>
      <ul class="legend">
        <li>
          <i class="run" />
          {planName(found, ranPlan.value)}
        </li>
        <li>
          <i class="base" />
          {t("line.base")}
        </li>
        {pinned.value ? (
          <li>
            <i class="pin" />
            {t("line.pin", { name: planName(found, pinned.value.plan) })}
            <button type="button" class="x" aria-label={t("pin.remove")} onClick={() => (pinned.value = null)}>
              ×
            </button>
          </li>
        ) : null}
        {behind.value && behind.value.plan.length >= 5 ? (
          <li>
            <i class="bandkey" />
            {t("line.band", { n: behind.value.plan.length })}
          </li>
        ) : null}
      </ul>
      <div ref={ref} class="draw" style={{ minHeight: `${height}px` }} id="big-chart">
        <Chart title={title} lines={lines} scale={scale} width={width.value} height={height} week={week.value} whole={midRun.value} marks={marks} />
      </div>
      {table.value ? <Table row={row} lines={lines} scale={scale} /> : null}
    </section>
  );
}

function Table({ row, lines, scale }: { row: Kpi; lines: Line[]; scale: Scale }) {
  const weeks = ranPlan.value.weeks;
  const shown = [...new Set([...Array.from({ length: Math.floor(weeks / 13) }, (_, i) => 13 * (i + 1)), weeks])];
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={t("table.label", { kpi: titleOf.kpi(row) })}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("table.week")}</th>
            {lines.map((line) => (
              <th scope="col" key={line.key}>
                {line.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((each) => (
            <tr key={each}>
              <th scope="row">{each}</th>
              {lines.map((line) => (
                <td key={line.key}>{number(line.values[each - 1] * scale.factor, scale.decimals)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Mini({ name }: { name: string }) {
  const found = model.value!;
  const row = found.kpis.get(name)!;
  const { ref, width } = useWidth(140);
  const scale = scaleFor(row, [run.value, twin.value]);
  const lines = linesOf(row, false);
  const mine = lines.find((line) => line.kind === "run");
  const base = lines.find((line) => line.kind === "base");
  const shown = midRun.value ? null : week.value;
  const at = shown ?? ranPlan.value.weeks;
  const value = mine ? mine.values[at - 1] : NaN;
  const change = mine && base ? value - base.values[at - 1] : NaN;
  const found30 = shown === null ? overRuns(found, name, behind.value) : null;
  const chance = found30 !== null && Math.abs(found30.mean) <= found30.half;
  return (
    <button type="button" class={`card mini${kpi.value === name ? " on" : ""}`} aria-pressed={kpi.value === name} onClick={() => (kpi.value = name)}>
      <span class="soft name">
        {titleOf.kpi(row)}, {scale.unit}
      </span>
      <span class="figures">
        <b>{number(value * scale.factor, scale.decimals)}</b>{" "}
        {sameAsTwin(found, ranPlan.value) ? null : <Delta row={row} change={change} scale={scale} chance={chance} />}
      </span>
      <span ref={ref as never} class="spark">
        <Chart title={titleOf.kpi(row)} lines={lines} scale={scale} width={width.value} height={34} week={shown} small />
      </span>
    </button>
  );
}

function Watch() {
  const playing = useSignal(false);
  const weeks = ranPlan.value.weeks;
  const at = week.value ?? weeks;
  useEffect(() => {
    if (!playing.value) return;
    const from = week.value === null || week.value >= weeks ? 1 : week.value;
    const began = performance.now();
    const pace = 14; // weeks a second
    week.value = from;
    let frame = requestAnimationFrame(function turn(now) {
      const next = from + Math.floor(((now - began) / 1000) * pace);
      if (next >= weeks) {
        week.value = null;
        playing.value = false;
        return;
      }
      if (next !== week.value) week.value = next;
      frame = requestAnimationFrame(turn);
    });
    return () => cancelAnimationFrame(frame);
  }, [playing.value, weeks]);
  const go = (next: number) => {
    playing.value = false;
    week.value = next >= weeks ? null : Math.max(1, next);
  };
  return (
    <div class="card watch">
      <button type="button" class="go" onClick={() => (playing.value = !playing.value)}>
        {playing.value ? `❚❚ ${t("watch.pause")}` : `▶ ${t("watch.play")}`}
      </button>
      <button type="button" class="step" aria-label={t("watch.back")} onClick={() => go(at - 1)}>
        ‹
      </button>
      <input type="range" min={1} max={weeks} value={at} aria-label={t("watch.week")} aria-valuetext={t("week.of", { week: at, weeks })}
        style={{ "--part": `${(100 * (at - 1)) / Math.max(1, weeks - 1)}%` }} onInput={(event) => go(Number(event.currentTarget.value))} />
      <button type="button" class="step" aria-label={t("watch.on")} onClick={() => go(at + 1)}>
        ›
      </button>
      <span class="soft at">{t("week.of", { week: at, weeks })}</span>
    </div>
  );
}

function Questions() {
  const found = model.value!;
  const now = asked.value;
  const said = now ? reply(found, now) : "";
  const row = found.kpis.get("csat")!;
  const scale = scaleOf(row, 75);
  return (
    <section class="card questions" aria-labelledby="questions">
      <h2 id="questions">{t("ask.title")}</h2>
      {QUESTIONS.filter((each) => each.scenarios.some((key) => found.scenarios.has(key))).map((each) => (
        <button key={each.key} type="button" class={`ask${now?.question === each ? " on" : ""}`} aria-pressed={now?.question === each} onClick={() => void ask(found, each)}>
          {t(each.word)}
        </button>
      ))}
      <div role="status" class="reply">
        {now ? said ? <p>{said}</p> : <p class="soft">{t("ask.running", { done: now.done, wanted: now.wanted })}</p> : null}
      </div>
      {now && now.rows.length ? (
        <ul class="rows">
          {now.rows.map((each) => {
            return (
              <li key={each.scenario}>
                <button type="button" class="row" aria-pressed={plan.value.scenario === each.scenario} title={titleOf.scenarioHelp(found.scenarios.get(each.scenario)!)}
                  onClick={() => (plan.value = { scenario: each.scenario, set: {}, seed: now.seed, weeks: now.weeks })}>
                  <span>{titleOf.scenario(found.scenarios.get(each.scenario)!)}</span>
                  <span class="figure">{number(each.level, 1)}</span>
                  <Delta row={row} change={each.gain} scale={scale} chance={each.chance} />
                </button>
              </li>
            );
          })}
        </ul>
      ) : null}
      {now ? <p class="soft">{t("ask.note")}</p> : <p class="soft">{t("ask.before")}</p>}
    </section>
  );
}

function Why() {
  const found = model.value!;
  const of = causes.value;
  const row = found.kpis.get(kpi.value)!;
  const current = of && of.plan === ranPlan.value && of.kpi === kpi.value ? of : null;
  useEffect(() => {
    if (of && !current) forgetCauses();
  }, [ranPlan.value, kpi.value]);
  const scale = current ? scaleOf(row, figure(found, row.key, run.value!)) : null;
  if (sameAsTwin(found, ranPlan.value)) return null;
  const written = (value: number) => `${number(value * scale!.factor, scale!.decimals, true)}${scale!.unit === "%" ? " " + t("unit.points") : ""}`;
  return (
    <section class="card why" aria-labelledby="why">
      <h2 id="why">{t("why.title")}</h2>
      {!current ? (
        <>
          <p class="soft">{t("why.before", { kpi: titleOf.kpi(row) })}</p>
          <button type="button" onClick={() => void findCauses(found, ranPlan.value, kpi.value)}>
            {t("why.find")}
          </button>
        </>
      ) : current.done < current.wanted ? (
        <>
          <progress max={current.wanted} value={current.done} aria-label={t("why.title")} />
          <p class="soft" role="status">
            {t("why.running", { done: current.done, wanted: current.wanted })}
          </p>
        </>
      ) : (
        <>
          <p>{t("why.whole", { kpi: titleOf.kpi(row), whole: written(current.whole) })}</p>
          {current.rows.length ? (
            <ol>
              {current.rows.slice(0, 5).map((each) => (
                <li key={each.word}>
                  <b>{t(each.word)}</b> {t("why.without", { without: written(each.without) })}
                </li>
              ))}
            </ol>
          ) : (
            <p>{t("why.none")}</p>
          )}
          <p class="soft">{t("why.note")}</p>
        </>
      )}
    </section>
  );
}

/** Take up a scenario file; whatever is wrong with it is one message. */
export function OpenScenario() {
  const open = async (file: File) => {
    try {
      plan.value = planOf(await file.text(), model.value!, plan.value.seed, plan.value.weeks);
      notices.value = [];
    } catch (error) {
      notices.value = [t("file.refused", { name: file.name.slice(0, 60), why: (error as Error).message })];
      scrollTo(0, 0);
    }
  };
  return (
    <label class="button quiet file">
      {t("share.open")}
      <input type="file" accept=".toml"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = "";
          if (file) void open(file);
        }} />
    </label>
  );
}

function Share() {
  const found = model.value!;
  const said = useSignal("");
  const name = planName(found, ranPlan.value);
  const title = () => `${titleOf.kpi(found.kpis.get(kpi.value)!)}: ${name}`;
  const picture = () => standalone(document.querySelector<SVGSVGElement>("#big-chart svg")!, title());
  const runs = () => [
    { name, plan: ranPlan.value, series: run.value! },
    { name: t("line.base"), plan: found.twin(ranPlan.value), series: twin.value! },
    ...(pinned.value ? [{ name: planName(found, pinned.value.plan), plan: pinned.value.plan, series: pinned.value.series }] : []),
  ];
  const copy = async () => {
    const link = location.href.split("#")[0] + addressOf("explore", plan.value, kpi.value, pinned.value?.plan ?? null);
    try {
      await navigator.clipboard.writeText(link);
      said.value = t("share.copied");
    } catch {
      said.value = link;
    }
  };
  return (
    <section class="card share" aria-labelledby="share">
      <h2 id="share">{t("share.title")}</h2>
      <div class="buttons">
        <button type="button" onClick={pin}>
          {t("share.pin")}
        </button>
        <button type="button" onClick={() => {
            saveRun(ranPlan.value);
            said.value = t("share.saved", { name });
          }}>
          {t("share.save")}
        </button>
        <OpenScenario />
        <button type="button" onClick={() => void copy()}>
          {t("share.link")}
        </button>
        <Menu
          label={t("share.export")}
          items={[
            { label: t("export.csv"), act: () => save(`${slug(name)}.csv`, csv(found, runs()), "text/csv") },
            { label: t("export.png"), act: async () => save(`${slug(title())}.png`, await png(picture())) },
            { label: t("export.svg"), act: () => save(`${slug(title())}.svg`, picture(), "image/svg+xml") },
            { label: t("debrief.print"), act: () => print() },
            { label: t("export.toml"), act: () => save(`${slug(name)}.toml`, scenarioFile(found, ranPlan.value)) },
          ]}
        />
      </div>
      <p class="soft wrap" role="status">
        {said.value}
      </p>
    </section>
  );
}

function Settings() {
  const of = plan.value;
  const wrong = useSignal("");
  const whole = (name: "seed" | "weeks", text: string, least: number, most: number) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most || text.trim() === "") {
      wrong.value = t("settings.wrong", { name: t(`settings.${name}`), low: least, high: number(most, 0) });
      return;
    }
    wrong.value = "";
    plan.value = { ...plan.value, [name]: value };
  };
  return (
    <div class="settings">
      <label>
        {t("settings.weeks")}
        <input type="number" min={13} max={520} value={of.weeks} onChange={(event) => whole("weeks", event.currentTarget.value, 13, 520)} />
      </label>
      <label title={t("settings.seed.help")}>
        {t("settings.seed")}
        <input type="number" min={0} max={1000000} value={of.seed} onChange={(event) => whole("seed", event.currentTarget.value, 0, 1_000_000)} />
      </label>
      {wrong.value ? (
        <p class="wrong" role="alert">
          {wrong.value}
        </p>
      ) : null}
    </div>
  );
}

/** From when on levers are moved, and what was decided in mid-run. */
function When() {
  const found = model.value!;
  const of = plan.value;
  const at = week.value !== null && week.value < of.weeks ? week.value : null;
  const decisions = of.later ?? [];
  if (at === null && !decisions.length) return null;
  return (
    <div class="when">
      {at !== null ? (
        <label class="check">
          <input type="checkbox" checked={midRun.value} onChange={(event) => (midRun.value = event.currentTarget.checked)} />
          {t("decision.from", { week: at + 1 })}
        </label>
      ) : null}
      {decisions.length ? (
        <ul class="rows" aria-label={t("decision.log")}>
          {decisions.map((each) => (
            <li key={each.week}>
              <span>{decisionWords(found, each)}</span>
              <button type="button" class="x" aria-label={t("decision.drop", { week: each.week + 1 })} onClick={() => (plan.value = withDecisions(of, decisions.filter((one) => one !== each)))}>
                ×
              </button>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}

function Levers() {
  const found = model.value!;
  const of = plan.value;
  const all = useSignal(false);
  const open = useSignal(false);
  const names = leversInView(of);
  const scenario = found.scenarios.get(of.scenario)!;
  const sheet = useRef<HTMLElement>(null);
  const raise = () => {
    open.value = !open.value;
    if (open.value) document.getElementById("chart-title")?.scrollIntoView({ block: "start" });
  };
  return (
    <section ref={sheet} class={`card levers${open.value ? " open" : ""}`} aria-labelledby="plan" id="levers" tabIndex={-1}>
      <button type="button" class="handle" aria-expanded={open.value} aria-controls="levers" aria-label={t(open.value ? "sheet.lower" : "sheet.raise")} onClick={raise} />
      <h2 id="plan">{t("plan.title")}</h2>
      <div class="from">
        <select aria-label={t("plan.from")} value={of.scenario} onChange={(event) => choose(event.currentTarget.value)}>
          {found.data.scenarios.map((each) => (
            <option key={each.key} value={each.key}>
              {t("plan.start", { title: titleOf.scenario(each) })}
            </option>
          ))}
        </select>
        <p class="soft about">{titleOf.scenarioHelp(scenario)}</p>
      </div>
      <When />
      {all.value ? <AllLevers /> : names.map((name) => <Lever key={name} name={name} />)}
      {all.value ? <Settings /> : null}
      <div class="buttons foot">
        <button
          type="button"
          aria-expanded={all.value}
          onClick={() => {
            all.value = !all.value;
            if (all.value) open.value = true;
          }}
        >
          {all.value ? t("levers.few") : t("levers.all", { n: found.levers().length })}
        </button>
        {found.changed(of).length || of.later?.length ? (
          <button type="button" onClick={() => (plan.value = withDecisions({ ...of, set: {} }, []))}>
            {t("levers.reset")}
          </button>
        ) : null}
      </div>
    </section>
  );
}

/** What is the user's own on these pages, in a sentence; empty for the shipped model. */
function ownWords(): string {
  const { own, organisation } = model.value!.data;
  const said = [];
  if (organisation) said.push(t("own.organisation", { name: organisation.name }));
  if (own) said.push(t("own.mechanisms", { names: own.join(", ") }));
  return said.length ? `${said.join(" ")} ` : "";
}

export function Explore() {
  const found = model.value!;
  if (!run.value || !twin.value) return <Skeleton />;
  const of = ranPlan.value;
  const said = answer(found, of, run.value, twin.value, behind.value);
  const people = found.number(of, "organisation.staff");
  const customers = found.number(of, "organisation.customers");
  const four = useMemo(() => FOUR.filter((key) => found.kpis.has(key)), [found]);
  return (
    <main id="main" class="explore" tabIndex={-1}>
      <div class="left">
        <Levers />
      </div>
      <div class="middle">
        <h1 id="answer">{said}</h1>
        <p class="soft under" role="status">
          {ownWords()}
          {t("under.company", { people: number(people, 0), customers: number(customers, 0) })}{" "}
          {sameAsTwin(found, of) ? t("under.nothing") : chanceWords(found, behind.value, REPLICATES)}
        </p>
        <Big />
        <div class="minis">
          {four.map((key) => (
            <Mini key={key} name={key} />
          ))}
        </div>
        <Watch />
      </div>
      <div class="right">
        <Questions />
        <Crowd />
        <Why />
        <Share />
      </div>
    </main>
  );
}

export function Skeleton() {
  return (
    <main id="main" class="explore" tabIndex={-1} aria-busy="true">
      <div class="left">
        <div class="card ghost tall" />
      </div>
      <div class="middle">
        <h1>{t("loading.title")}</h1>
        <p class="soft under">{t("loading.text")}</p>
        <div class="card ghost chartghost" />
        <div class="minis">
          {FOUR.map((key) => (
            <div key={key} class="card mini ghost" />
          ))}
        </div>
      </div>
      <div class="right">
        <div class="card ghost half" />
      </div>
    </main>
  );
}
