// The debrief: three sentences made from this game, each guessed first; then reported beside true, luck or skill, the best plan.
import { signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { byQuarter, points, scored, without, type Choice, type Played } from "../game";
import { csvCell, save } from "../files";
import { gameModel, giveUp, match, played, type Match } from "../match";
import { HandedIn, KeepGame } from "../class/player";
import { QuarterChart, type QuarterLine } from "../quarters";
import { useWidth } from "../size";
import { quantile } from "../statistics";
import { engine, model, quiet } from "../store";
import { money, number, t, titleOf, type Word } from "../words";
import { type Parted, type Parting } from "../parting";
import { criterionWords, gameScale, Helps, Log } from "./play";

interface Worth {
  name: string;
  points: number;
}

/** The single choice whose change would have mattered most, and the first decision in the model that differs by it. */
interface Hinge extends Worth {
  quarter: number;
  without: Played;
  parted: Parted | null;
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
      starts.map(async (each) => {
        const other = await play(without(of.choices, each.name, each.quarter));
        return { ...each, without: other, parted: null, points: whole - points(rules, other) };
      }),
    );
    const hinge = hinges.sort((a, b) => Math.abs(b.points) - Math.abs(a.points))[0] ?? null;
    if (revealed.value?.of !== of) return;
    revealed.value = { ...revealed.value, hinge };
    if (hinge) {
      const game = (choices: Choice[]) => ({ scenario, seed, terms, choices, loose: true });
      const parted = await engine().part({ mine: game(of.choices), other: game(without(of.choices, hinge.name, hinge.quarter)) });
      if (revealed.value?.of !== of) return;
      revealed.value = { ...revealed.value, hinge: { ...hinge, parted } };
    }
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
  const bestShown = useSignal<Played | null>(null);
  const pair = useSignal("fcr");
  const left = useWidth(520);
  const right = useWidth(520);
  useEffect(() => {
    scrollTo(0, 0);
    if (revealed.value?.of !== of) {
      revealed.value = null;
      bestShown.value = null;
      void reveal(of, now);
    }
  }, [of]);
  const all = revealed.value?.of === of ? revealed.value : null;
  if (all?.best && !bestShown.value) bestShown.value = all.best;
  const mine = points(rules, of);
  const moveOf = (name: string) => titleOf.move(gameModel().moves.find((row) => row.name === name)!);
  const kpiOf = (name: string) => found.kpis.get(name)!;
  const figure = (name: string, value: number) => {
    const { unit } = kpiOf(name);
    if (unit.startsWith("EUR")) return `${value < 0 ? "−" : ""}${money(Math.abs(value))} ${titleOf.unit(unit.slice(3))}`;
    const scale = gameScale(kpiOf(name), [value]);
    return `${number(value * scale.factor, scale.decimals)}${scale.unit === "%" ? " %" : ""}`;
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
    { key: "reported", kind: "said", name: t("debrief.reported"), values: byQuarter(rules, of, said) },
  ];
  const ways: QuarterLine[] = [
    { key: "run", kind: "run", name: t("debrief.you"), values: byQuarter(rules, of, "csat") },
    ...(all ? [{ key: "base", kind: "base" as const, name: t("line.base"), values: byQuarter(rules, all.nothing, "csat") }] : []),
    ...(all?.best && withBest.value ? [{ key: "best", kind: "pin" as const, name: t("debrief.best"), values: byQuarter(rules, bestShown.value ?? all.best, "csat") }] : []),
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
      <HandedIn />
      <Helps />
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
              <i class="said" />
              {t("debrief.reported")}
            </li>
          </ul>
          <div ref={left.ref} style={{ minHeight: "200px" }}>
            <QuarterChart title={t("debrief.pair")} lines={pairLines} quarters={rules.quarters} scale={gameScale(kpiOf(truth), [lastOf(truth)])} width={left.width.value} height={200} />
          </div>
          <p class="soft">{t(pair.value === "fcr" ? "debrief.pair.fcr" : "debrief.pair.csat")}</p>
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
      {now.guesses.worth !== undefined && worth ? <WorthTable rows={worth} nameOf={moveOf} /> : null}
      {now.guesses.worth !== undefined && all?.hinge ? <HingeCard of={all.hinge} mine={of} nameOf={moveOf} /> : null}
      {all?.luck.length ? <Luck rows={all.luck} mine={mine} /> : null}
      {all?.best ? <Best first={all.best} shown={bestShown.value} show={(next) => (bestShown.value = next)} nameOf={moveOf} /> : null}
      {all ? <Score of={of} nothing={all.nothing} best={withBest.value ? bestShown.value : null} /> : null}
      <Log />
      <KeepGame />
      <div class="buttons">
        <button type="button" onClick={() => save(`ccsim-game-${now.seed}.csv`, asCsv(), "text/csv")}>
          {t("debrief.csv")}
        </button>
        <button type="button" onClick={() => save(`ccsim-game-${now.seed}-weeks.csv`, weeksCsv(now, of), "text/csv")}>
          {t("debrief.weeks")}
        </button>
        <button type="button" onClick={() => print()}>
          {t("debrief.print")}
        </button>
        <button type="button" class="go" onClick={() => confirm(t("play.giveup.sure")) && giveUp()}>
          {t("debrief.again")}
        </button>
      </div>
    </main>
  );
}

function WorthTable({ rows, nameOf }: { rows: Worth[]; nameOf: (name: string) => string }) {
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

/** The best plan with its moves, each of which can be switched off: what is left is played anew. */
function Best({ first, shown, show, nameOf }: { first: Played; shown: Played | null; show: (next: Played) => void; nameOf: (name: string) => string }) {
  const off = useSignal<string[]>([]);
  const busy = useSignal(false);
  const rules = gameModel().rules;
  const total = points(rules, first);
  const now = shown ?? first;
  const toggle = async (key: string, on: boolean) => {
    off.value = on ? off.value.filter((each) => each !== key) : [...off.value, key];
    const choices = first.choices.map((choice, quarter) => ({ ...choice, start: choice.start.filter((name) => !off.value.includes(`${quarter} ${name}`)) }));
    const { scenario, seed, terms } = match.value!;
    busy.value = true;
    try {
      show(await engine().game({ scenario, seed, terms, choices, loose: true }, true));
    } catch (error) {
      quiet(error);
    }
    busy.value = false;
  };
  return (
    <section class="card" aria-labelledby="best-title">
      <h2 id="best-title">{t("debrief.best.title", { points: number(total, 0) })}</h2>
      <p class="soft">{t("debrief.best.text")}</p>
      <ol class="plan">
        {first.choices.map((choice, i) =>
          choice.start.length || choice.stop.length ? (
            <li key={i} value={i + 1}>
              {choice.start.map((name) => (
                <label key={name} class="check">
                  <input type="checkbox" checked={!off.value.includes(`${i} ${name}`)} onChange={(event) => void toggle(`${i} ${name}`, event.currentTarget.checked)} />
                  {nameOf(name)}
                </label>
              ))}
              {choice.stop.length ? <span class="soft">{t("debrief.best.stops", { moves: choice.stop.map(nameOf).join(", ") })}</span> : null}
            </li>
          ) : null,
        )}
      </ol>
      <p role="status">{busy.value ? t("play.busy") : off.value.length ? t("debrief.best.less", { points: number(points(rules, now), 0), change: number(points(rules, now) - total, 0, true) }) : ""}</p>
    </section>
  );
}

export function departmentName(of: { department: number; front: boolean }): string {
  return t(of.front ? "people.front" : "people.back", { n: of.department + 1 });
}

const PARTED: Record<Exclude<Parting["kind"], "handling">, Word> = { convinced: "parting.convinced", left: "parting.left", joined: "parting.joined" };
const WAY: Record<string, Word> = {
  closed_fast: "way.fast", followed_script: "way.script", solved: "way.solved", handed_over: "way.handed", escalated: "way.escalated",
};

function partingWords(of: Parting): string {
  const where = departmentName(of);
  const who = of.person ? t("people.person", { n: of.person, where }) : where;
  if (of.kind !== "handling") return t(PARTED[of.kind], { week: of.week, who });
  if (of.more && of.less) return t("parting.instead", { week: of.week, who, more: t(WAY[of.more]), less: t(WAY[of.less]) });
  return t(of.more ? "parting.more" : "parting.less", { week: of.week, who, way: t(WAY[(of.more ?? of.less)!]) });
}

/** The hinge: with and without the one choice, told to the first decision that differs. */
function HingeCard({ of, mine, nameOf }: { of: Hinge; mine: Played; nameOf: (name: string) => string }) {
  const rules = gameModel().rules;
  const { ref, width } = useWidth(640);
  const kpi = model.value!.kpis.get("csat")!;
  const lines: QuarterLine[] = [
    { key: "run", kind: "run", name: t("debrief.you"), values: byQuarter(rules, mine, "csat") },
    { key: "without", kind: "pin", name: t("debrief.hinge.without"), values: byQuarter(rules, of.without, "csat") },
  ];
  const fill = { move: nameOf(of.name), n: of.quarter + 1, points: number(Math.abs(of.points), 0) };
  return (
    <section class="card hinge" aria-labelledby="hinge-title">
      <h2 id="hinge-title">{t("debrief.hinge.title")}</h2>
      <p>{t(of.points >= 0 ? "debrief.hinge" : "debrief.hinge.against", fill)}</p>
      <p role="status">
        {of.parted === null ? t("debrief.hinge.running") : of.parted.parting ? `${t("parting.same", { week: of.parted.parting.week })} ${partingWords(of.parted.parting)} ${t("parting.end", { share: number(100 * of.parted.touched, 0) })}` : t("parting.none")}
      </p>
      <ul class="legend">
        <li>
          <i class="run" />
          {t("debrief.you")}
        </li>
        <li>
          <i class="pin" />
          {t("debrief.hinge.without")}
        </li>
      </ul>
      <div ref={ref} style={{ minHeight: "170px" }}>
        <QuarterChart title={titleOf.kpi(kpi)} lines={lines} quarters={rules.quarters} scale={gameScale(kpi, [75])} width={width.value} height={170} />
      </div>
      <p class="soft">
        {titleOf.kpi(kpi)}, {titleOf.unit(kpi.unit)}
      </p>
    </section>
  );
}

/** How the points come about. */
function Score({ of, nothing, best }: { of: Played; nothing: Played; best: Played | null }) {
  const rules = gameModel().rules;
  const games = [of, nothing, ...(best ? [best] : [])];
  const share = (game: Played, row: (typeof rules.criterion)[number]) => (row.weight * (scored(rules, game, row.kpi) - row.zero)) / (row.hundred - row.zero);
  return (
    <section class="card" aria-labelledby="score-title">
      <h2 id="score-title">{t("debrief.score")}</h2>
      <div class="scroll wide" tabIndex={0} role="region" aria-label={t("debrief.score.what")}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("debrief.score.what")}</th>
              <th scope="col">{t("debrief.you")}</th>
              <th scope="col">{t("line.base")}</th>
              {best ? <th scope="col">{t("debrief.best")}</th> : null}
            </tr>
          </thead>
          <tbody>
            {rules.criterion.map((row) => (
              <tr key={row.kpi}>
                <th scope="row">{criterionWords(row)}</th>
                {games.map((game, i) => (
                  <td key={i}>{number(share(game, row), 1)}</td>
                ))}
              </tr>
            ))}
            <tr>
              <th scope="row">
                <b>{t("debrief.score.sum")}</b>
              </th>
              {games.map((game, i) => (
                <td key={i}>
                  <b>{number(points(rules, game), 1)}</b>
                </td>
              ))}
            </tr>
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** Every figure of every week, headed by what is needed to work out the points again. */
function weeksCsv(now: Match, of: Played): string {
  const rules = gameModel().rules;
  const names = Object.keys(of.kpis);
  const head = [
    `# game on ${now.scenario}, seed ${now.seed}; profit and cost after what the moves cost`,
    ...rules.criterion.map((row) => `# criterion ${row.kpi}: weight ${row.weight}, no points at ${row.zero}, full points at ${row.hundred}`),
    ["week", "quarter", "started", "stopped", ...names].join(","),
  ];
  const sign: Record<string, number> = { profit: -1, cost: 1 };
  const rows = of.quarters.flatMap((booked, quarter) =>
    Array.from({ length: rules.weeks }, (_, i) => {
      const week = quarter * rules.weeks + i;
      const choice = i ? { start: [], stop: [] } : of.choices[quarter];
      const figures = names.map((name) => {
        const value = of.kpis[name][week] + ((sign[name] ?? 0) * booked.booked) / rules.weeks;
        return Number.isFinite(value) ? value : "";
      });
      return [week + 1, quarter + 1, csvCell(choice.start.join(" ")), csvCell(choice.stop.join(" ")), ...figures].join(",");
    }),
  );
  return `${[...head, ...rows].join("\n")}\n`;
}
