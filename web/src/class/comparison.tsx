// All games of a class side by side: their points with doing nothing and the best plan, true and reported satisfaction
// of the class, and how often each move was made.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { byQuarter, type Played } from "../game";
import { median } from "./medians";
import { gameScale } from "../pages/play";
import { QuarterChart, type QuarterLine } from "../quarters";
import { useWidth } from "../size";
import { quantile } from "../statistics";
import { engine, model, quiet } from "../store";
import { number, t, titleOf } from "../words";
import { pointsOf, pointsPlayed, type Common, type GameRow } from "./games";
import { wholeGame } from "./open_form";

interface Bounds {
  nothing: Played;
  best: Played | null;
}

export function Comparison({ common, rows }: { common: Common; rows: GameRow[] }) {
  const bounds = useSignal<Bounds | null>(null);
  const mark = JSON.stringify(common);
  useEffect(() => {
    const { best, rules } = wholeGame();
    const idle = Array.from({ length: common.terms.quarters || rules.quarters }, () => ({ start: [], stop: [] }));
    const play = (choices: typeof idle) => engine().game({ ...common, terms: { ...common.terms, predict: false }, choices, loose: true }, false);
    Promise.all([play(idle), best ? play(best as typeof idle) : null]).then(([nothing, found]) => (bounds.value = { nothing, best: found }), quiet);
  }, [mark]);
  if (!rows.length) return null;
  return (
    <div class="comparison">
      <Dots common={common} rows={rows} bounds={bounds.value} />
      <div class="pair">
        <Fan kpi="csat" title={t("compare.class.true")} rows={rows} bounds={bounds.value} common={common} />
        <Fan kpi="reported_csat" title={t("compare.class.reported")} rows={rows} bounds={null} common={common} />
      </div>
      <Moves rows={rows} />
    </div>
  );
}

function Dots({ common, rows, bounds }: { common: Common; rows: GameRow[]; bounds: Bounds | null }) {
  const { ref, width } = useWidth(640);
  const whole = wholeGame();
  const values = rows.map((row) => ({ name: row.name, value: pointsOf(whole, common, row.values) })).sort((a, b) => a.value - b.value);
  const lines = [
    ...(bounds ? [{ kind: "base", name: t("line.base"), value: pointsPlayed(whole, common, bounds.nothing) }] : []),
    ...(bounds?.best ? [{ kind: "pin", name: t("debrief.best"), value: pointsPlayed(whole, common, bounds.best) }] : []),
  ];
  const all = [...values.map((each) => each.value), ...lines.map((each) => each.value)];
  const [low, high] = [Math.min(...all) - 4, Math.max(...all) + 4];
  const x = (value: number) => 16 + ((width.value - 32) * (value - low)) / (high - low);
  // Dots that would hide one another are piled up.
  const piles = new Map<number, number>();
  const placed = values.map((each) => {
    const column = Math.round(x(each.value) / 10);
    const height = piles.get(column) ?? 0;
    piles.set(column, height + 1);
    return { ...each, x: column * 10, height };
  });
  const most = Math.max(0, ...piles.values());
  const step = Math.min(11, 110 / Math.max(1, most));
  const floor = 40 + Math.max(30, most * step);
  const middle = median(values.map((each) => each.value));
  const spoken = t("compare.class.spoken", { n: rows.length, low: number(values[0].value, 0), high: number(values[values.length - 1].value, 0), middle: number(middle, 0) });
  return (
    <section class="card" aria-labelledby="dots-title">
      <h2 id="dots-title">{t("compare.class.points")}</h2>
      <p class="soft">{spoken}</p>
      <div ref={ref}>
        <svg viewBox={`0 0 ${width.value} ${floor + 26}`} class="chart" role="img" aria-label={spoken}>
          <line x1={8} x2={width.value - 8} y1={floor + 8} y2={floor + 8} class="axis" />
          {lines.map((each, i) => (
            <g key={each.kind}>
              <line x1={x(each.value)} x2={x(each.value)} y1={18 + 14 * i} y2={floor + 8} class={`line ${each.kind}`} />
              <text x={x(each.value)} y={13 + 14 * i} text-anchor={x(each.value) > width.value * 0.7 ? "end" : x(each.value) < width.value * 0.3 ? "start" : "middle"} class={`end ${each.kind}`}>
                {each.name}: {number(each.value, 0)}
              </text>
            </g>
          ))}
          {placed.map((each, i) => (
            <circle key={i} cx={each.x} cy={floor - each.height * step} r={Math.min(4.5, step / 2 + 1)} class="dot run">
              <title>{`${each.name || t("rank.noname")}: ${number(each.value, 1)}`}</title>
            </circle>
          ))}
          <text x={8} y={floor + 24}>
            {number(low, 0)}
          </text>
          <text x={width.value - 8} y={floor + 24} text-anchor="end">
            {t("debrief.points", { n: number(high, 0) })}
          </text>
        </svg>
      </div>
    </section>
  );
}

function Fan({ kpi, title, rows, bounds, common }: { kpi: string; title: string; rows: GameRow[]; bounds: Bounds | null; common: Common }) {
  const { ref, width } = useWidth(520);
  const row = model.value!.kpis.get(kpi)!;
  const { rules } = wholeGame();
  const quarters = common.terms.quarters || rules.quarters;
  const at = (part: number) => Array.from({ length: quarters }, (_, i) => quantile(rows.map((each) => each.kpis[kpi]?.[i] ?? NaN), part));
  const lines: QuarterLine[] = [
    { key: "middle", kind: "run", name: t("compare.class.median"), values: at(0.5) },
    ...(rows.length > 2
      ? [
          { key: "low", kind: "said" as const, name: t("compare.class.low"), values: at(0.1) },
          { key: "high", kind: "said" as const, name: t("compare.class.high"), values: at(0.9) },
        ]
      : []),
    ...(bounds ? [{ key: "base", kind: "base" as const, name: t("line.base"), values: byQuarter(rules, bounds.nothing, kpi) }] : []),
  ];
  return (
    <section class="card" aria-label={title}>
      <h2>
        {title} <span class="soft">{titleOf.unit("of 100")}</span>
      </h2>
      <ul class="legend">
        <li>
          <i class="run" />
          {t("compare.class.median")}
        </li>
        {rows.length > 2 ? (
          <li>
            <i class="said" />
            {t("compare.class.range")}
          </li>
        ) : null}
        {bounds ? (
          <li>
            <i class="base" />
            {t("line.base")}
          </li>
        ) : null}
      </ul>
      <div ref={ref} style={{ minHeight: "190px" }}>
        <QuarterChart title={title} lines={lines} quarters={quarters} scale={gameScale(row, [75])} width={width.value} height={190} />
      </div>
    </section>
  );
}

/** How often each move was made, and when. Means of points with and without it are no effect, so they are not shown. */
function Moves({ rows }: { rows: GameRow[] }) {
  const made = wholeGame()
    .moves.map((move) => {
      const first = rows.map((row) => row.choices.findIndex((choice) => choice.start.includes(move.name))).filter((quarter) => quarter >= 0);
      return { move, count: first.length, when: median(first) + 1 };
    })
    .filter((row) => row.count)
    .sort((a, b) => b.count - a.count);
  if (!made.length) return null;
  return (
    <details class="card">
      <summary>{t("compare.class.moves")}</summary>
      <div class="scroll wide">
        <table>
          <thead>
            <tr>
              <th scope="col">{t("compare.class.move")}</th>
              <th scope="col">{t("compare.class.made")}</th>
              <th scope="col">{t("compare.class.when")}</th>
            </tr>
          </thead>
          <tbody>
            {made.map((row) => (
              <tr key={row.move.name}>
                <th scope="row">{titleOf.move(row.move)}</th>
                <td>{t("compare.class.of", { n: row.count, of: rows.length })}</td>
                <td>{number(row.when, 0)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="soft">{t("compare.class.note")}</p>
    </details>
  );
}
