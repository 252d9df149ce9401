// Differences with their intervals: one row a scenario, nought marked.
import { ticks } from "./chart";
import type { Interval } from "./statistics";
import { number, type Scale } from "./words";

export interface WhiskerRow {
  key: string;
  name: string;
  interval: Interval;
  /** Better: 1, worse: -1, neither or chance: 0. */
  side: number;
  sure: boolean;
  on: boolean;
}

/** A name in as many lines as the width asks for: nothing is cut. */
function wrapped(name: string, most: number): string[] {
  const lines: string[] = [];
  for (const word of name.split(" ")) {
    const last = lines[lines.length - 1];
    if (last !== undefined && last.length + 1 + word.length <= most) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

export function Whiskers({ rows, scale, width, label }: { rows: WhiskerRow[]; scale: Scale; width: number; label: string }) {
  const step = 46;
  const top = 6;
  const names = rows.map((row) => wrapped(row.name, Math.max(12, Math.floor((width - 24) / 7.6))));
  const starts: number[] = [];
  let end = top;
  for (const lines of names) {
    starts.push(end);
    end += step + 16 * (lines.length - 1);
  }
  const height = end + 26;
  const left = 10;
  const right = 76;
  const ends = rows.flatMap((row) => [row.interval.mean - row.interval.half, row.interval.mean + row.interval.half]).filter(Number.isFinite);
  let low = Math.min(0, ...ends) * scale.factor;
  let high = Math.max(0, ...ends) * scale.factor;
  const margin = (high - low || 1) * 0.06;
  low -= margin;
  high += margin;
  const x = (value: number) => left + ((width - left - right) * (value - low)) / (high - low);
  const marks = ticks(low, high, 6);
  const spoken = rows.map((row) => `${row.name}: ${number(row.interval.mean * scale.factor, scale.decimals, true)}`).join("; ");
  return (
    <svg viewBox={`0 0 ${width} ${height}`} class="chart whiskers" role="img" aria-label={`${label}. ${spoken}`}>
      <g class="grid">
        {marks.values.map((value) => (
          <g key={value}>
            <line x1={x(value)} x2={x(value)} y1={top} y2={height - 24} class={Math.abs(value) < 1e-9 ? "zero" : ""} />
            <text x={x(value)} y={height - 8} text-anchor="middle">
              {number(value, marks.decimals, true)}
            </text>
          </g>
        ))}
      </g>
      {rows.map((row, i) => {
        const y = starts[i] + 32 + 16 * (names[i].length - 1);
        const mean = row.interval.mean * scale.factor;
        const half = row.interval.half * scale.factor;
        const kind = row.side > 0 ? "up" : row.side < 0 ? "down" : "even";
        return (
          <g key={row.key} class={`whisker ${kind}`}>
            {names[i].map((line, at) => (
              <text key={at} x={left} y={starts[i] + 18 + 16 * at} class={row.on ? "name on" : "name"}>
                {line}
              </text>
            ))}
            <line x1={x(0)} x2={x(mean)} y1={y} y2={y} class="stem" />
            <line x1={x(mean - half)} x2={x(mean + half)} y1={y} y2={y} class="reach" />
            <circle cx={x(mean)} cy={y} r={5} />
            <text x={width - right + 12} y={y + 4} class="value">
              {row.side ? (mean > 0 ? "▲ " : "▼ ") : ""}
              {number(mean, scale.decimals, true)}
            </text>
          </g>
        );
      })}
    </svg>
  );
}
