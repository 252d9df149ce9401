// Compare: one press runs what is to be compared, 30 companies each; the verdict comes first, then differences.
import { signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { addressOf } from "../address";
import { Chart, type Line } from "../chart";
import { csvCell, png, save, scenarioFile, slug, standalone } from "../files";
import { Menu } from "../menu";
import { replicateSeed, type Kpi, type Plan, type Series } from "../model";
import type { Token } from "../pool";
import { decisionWords, figure, planName, sameAsTwin, span } from "../sentence";
import { useWidth } from "../size";
import { band, drawn, holm, interval, type Interval } from "../statistics";
import { comparing, engine, FOUR, keptTwin, model, pinned, plan, quiet, REPLICATES, saved } from "../store";
import { leverText, money, number, scaleOf, t, titleOf, type Scale } from "../words";
import { better } from "./explore";
import { Whiskers } from "../whiskers";

interface Entry {
  key: string;
  name: string;
  plan: Plan;
}

interface Compared {
  title: string;
  question: string;
  kpis: string[];
  baseline: string;
  entries: Entry[];
  weeks: number;
  runs: Record<string, Series[]>;
  done: number;
  wanted: number;
}

const now = signal<Compared | null>(null);
const kpi = signal("csat");
const picked = signal<string | null>(null);
let token: Token = { cancelled: false };

async function compare(title: string, question: string, kpis: string[], baseline: string, entries: Entry[]): Promise<void> {
  token.cancelled = true;
  token = { cancelled: false };
  const mine = token;
  const wanted = entries.length * REPLICATES;
  const runs: Record<string, Series[]> = Object.fromEntries(entries.map((each) => [each.key, []]));
  const weeks = entries[0].plan.weeks;
  let done = 0;
  let told = 0;
  picked.value = null;
  kpi.value = kpis.includes("csat") ? "csat" : kpis[0];
  const tell = () => {
    if (mine.cancelled) return;
    now.value = { title, question, kpis, baseline, entries, weeks, runs: { ...runs }, done, wanted };
  };
  tell();
  const one = async (entry: Entry, replicate: number) => {
    const request = { ...entry.plan, seed: replicateSeed(entry.plan.seed, replicate) };
    const bare = entry.plan.scenario === "nothing" && !Object.keys(entry.plan.set).length;
    runs[entry.key][replicate] = await (bare ? keptTwin(request, mine) : engine().later(request, mine));
    done++;
    if (done === wanted || performance.now() - told > 300) {
      told = performance.now();
      tell();
    }
  };
  const tasks: Promise<void>[] = [];
  // Replicate after replicate, so that all scenarios grow together.
  for (let replicate = 0; replicate < REPLICATES; replicate++) {
    for (const entry of entries) tasks.push(one(entry, replicate).catch((error) => (mine.cancelled ? undefined : quiet(error))));
  }
  await Promise.all(tasks);
}

/** Replicates that all scenarios have run. */
function paired(of: Compared): number[] {
  return Array.from({ length: REPLICATES }, (_, i) => i).filter((i) => of.entries.every((each) => of.runs[each.key][i]));
}

export interface Cell {
  level: number;
  difference: Interval;
  /** More than chance, after Holm's adjustment over all differences of the table. */
  sure: boolean;
}

function cells(of: Compared): Map<string, Cell> {
  const found = new Map<string, Cell>();
  const both = paired(of);
  const keys: string[] = [];
  const ps: number[] = [];
  for (const entry of of.entries) {
    for (const name of of.kpis) {
      const mine = both.map((i) => figure(model.value!, name, of.runs[entry.key][i]));
      const other = both.map((i) => figure(model.value!, name, of.runs[of.baseline][i]));
      const difference = interval(mine.map((value, i) => value - other[i]));
      found.set(`${entry.key} ${name}`, { level: interval(mine).mean, difference, sure: false });
      if (entry.key !== of.baseline) {
        keys.push(`${entry.key} ${name}`);
        ps.push(difference.p);
      }
    }
  }
  holm(ps).forEach((sure, i) => (found.get(keys[i])!.sure = sure));
  return found;
}

function scaleFor(of: Compared, row: Kpi, all: Map<string, Cell>): Scale {
  return scaleOf(row, Math.max(...of.entries.map((each) => Math.abs(all.get(`${each.key} ${row.key}`)!.level) || 0)));
}

/** The scenario that does most for the shown figure, drawn in blue until another is chosen. */
function best(of: Compared, all: Map<string, Cell>, others: Entry[]): string {
  const name = of.kpis.includes("csat") ? "csat" : of.kpis[0];
  const gain = (each: Entry) => all.get(`${each.key} ${name}`)!.difference.mean;
  return others.reduce((a, b) => (gain(b) > gain(a) ? b : a)).key;
}

function verdict(of: Compared, all: Map<string, Cell>): string {
  const found = model.value!;
  const others = of.entries.filter((each) => each.key !== of.baseline);
  const base = of.entries.find((each) => each.key === of.baseline)!.name;
  const best = (name: string) => {
    const row = found.kpis.get(name)!;
    const sign = row.better === "less" ? -1 : 1;
    return others
      .map((each) => ({ each, cell: all.get(`${each.key} ${name}`)! }))
      .filter(({ cell }) => cell.sure && sign * cell.difference.mean > 0)
      .sort((a, b) => sign * (b.cell.difference.mean - a.cell.difference.mean))[0];
  };
  const written = (name: string, cell: Cell) => {
    const row = found.kpis.get(name)!;
    const scale = scaleFor(of, row, all);
    if (row.unit.startsWith("EUR")) return money(cell.difference.mean);
    const unit = scale.unit === "%" || name === "csat" ? t("unit.points") : scale.unit;
    return `${number(cell.difference.mean * scale.factor, scale.decimals, true)} ${unit}`;
  };
  const customers = best("csat");
  const richest = best("npv");
  const after = span(of.weeks);
  if (!customers) return t("verdict.none", { base, after });
  const first = t("verdict.customers", { best: customers.each.name, gain: written("csat", customers.cell), base, after });
  if (!richest) return `${first} ${t("verdict.money.none")}`;
  const key = richest.each.key === customers.each.key ? "verdict.money.too" : "verdict.money";
  return `${first} ${t(key, { best: richest.each.name, gain: written("npv", richest.cell) })}`;
}

/** Run what the address or a press asks for. */
function begin(): void {
  const found = model.value!;
  const of = comparing.value;
  if (!of) return;
  begun = JSON.stringify(of);
  if (of.preset) {
    const row = found.data.comparisons.find((each) => each.key === of.preset)!;
    const entries = row.scenarios
      .filter((key) => found.scenarios.has(key))
      .map((key) => ({ key, name: titleOf.scenario(found.scenarios.get(key)!), plan: { scenario: key, set: {}, seed: row.seed, weeks: row.weeks } }));
    void compare(titleOf.comparison(row), titleOf.question(row), row.kpis.filter((key) => found.kpis.has(key)), row.baseline, entries);
    return;
  }
  // All have the luck and the weeks of the first one: only then are they pairs.
  const { seed, weeks } = of.plans[0];
  const entries = of.plans.map((each, i) => ({ key: `r${i + 1}`, name: planName(found, each), plan: { ...each, seed, weeks } }));
  const baseline = entries.find((each) => sameAsTwin(found, each.plan)) ?? entries[0];
  void compare(t("compare.own"), t("compare.own.question"), [...FOUR, "nps", "profit"].filter((key) => found.kpis.has(key)), baseline.key, entries);
}

function Choose() {
  const found = model.value!;
  const own = useSignal(comparing.value !== null && !comparing.value.preset);
  const ticked = useSignal<string[]>(["nothing", "plan"]);
  const luck = { seed: plan.value.seed, weeks: plan.value.weeks };
  const choices: Entry[] = [
    { key: "plan", name: t("compare.plan", { name: planName(found, plan.value) }), plan: plan.value },
    ...(pinned.value ? [{ key: "pinned", name: t("line.pin", { name: planName(found, pinned.value.plan) }), plan: pinned.value.plan }] : []),
    ...saved.value.map((each, i) => ({ key: `saved${i}`, name: t("compare.saved", { name: planName(found, each) }), plan: each })),
    ...found.data.scenarios.map((each) => ({ key: each.key, name: titleOf.scenario(each), plan: { scenario: each.key, set: {}, ...luck } })),
  ];
  const chosen = choices.filter((each) => ticked.value.includes(each.key)).map((each) => ({ ...each.plan, ...luck }));
  return (
    <section class="choose" aria-label={t("compare.choose")}>
      <div class="presets">
        {found.data.comparisons.map((each) => (
          <button key={each.key} type="button" class={`card preset${comparing.value?.preset === each.key ? " on" : ""}`} aria-pressed={comparing.value?.preset === each.key}
            onClick={() => {
              own.value = false;
              comparing.value = { preset: each.key, plans: [] };
              begin();
            }}>
            <b>{titleOf.comparison(each)}</b>
            <span class="soft">{titleOf.question(each)}</span>
          </button>
        ))}
        <button type="button" class={`card preset${own.value ? " on" : ""}`} aria-expanded={own.value} onClick={() => (own.value = !own.value)}>
          <b>{t("compare.own")}</b>
          <span class="soft">{t("compare.own.text")}</span>
        </button>
      </div>
      {own.value ? (
        <div class="card own">
          <fieldset>
            <legend>{t("compare.tick")}</legend>
            {choices.map((each, i) => (
              <span key={each.key} class="tick">
                <label>
                  <input type="checkbox" checked={ticked.value.includes(each.key)}
                    onChange={(event) => (ticked.value = event.currentTarget.checked ? [...ticked.value, each.key] : ticked.value.filter((key) => key !== each.key))} />
                  {each.name}
                </label>
                {each.key.startsWith("saved") ? (
                  <button type="button" class="x" aria-label={t("compare.forget", { name: each.name })}
                    onClick={() => {
                      ticked.value = ticked.value.filter((key) => !key.startsWith("saved"));
                      saved.value = saved.value.filter((one) => one !== choices[i].plan);
                    }}>
                    ×
                  </button>
                ) : null}
              </span>
            ))}
          </fieldset>
          <p class="soft">{t("compare.luck", { seed: luck.seed, after: span(luck.weeks) })}</p>
          <button type="button" class="go" disabled={chosen.length < 2 || chosen.length > 8}
            onClick={() => {
              comparing.value = { preset: null, plans: chosen };
              begin();
            }}>
            {chosen.length < 2 ? t("compare.two") : chosen.length > 8 ? t("compare.eight") : t("compare.go", { n: chosen.length })}
          </button>
        </div>
      ) : null}
    </section>
  );
}

/** Exactly what differs between the runs: a row for each lever, its value in each of them. */
function Changes({ of }: { of: Compared }) {
  const found = model.value!;
  const rows: { key: string; name: string; values: string[] }[] = [];
  for (const row of found.data.parameters) {
    const values = of.entries.map((each) => found.value(each.plan, row.key));
    if (new Set(values.map((value) => found.index(row.key, value))).size < 2) continue;
    rows.push({ key: row.key, name: row.role === "assumption" ? row.key : titleOf.lever(row), values: values.map((value) => leverText(row, value)) });
  }
  const dated = of.entries.map((each) => [
    ...(found.scenarios.get(each.plan.scenario)?.schedule ?? []).map((move) => `${titleOf.event(move.label)}${move.week ? ` (${t("axis.week", { n: move.week + 1 })})` : ""}`),
    ...(each.plan.later ?? []).map((decision) => decisionWords(found, decision)),
  ]);
  if (dated.some((each) => each.length)) rows.push({ key: "later", name: t("compare.later"), values: dated.map((each) => each.join("; ") || "–") });
  if (!rows.length) return null;
  return (
    <div class="card">
      <h2 id="changes-title">{t("compare.changes")}</h2>
      <div class="scroll wide" tabIndex={0} role="region" aria-labelledby="changes-title" id="changes">
        <table>
          <thead>
            <tr>
              <th scope="col">{t("compare.lever")}</th>
              {of.entries.map((each) => (
                <th key={each.key} scope="col">
                  {each.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.key}>
                <th scope="row">{row.name}</th>
                {row.values.map((value, i) => (
                  <td key={i}>{value}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function Result({ of }: { of: Compared }) {
  const found = model.value!;
  const { ref, width } = useWidth(560);
  const lines = useWidth(560);
  const all = cells(of);
  const row = found.kpis.get(kpi.value)!;
  const scale = scaleFor(of, row, all);
  const both = paired(of);
  const base = of.entries.find((each) => each.key === of.baseline)!;
  const others = of.entries.filter((each) => each.key !== of.baseline);
  const shownKey = picked.value ?? best(of, all, others);
  const mean = (key: string) => {
    const rows = both.map((i) => drawn(row, of.runs[key][i]));
    return { rows, mean: Float64Array.from(rows[0], (_, week) => rows.reduce((sum, each) => sum + each[week], 0) / rows.length) };
  };
  const drawnLines: Line[] = of.entries.map((each) => {
    const { rows, mean: values } = mean(each.key);
    const kind = each.key === of.baseline ? "base" : each.key === shownKey ? "run" : "extra";
    return { key: each.key, kind, name: each.name, values, band: kind === "run" ? band(rows) : null };
  });
  const title = `${titleOf.kpi(row)}: ${t("compare.difference", { base: base.name })}`;
  const picture = () => standalone(document.querySelector<SVGSVGElement>("#whiskers svg")!, title);
  const shownName = of.entries.find((each) => each.key === shownKey)!.name;
  const said = useSignal("");
  const copy = async () => {
    const link = location.href.split("#")[0] + addressOf("compare", plan.value, kpi.value, null, [], "", comparing.value);
    try {
      await navigator.clipboard.writeText(link);
      said.value = t("share.copied");
    } catch {
      said.value = link;
    }
  };
  const table = () => {
    const head = ["scenario", ...of.kpis.flatMap((key) => [key, `${key}_difference`, `${key}_half_interval`, `${key}_sure`])];
    const body = of.entries.map((each) => [
      csvCell(each.name),
      ...of.kpis.flatMap((key) => {
        const cell = all.get(`${each.key} ${key}`)!;
        return [cell.level, cell.difference.mean, cell.difference.half, each.key === of.baseline ? "" : String(cell.sure)];
      }),
    ]);
    return `# ${of.title}; baseline ${base.name}; ${both.length} paired runs, ${of.weeks} weeks; half_interval: half of the 95 % interval\n${[head, ...body].map((line) => line.join(",")).join("\n")}\n`;
  };
  return (
    <>
      <p class="soft under" role="status">
        {of.done < of.wanted
          ? t("compare.progress", { done: of.done, wanted: of.wanted })
          : t("compare.under", { runs: both.length, base: base.name, after: span(of.weeks) })}
      </p>
      {of.done < of.wanted ? <progress max={of.wanted} value={of.done} aria-label={t("compare.running")} /> : null}
      <div class="tabs" role="group" aria-label={t("compare.figure")}>
        {of.kpis.map((key) => (
          <button key={key} type="button" aria-pressed={kpi.value === key} class={kpi.value === key ? "on" : ""} onClick={() => (kpi.value = key)}>
            {titleOf.kpi(found.kpis.get(key)!)}
          </button>
        ))}
      </div>
      <div class="pair">
        <section class="card" aria-labelledby="diff-title">
          <h2 id="diff-title">
            {t("compare.difference", { base: base.name })} <span class="soft">{scale.unit === "%" ? t("unit.points.share") : row.unit === "of 100" ? t("unit.points") : scale.unit}</span>
          </h2>
          <div ref={ref} id="whiskers" style={{ minHeight: `${others.length * 46 + 40}px` }}>
            <Whiskers
              width={width.value}
              scale={scale}
              rows={others.map((each) => {
                const cell = all.get(`${each.key} ${row.key}`)!;
                return { key: each.key, name: each.name, interval: cell.difference, side: cell.sure ? better(row, cell.difference.mean) : 0, sure: cell.sure, on: each.key === shownKey };
              })}
              label={title}
            />
          </div>
          <p class="soft">{t("compare.whisker")}</p>
        </section>
        <section class="card" aria-labelledby="line-title">
          <div class="head">
            <h2 id="line-title">
              {titleOf.kpi(row)} <span class="soft">{scale.unit}</span>
            </h2>
            <select class="quiet" aria-label={t("compare.blue")} value={shownKey} onChange={(event) => (picked.value = event.currentTarget.value)}>
              {others.map((each) => (
                <option key={each.key} value={each.key}>
                  {each.name}
                </option>
              ))}
            </select>
          </div>
          <ul class="legend">
            <li>
              <i class="run" />
              {of.entries.find((each) => each.key === shownKey)!.name}
            </li>
            <li>
              <i class="base" />
              {base.name}
            </li>
            {others.length > 1 ? (
              <li>
                <i class="extra" />
                {t("compare.others")}
              </li>
            ) : null}
            <li>
              <i class="bandkey" />
              {t("line.band", { n: both.length })}
            </li>
          </ul>
          <div ref={lines.ref} style={{ minHeight: "230px" }}>
            <Chart title={titleOf.kpi(row)} lines={drawnLines} scale={scale} width={lines.width.value} height={230} />
          </div>
        </section>
      </div>
      <div class="card">
        <div class="head">
          <h2 id="table-title">{t("compare.table")}</h2>
          <Menu
            label={t("share.export")}
            items={[
              { label: t("export.table"), act: () => save(`${slug(of.title)}.csv`, table(), "text/csv") },
              { label: t("export.png"), act: async () => save(`${slug(title)}.png`, await png(picture())) },
              { label: t("export.svg"), act: () => save(`${slug(title)}.svg`, picture(), "image/svg+xml") },
              { label: t("export.toml"), act: () => save(`${slug(shownName)}.toml`, scenarioFile(found, of.entries.find((each) => each.key === shownKey)!.plan)) },
              { label: t("share.link"), act: copy },
            ]}
          />
        </div>
        <div class="scroll wide" tabIndex={0} role="region" aria-labelledby="table-title">
          <table>
            <thead>
              <tr>
                <th scope="col">{t("compare.scenario")}</th>
                {of.kpis.map((key) => (
                  <th key={key} scope="col">
                    {titleOf.kpi(found.kpis.get(key)!)} <span class="soft">{scaleFor(of, found.kpis.get(key)!, all).unit}</span>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {of.entries.map((each) => (
                <tr key={each.key}>
                  <th scope="row">{each.name}</th>
                  {of.kpis.map((key) => (
                    <td key={key}>
                      <Figure cell={all.get(`${each.key} ${key}`)!} row={found.kpis.get(key)!} scale={scaleFor(of, found.kpis.get(key)!, all)} base={each.key === of.baseline} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <p class="soft">{t("compare.note")}</p>
        <p class="soft wrap" role="status">
          {said.value}
        </p>
      </div>
      <Changes of={of} />
    </>
  );
}

function Figure({ cell, row, scale, base }: { cell: Cell; row: Kpi; scale: Scale; base: boolean }) {
  const side = cell.sure ? better(row, cell.difference.mean) : 0;
  const change = cell.difference.mean * scale.factor;
  return (
    <>
      <b>{number(cell.level * scale.factor, scale.decimals)}</b>
      {base ? null : (
        <span class={`delta ${side > 0 ? "up" : side < 0 ? "down" : ""}`}>
          {side ? (change > 0 ? "▲ " : "▼ ") : ""}
          {number(change, scale.decimals, true)} ±{number(cell.difference.half * scale.factor, scale.decimals)}
          {cell.sure ? "" : ` ${t("compare.chance")}`}
        </span>
      )}
    </>
  );
}

let begun: string | null = null;

export function Compare() {
  const of = now.value;
  // A link, Back and Forward begin what they name; a press has begun it already.
  useEffect(() => {
    const wanted = JSON.stringify(comparing.value);
    if (comparing.value && wanted !== begun) begin();
  }, [comparing.value]);
  const ready = of !== null && paired(of).length >= 5;
  return (
    <main id="main" class="compare" tabIndex={-1}>
      <h1>{ready ? verdict(of, cells(of)) : of ? of.question : t("compare.title")}</h1>
      {of ? null : <p class="soft">{t("compare.text")}</p>}
      <Choose />
      {of && ready ? <Result of={of} /> : null}
      {of && !ready ? (
        <>
          <p class="soft" role="status">
            {t("compare.progress", { done: of.done, wanted: of.wanted })}
          </p>
          <progress max={of.wanted} value={of.done} aria-label={t("compare.running")} />
        </>
      ) : null}
    </main>
  );
}
