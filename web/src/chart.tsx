// Lines over the weeks, drawn as SVG: values stand at the end of their line, axes are sparse, a band is chance.
import { useSignal } from "@preact/signals";
import type { Band } from "./statistics";
import { number, t, type Scale } from "./words";

export interface Line {
  key: string;
  kind: "run" | "base" | "pin" | "extra";
  name: string;
  values: Float64Array;
  band?: Band | null;
}

export interface Mark {
  week: number;
  label: string;
}

interface Props {
  title: string;
  lines: Line[];
  scale: Scale;
  width: number;
  height: number;
  /** Week that is looked at, from 1; null for the end. */
  week?: number | null;
  /** Draw all weeks, with a line at the one that is looked at. */
  whole?: boolean;
  marks?: Mark[];
  small?: boolean;
  onWeek?: (week: number | null) => void;
}

/** First weeks, whose means are of few weeks yet, do not stretch the scale. */
const SETTLING = 10;

export function ticks(low: number, high: number, most: number): { values: number[]; decimals: number } {
  const span = high - low || 1;
  const power = 10 ** Math.floor(Math.log10(span / most));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => span / each <= most) ?? 10 * power;
  const values: number[] = [];
  for (let value = Math.ceil(low / step - 1e-9) * step; value <= high + step * 1e-9; value += step) values.push(value);
  return { values, decimals: Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) };
}

export function extent(lines: Line[], floor = 0): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const line of lines) {
    const from = line.values.length > SETTLING * 2 ? SETTLING : 0;
    for (const row of [line.values, line.band?.low, line.band?.high]) {
      if (!row) continue;
      for (let i = from; i < row.length; i++) {
        if (row[i] < low) low = row[i];
        if (row[i] > high) high = row[i];
      }
    }
  }
  if (!Number.isFinite(low)) return [0, 1];
  // A scale never shows less than a floor: chance must not look like drama.
  if (high - low < floor) {
    const middle = (low + high) / 2;
    return [middle - floor / 2, middle + floor / 2];
  }
  const margin = (high - low) * 0.08;
  return [low - margin, high + margin];
}

/** Smallest span of a scale, in the KPI's own unit. */
export function floorOf(scale: Scale): number {
  return scale.factor === 100 ? 0.05 : scale.factor === 1 && scale.decimals === 1 ? 4 : 0;
}

function path(values: ArrayLike<number>, x: (i: number) => number, y: (v: number) => number, until: number): string {
  let text = "";
  let pen = false;
  for (let i = 0; i < Math.min(values.length, until); i++) {
    if (!Number.isFinite(values[i])) {
      pen = false;
      continue;
    }
    text += `${pen ? "L" : "M"}${x(i).toFixed(1)} ${y(values[i]).toFixed(1)}`;
    pen = true;
  }
  return text;
}

function bandPath(band: Band, x: (i: number) => number, y: (v: number) => number, until: number): string {
  const end = Math.min(band.low.length, until);
  let there = "";
  let back = "";
  for (let i = 0; i < end; i++) {
    if (!Number.isFinite(band.low[i])) continue;
    there += `${there ? "L" : "M"}${x(i).toFixed(1)} ${y(band.high[i]).toFixed(1)}`;
    back = `L${x(i).toFixed(1)} ${y(band.low[i]).toFixed(1)}${back}`;
  }
  return there ? `${there}${back}Z` : "";
}

/** Keep labels at line ends apart. */
export function apart(places: number[], gap: number, low: number, high: number): number[] {
  const order = places.map((_, i) => i).sort((a, b) => places[a] - places[b]);
  const put = [...places];
  for (let i = 1; i < order.length; i++) {
    put[order[i]] = Math.max(put[order[i]], put[order[i - 1]] + gap);
  }
  const over = order.length ? put[order[order.length - 1]] - high : 0;
  if (over > 0) {
    put[order[order.length - 1]] -= over;
    for (let i = order.length - 2; i >= 0; i--) put[order[i]] = Math.min(put[order[i]], put[order[i + 1]] - gap);
  }
  return put.map((each) => Math.max(low, each));
}

export function Chart(props: Props) {
  const { lines, scale, width, height, small } = props;
  const hover = useSignal<number | null>(null);
  const weeks = Math.max(1, ...lines.map((line) => line.values.length));
  const [low, high] = extent(lines, floorOf(scale));
  const left = small ? 2 : 42;
  const right = small ? 4 : 64;
  const top = small ? 3 : 10;
  const bottom = small ? 3 : 26;
  const x = (i: number) => left + ((width - left - right) * i) / Math.max(1, weeks - 1);
  const y = (v: number) => {
    const place = top + (height - top - bottom) * (1 - (v - low) / (high - low));
    return Math.max(-height, Math.min(2 * height, place));
  };
  const until = props.whole ? weeks : (props.week ?? weeks);
  const look = hover.value ?? until;
  const order = ["base", "pin", "extra", "run"];
  const sorted = [...lines].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  const spoken = `${props.title}. ${lines
    .map((line) => `${line.name}: ${number((line.values[line.values.length - 1] ?? NaN) * scale.factor, scale.decimals)} ${scale.unit}`)
    .join("; ")}.`;

  const point = (event: PointerEvent) => {
    const box = (event.currentTarget as SVGElement).getBoundingClientRect();
    const place = ((event.clientX - box.left) / box.width) * width;
    const i = Math.round(((place - left) / (width - left - right)) * (weeks - 1));
    hover.value = i < 0 || i >= weeks ? null : i + 1;
  };

  const grid = small ? null : (
    <g class="grid">
      {ticks(low * scale.factor, high * scale.factor, 5).values.map((value, _, all) => {
        const place = y(value / scale.factor);
        const decimals = ticks(low * scale.factor, high * scale.factor, 5).decimals;
        return (
          <g key={value}>
            <line x1={left} x2={width - right} y1={place} y2={place} class={value === 0 && all[0] < 0 ? "zero" : ""} />
            <text x={left - 6} y={place + 4} text-anchor="end">
              {number(value, decimals)}
            </text>
          </g>
        );
      })}
      {timeTicks(weeks).map((tick) => (
        <text key={tick.week} x={x(tick.week - 1)} y={height - 6} text-anchor={tick.anchor}>
          {tick.text}
        </text>
      ))}
    </g>
  );

  const shown = sorted.filter((line) => Number.isFinite(line.values[look - 1]));
  const places = apart(
    shown.map((line) => y(line.values[look - 1]) + 4),
    15,
    top + 4,
    height - bottom + 2,
  );
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      class={small ? "chart small" : "chart"}
      role="img"
      aria-label={spoken}
      onPointerMove={small ? undefined : point}
      onPointerDown={small ? undefined : point}
      onPointerLeave={small ? undefined : () => (hover.value = null)}
    >
      {grid}
      {sorted.map((line) =>
        line.band ? <path key={`b${line.key}`} d={bandPath(line.band, x, y, until)} class={`band ${line.kind}`} /> : null,
      )}
      {(props.marks ?? []).map((mark) =>
        small ? null : (
          <g key={`${mark.week}${mark.label}`} class="mark">
            <line x1={x(mark.week)} x2={x(mark.week)} y1={top} y2={height - bottom} />
            <text x={x(mark.week) + 5} y={top + 8}>
              {mark.label}
            </text>
          </g>
        ),
      )}
      {sorted.map((line) => (
        <path key={line.key} d={path(line.values, x, y, until)} class={`line ${line.kind}`} />
      ))}
      {props.whole && props.week ? <line class="look" x1={x(props.week - 1)} x2={x(props.week - 1)} y1={top} y2={height - bottom} /> : null}
      {small || (look === weeks && hover.value === null) ? null : (
        <line class="look" x1={x(look - 1)} x2={x(look - 1)} y1={top} y2={height - bottom} />
      )}
      {small
        ? null
        : shown.map((line, i) => (
            <g key={`e${line.key}`}>
              <circle cx={x(look - 1)} cy={y(line.values[look - 1])} r={3} class={`dot ${line.kind}`} />
              <text x={width - right + 8} y={places[i]} class={`end ${line.kind}`}>
                {number(line.values[look - 1] * scale.factor, scale.decimals)}
              </text>
            </g>
          ))}
      {!small && hover.value !== null ? (
        <text class="at" x={Math.min(width - right - 4, Math.max(left + 60, x(look - 1)))} y={height - bottom - 6} text-anchor={look > weeks * 0.85 ? "end" : "middle"}>
          {t("week.of", { week: look, weeks })}
        </text>
      ) : null}
    </svg>
  );
}

function timeTicks(weeks: number): { week: number; text: string; anchor: "start" | "middle" | "end" }[] {
  const years = Math.floor(weeks / 52);
  const found: { week: number; text: string; anchor: "start" | "middle" | "end" }[] = [
    { week: 1, text: t("axis.now"), anchor: "start" },
  ];
  if (years < 1) {
    return [...found, { week: weeks, text: t("axis.week", { n: weeks }), anchor: "end" }];
  }
  const every = Math.ceil(years / 5);
  for (let year = every; year <= years; year += every) {
    const week = Math.min(weeks, year * 52);
    found.push({ week, text: t("axis.year", { n: year }), anchor: week > weeks - 8 ? "end" : "middle" });
  }
  return found;
}
