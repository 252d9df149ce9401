// The debrief: three sentences made from this game, each guessed first; then reported beside true, luck or skill, the best plan.
import { signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { byQuarter, points, scored, without, type Choice, type Played } from "../game";
import { csvCell, save } from "../files";
import { gameModel, giveUp, match, played, type Match } from "../match";
import { QuarterChart, type QuarterLine } from "../quarters";
import { useWidth } from "../size";
import { quantile } from "../statistics";
import { engine, model, quiet } from "../store";
import { money, number, t, titleOf } from "../words";
import { gameScale } from "./play";

interface Worth {
  name: string;
  points: number;
}

interface Hinge extends Worth {
  quarter: number;
}

interface Revealed {
  of: Played;
  nothing: Played;
  best: Played | null;
  worth: Worth[] | null;
  hinge: Hinge | null;
  luck: { yours: number; nothing: number }[];
}

const revealed = signal<Revealed | null>(null);
const SEEDS = 20;

async function reveal(of: Played, { scenario, seed, terms }: Match): Promise<void> {
  const rules = gameModel().rules;
  const play = (choices: Choice[], at = seed) => engine().game({ scenario, seed: at, choices, terms, loose: true }, false);
  const idle: Choice[] = of.choices.map(() => ({ start: [], stop: [] }));
  try {
    const [nothing, best] = await Promise.all([play(idle), gameModel().best ? play(gameModel().best!) : null]);
    const base: Revealed = { of, nothing, best, worth: null, hinge: null, luck: [] };
    revealed.value = base;
    const whole = points(rules, of);
    const names = [...new Set(of.choices.flatMap((choice) => choice.start))];
    const worth = await Promise.all(names.map(async (name) => ({ name, points: whole - points(rules, await play(without(of.choices, name))) })));
    worth.sort((a, b) => b.points - a.points);
    revealed.value = { ...revealed.value, worth };
    const starts = of.choices.flatMap((choice, quarter) => choice.start.map((name) => ({ name, quarter })));
    const hinges = await Promise.all(
      starts.map(async (each) => ({ ...each, points: whole - points(rules, await play(without(of.choices, each.name, each.quarter))) })),
    );
    const hinge = hinges.sort((a, b) => Math.abs(b.points) - Math.abs(a.points))[0] ?? null;
    revealed.value = { ...revealed.value!, hinge };
    const luck: Revealed["luck"] = [];
    await Promise.all(
      Array.from({ length: SEEDS }, async (_, i) => {
        const [yours, idleOne] = await Promise.all([play(of.choices, seed + i + 1), play(idle, seed + i + 1)]);
        luck.push({ yours: points(rules, yours), nothing: points(rules, idleOne) });
        if (revealed.value?.of === of) revealed.value = { ...revealed.value, luck: [...luck] };
      }),
    );
  } catch (error) {
    quiet(error);
  }
}

function Guess({ name, title, ask, options, told }: { name: string; title: string; ask: string; options: { key: string; text: string }[]; told: (guess: string) => string }) {
  const now = match.value!;
  const guess = now.guesses[name];
  return (
    <section class="card guess" aria-labelledby={`guess-${name}`}>
      <h2 id={`guess-${name}`}>{title}</h2>
      {guess === undefined && options.length > 1 ? (
        <>
          <p>{ask}</p>
          <div class="buttons">
            {options.map((each) => (
              <button key={each.key} type="button" onClick={() => (match.value = { ...now, guesses: { ...now.guesses, [name]: each.key } })}>
                {each.text}
              </button>
            ))}
          </div>
        </>
      ) : (
        <p role="status">{told(guess ?? "")}</p>
      )}
    </section>
  );
}

function verdict(right: boolean): string {
  return t(right ? "debrief.right" : "debrief.wrong");
}

export function Debrief() {
  const found = model.value!;
  const now = match.value!;
  const of = played.value!;
  const rules = gameModel().rules;
  const withBest = useSignal(false);
  const pair = useSignal("fcr");
  const left = useWidth(520);
  const right = useWidth(520);
  useEffect(() => {
    scrollTo(0, 0);
    if (revealed.value?.of !== of) {
      revealed.value = null;
      void reveal(of, now);
    }
  }, [of]);
  const all = revealed.value?.of === of ? revealed.value : null;
  const mine = points(rules, of);
  const moveOf = (name: string) => titleOf.move(gameModel().moves.find((row) => row.name === name)!);
  const kpiOf = (name: string) => found.kpis.get(name)!;
  const figure = (name: string, value: number, sign = false) => {
    const scale = gameScale(kpiOf(name), [value]);
    return `${number(value * scale.factor, scale.decimals, sign)}${scale.unit === "%" ? " %" : name === "profit" ? ` ${scale.unit}` : ""}`;
  };

  // The largest surprise, measured in steps of what could be said.
  const misses = of.choices.flatMap((choice, quarter) =>
    Object.entries(now.choices[quarter]?.expected ?? choice.expected ?? {}).map(([kpi, expected]) => {
      const span = rules.report.find((row) => row.kpi === kpi)?.predict ?? [0, 1, 1];
      const real = byQuarter(rules, of, kpi)[quarter];
      return { quarter, kpi, expected, real, off: Math.abs(real - expected) / (span[1] - span[0]) };
    }),
  );
  misses.sort((a, b) => b.off - a.off);
  const miss = misses[0];
  const missQuarters = [...new Set(misses.map((each) => each.quarter))].sort((a, b) => a - b);

  const lastOf = (name: string) => byQuarter(rules, of, name)[of.quarters.length - 1];
  const gap = lastOf("reported_fcr") - lastOf("fcr");
  const side = gap > 0.01 ? "lower" : gap < -0.01 ? "higher" : "same";

  const worth = all?.worth ?? null;
  const options = worth ? [...worth].sort((a, b) => a.name.localeCompare(b.name)).map((row) => ({ key: row.name, text: moveOf(row.name) })) : [];

  const reportedPairs: Record<string, [string, string]> = { fcr: ["reported_fcr", "fcr"], csat: ["reported_csat", "csat"] };
  const [said, truth] = reportedPairs[pair.value];
  const pairLines: QuarterLine[] = [
    { key: "true", kind: "run", name: t("debrief.true"), values: byQuarter(rules, of, truth) },
    { key: "reported", kind: "extra", name: t("debrief.reported"), values: byQuarter(rules, of, said) },
  ];
  const ways: QuarterLine[] = [
    { key: "run", kind: "run", name: t("debrief.you"), values: byQuarter(rules, of, "csat") },
    ...(all ? [{ key: "base", kind: "base" as const, name: t("line.base"), values: byQuarter(rules, all.nothing, "csat") }] : []),
    ...(all?.best && withBest.value ? [{ key: "best", kind: "pin" as const, name: t("debrief.best"), values: byQuarter(rules, all.best, "csat") }] : []),
  ];
  const asCsv = () => {
    const names = [...new Set([...rules.report.map((row) => row.kpi), ...rules.hidden.flatMap((row) => row.kpis)])];
    const rows = of.quarters.map((_, i) => [i + 1, csvCell(of.choices[i].start.join(" ")), csvCell(of.choices[i].stop.join(" ")), ...names.map((name) => byQuarter(rules, of, name)[i])].join(","));
    return `# game on ${now.scenario}, seed ${now.seed}\n${["quarter", "started", "stopped", ...names].join(",")}\n${rows.join("\n")}\n`;
  };

  return (
    <main id="main" class="debrief" tabIndex={-1}>
      <h1>
        {all
          ? t(mine > points(rules, all.nothing) ? "debrief.title.more" : "debrief.title.less", {
              points: number(mine, 0),
              nothing: number(points(rules, all.nothing), 0),
              profit: money(scored(rules, of, "profit")),
              csat: number(lastOf("csat"), 1),
            })
          : t("debrief.title")}
      </h1>
      <p class="soft">{t("debrief.text")}</p>
      <div class="guesses">
        <Guess name="surprise" title={t("debrief.surprise")} ask={t("debrief.surprise.ask")}
          options={missQuarters.map((quarter) => ({ key: String(quarter), text: t("axis.quarter", { n: quarter + 1 }) }))}
          told={(guess) => miss ? `${guess ? verdict(guess === String(miss.quarter)) : ""} ${t("debrief.surprise.told", { n: miss.quarter + 1, kpi: titleOf.kpi(kpiOf(miss.kpi)), expected: figure(miss.kpi, miss.expected), real: figure(miss.kpi, miss.real) })}` : t("debrief.surprise.none")} />
        <Guess name="reported" title={t("debrief.report")} ask={t("debrief.report.ask", { reported: figure("reported_fcr", lastOf("reported_fcr")) })}
          options={[
            { key: "lower", text: t("debrief.lower") },
            { key: "same", text: t("debrief.same") },
            { key: "higher", text: t("debrief.higher") },
          ]}
          told={(guess) => `${verdict(guess === side)} ${t("debrief.report.told", { reported: figure("reported_fcr", lastOf("reported_fcr")), real: figure("fcr", lastOf("fcr")) })} ${t(side === "lower" ? "debrief.report.why" : "debrief.report.other")}`} />
        {worth ? (
          <Guess name="worth" title={t("debrief.worth")} ask={t("debrief.worth.ask")} options={options}
            told={(guess) => worth.length ? `${guess ? verdict(guess === worth[0].name) : ""} ${t("debrief.worth.told", { move: moveOf(worth[0].name), points: number(worth[0].points, 0, true) })}` : t("debrief.worth.none")} />
        ) : (
          <section class="card guess">
            <p class="soft" role="status">
              {t("debrief.running")}
            </p>
          </section>
        )}
      </div>
      <div class="pair">
        <section class="card" aria-labelledby="pair-title">
          <div class="head">
            <h2 id="pair-title">{t("debrief.pair")}</h2>
            <select class="quiet" aria-label={t("debrief.pair")} value={pair.value} onChange={(event) => (pair.value = event.currentTarget.value)}>
              <option value="fcr">{titleOf.kpi(kpiOf("fcr"))}</option>
              <option value="csat">{titleOf.kpi(kpiOf("csat"))}</option>
            </select>
          </div>
          <ul class="legend">
            <li>
              <i class="run" />
              {t("debrief.true")}
            </li>
            <li>
              <i class="extra" />
              {t("debrief.reported")}
            </li>
          </ul>
          <div ref={left.ref} style={{ minHeight: "200px" }}>
            <QuarterChart title={t("debrief.pair")} lines={pairLines} quarters={rules.quarters} scale={gameScale(kpiOf(truth), [lastOf(truth)])} width={left.width.value} height={200} />
          </div>
        </section>
        <section class="card" aria-labelledby="ways-title">
          <div class="head">
            <h2 id="ways-title">
              {titleOf.kpi(kpiOf("csat"))} <span class="soft">{titleOf.unit("of 100")}</span>
            </h2>
            {all?.best ? (
              <label class="check">
                <input type="checkbox" checked={withBest.value} onChange={(event) => (withBest.value = event.currentTarget.checked)} />
                {t("debrief.best")}
              </label>
            ) : null}
          </div>
          <ul class="legend">
            <li>
              <i class="run" />
              {t("debrief.you")}
            </li>
            <li>
              <i class="base" />
              {t("line.base")}
            </li>
            {withBest.value ? (
              <li>
                <i class="pin" />
                {t("debrief.best")}
              </li>
            ) : null}
          </ul>
          <div ref={right.ref} style={{ minHeight: "200px" }}>
            <QuarterChart title={titleOf.kpi(kpiOf("csat"))} lines={ways} quarters={rules.quarters} scale={gameScale(kpiOf("csat"), [75])} width={right.width.value} height={200} />
          </div>
        </section>
      </div>
      {now.guesses.worth !== undefined && worth ? <WorthTable rows={worth} nameOf={moveOf} hinge={all?.hinge ?? null} /> : null}
      {all?.luck.length ? <Luck rows={all.luck} mine={mine} /> : null}
      {withBest.value && all?.best ? <Best of={all.best} nameOf={moveOf} total={points(rules, all.best)} /> : null}
      <div class="buttons">
        <button type="button" onClick={() => save(`ccsim-game-${now.seed}.csv`, asCsv(), "text/csv")}>
          {t("debrief.csv")}
        </button>
        <button type="button" class="go" onClick={() => confirm(t("play.giveup.sure")) && giveUp()}>
          {t("debrief.again")}
        </button>
      </div>
    </main>
  );
}

function WorthTable({ rows, nameOf, hinge }: { rows: Worth[]; nameOf: (name: string) => string; hinge: Hinge | null }) {
  const most = Math.max(...rows.map((row) => Math.abs(row.points)), 1);
  return (
    <section class="card" aria-labelledby="worth-title">
      <h2 id="worth-title">{t("debrief.table")}</h2>
      <p class="soft">{t("debrief.table.text")}</p>
      <ul class="worth">
        {rows.map((row) => (
          <li key={row.name}>
            <span>{nameOf(row.name)}</span>
            <span class="bar" aria-hidden="true">
              <i class={row.points >= 0 ? "up" : "down"} style={{ width: `${(50 * Math.abs(row.points)) / most}%`, marginLeft: row.points >= 0 ? "50%" : `${50 - (50 * Math.abs(row.points)) / most}%` }} />
            </span>
            <span class={`delta ${row.points > 0.5 ? "up" : row.points < -0.5 ? "down" : ""}`}>
              {row.points > 0.5 ? "▲ " : row.points < -0.5 ? "▼ " : ""}
              {number(row.points, 0, true)}
            </span>
          </li>
        ))}
      </ul>
      {hinge ? <p>{t(hinge.points >= 0 ? "debrief.hinge" : "debrief.hinge.against", { move: nameOf(hinge.name), n: hinge.quarter + 1, points: number(Math.abs(hinge.points), 0) })}</p> : null}
    </section>
  );
}

function Luck({ rows, mine }: { rows: { yours: number; nothing: number }[]; mine: number }) {
  const { ref, width } = useWidth(640);
  const ahead = rows.filter((row) => row.yours > row.nothing).length;
  const all = [...rows.flatMap((row) => [row.yours, row.nothing]), mine];
  const low = Math.min(...all) - 3;
  const high = Math.max(...all) + 3;
  const left = 110;
  const x = (value: number) => left + ((width.value - left - 16) * (value - low)) / (high - low);
  const lane = (values: number[], y: number, kind: string) => values.map((value, i) => <circle key={`${kind}${i}`} cx={x(value)} cy={y + (i % 3) * 6 - 6} r={4} class={`dot ${kind}`} fill-opacity="0.65" />);
  const middle = quantile(rows.map((row) => row.yours), 0.5);
  return (
    <section class="card" aria-labelledby="luck-title">
      <h2 id="luck-title">{t("debrief.luck")}</h2>
      <p role="status">{t("debrief.luck.told", { ahead, runs: rows.length, middle: number(middle, 0), mine: number(mine, 0) })}</p>
      <div ref={ref} style={{ minHeight: "120px" }}>
        <svg viewBox={`0 0 ${width.value} 120`} class="chart" role="img" aria-label={t("debrief.luck.told", { ahead, runs: rows.length, middle: number(middle, 0), mine: number(mine, 0) })}>
          <text x={0} y={36}>
            {t("debrief.you")}
          </text>
          <text x={0} y={80}>
            {t("line.base")}
          </text>
          <line x1={x(mine)} x2={x(mine)} y1={12} y2={54} class="look" />
          {lane(rows.map((row) => row.yours), 34, "run")}
          {lane(rows.map((row) => row.nothing), 78, "base")}
          <text x={left} y={114}>
            {number(low, 0)}
          </text>
          <text x={width.value - 16} y={114} text-anchor="end">
            {t("debrief.points", { n: number(high, 0) })}
          </text>
        </svg>
      </div>
      <p class="soft">{t("debrief.luck.text")}</p>
    </section>
  );
}

function Best({ of, nameOf, total }: { of: Played; nameOf: (name: string) => string; total: number }) {
  return (
    <section class="card" aria-labelledby="best-title">
      <h2 id="best-title">{t("debrief.best.title", { points: number(total, 0) })}</h2>
      <ol class="plan">
        {of.choices.map((choice, i) =>
          choice.start.length || choice.stop.length ? (
            <li key={i} value={i + 1}>
              {choice.start.map(nameOf).join(", ")}
              {choice.stop.length ? ` ${t("debrief.best.stops", { moves: choice.stop.map(nameOf).join(", ") })}` : ""}
            </li>
          ) : null,
        )}
      </ol>
      <p class="soft">{t("debrief.best.text")}</p>
    </section>
  );
}
