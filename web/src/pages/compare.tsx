// Compare: one press runs what is to be compared, 30 companies each; the verdict comes first, then differences.
import { signal, useSignal } from "@preact/signals";
import { Chart, type Line } from "../chart";
import { csvCell, png, save, slug, standalone } from "../files";
import { Menu } from "../menu";
import { replicateSeed, type Comparison, type Kpi, type Plan, type Series } from "../model";
import type { Token } from "../pool";
import { figure, planName, span } from "../sentence";
import { useWidth } from "../size";
import { band, drawn, holm, interval, type Interval } from "../statistics";
import { engine, FOUR, keptTwin, model, pinned, plan, quiet, REPLICATES } from "../store";
import { money, number, scaleOf, t, titleOf, type Scale } from "../words";
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

function Choose() {
  const found = model.value!;
  const own = useSignal(false);
  const ticked = useSignal<string[]>(["nothing", "plan"]);
  const entriesOf = (of: Comparison): Entry[] =>
    of.scenarios
      .filter((key) => found.scenarios.has(key))
      .map((key) => ({ key, name: titleOf.scenario(found.scenarios.get(key)!), plan: { scenario: key, set: {}, seed: of.seed, weeks: of.weeks } }));
  const choices: Entry[] = [
    { key: "plan", name: t("compare.plan", { name: planName(found, plan.value) }), plan: plan.value },
    ...(pinned.value ? [{ key: "pinned", name: t("line.pin", { name: planName(found, pinned.value.plan) }), plan: pinned.value.plan }] : []),
    ...found.data.scenarios.map((each) => ({
      key: each.key,
      name: titleOf.scenario(each),
      plan: { scenario: each.key, set: {}, seed: plan.value.seed, weeks: plan.value.weeks },
    })),
  ];
  const chosen = choices.filter((each) => ticked.value.includes(each.key)).map((each) => ({ ...each, plan: { ...each.plan, seed: plan.value.seed, weeks: plan.value.weeks } }));
  return (
    <section class="choose" aria-label={t("compare.choose")}>
      <div class="presets">
        {found.data.comparisons.map((each) => {
          const title = titleOf.comparison(each);
          return (
            <button key={each.key} type="button" class={`card preset${now.value?.title === title ? " on" : ""}`} aria-pressed={now.value?.title === title}
              onClick={() => {
                own.value = false;
                void compare(title, titleOf.question(each), each.kpis.filter((key) => found.kpis.has(key)), each.baseline, entriesOf(each));
              }}>
              <b>{title}</b>
              <span class="soft">{titleOf.question(each)}</span>
            </button>
          );
        })}
        <button type="button" class={`card preset${own.value ? " on" : ""}`} aria-expanded={own.value} onClick={() => (own.value = !own.value)}>
          <b>{t("compare.own")}</b>
          <span class="soft">{t("compare.own.text")}</span>
        </button>
      </div>
      {own.value ? (
        <div class="card own">
          <fieldset>
            <legend>{t("compare.tick")}</legend>
            {choices.map((each) => (
              <label key={each.key}>
                <input type="checkbox" checked={ticked.value.includes(each.key)}
                  onChange={(event) => (ticked.value = event.currentTarget.checked ? [...ticked.value, each.key] : ticked.value.filter((key) => key !== each.key))} />
                {each.name}
              </label>
            ))}
          </fieldset>
          <button type="button" class="go" disabled={chosen.length < 2}
            onClick={() => {
              const baseline = chosen.find((each) => each.key === "nothing") ?? chosen[0];
              void compare(t("compare.own"), t("compare.own.question"), [...FOUR, "nps", "profit"].filter((key) => found.kpis.has(key)), baseline.key, chosen);
            }}>
            {chosen.length < 2 ? t("compare.two") : t("compare.go", { n: chosen.length })}
          </button>
        </div>
      ) : null}
    </section>
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
      </div>
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

export function Compare() {
  const of = now.value;
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
