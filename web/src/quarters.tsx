// Lines by quarter, with rings for what was expected: the drawing of the game.
import { apart, ticks } from "./chart";
import { number, t, type Scale } from "./words";

export interface QuarterLine {
  key: string;
  kind: "run" | "base" | "pin" | "said";
  name: string;
  values: (number | null)[];
}

interface Props {
  title: string;
  lines: QuarterLine[];
  rings?: { quarter: number; value: number }[];
  quarters: number;
  scale: Scale;
  width: number;
  height: number;
}

export function QuarterChart({ title, lines, rings = [], quarters, scale, width, height }: Props) {
  const all = [...lines.flatMap((line) => line.values), ...rings.map((ring) => ring.value)].filter((value): value is number => value !== null && Number.isFinite(value));
  let low = Math.min(...all);
  let high = Math.max(...all);
  if (!all.length) [low, high] = [0, 1];
  const floor = scale.factor === 100 ? 0.06 : scale.decimals === 1 && scale.factor === 1 ? 6 : 0;
  const spare = Math.max((high - low) * 0.08, (floor - (high - low)) / 2, 1e-9);
  low -= spare;
  high += spare;
  const left = 46;
  const right = 58;
  const top = 8;
  const bottom = 24;
  const x = (quarter: number) => left + ((width - left - right) * quarter) / Math.max(1, quarters - 1);
  const y = (value: number) => top + (height - top - bottom) * (1 - (value - low) / (high - low));
  const marks = ticks(low * scale.factor, high * scale.factor, 4);
  const lastOf = (line: QuarterLine) => {
    let at = line.values.length - 1;
    while (at >= 0 && !Number.isFinite(line.values[at] ?? NaN)) at--;
    return at;
  };
  const ended = lines.map((line) => ({ line, at: lastOf(line) })).filter((row) => row.at >= 0);
  const places = apart(ended.map(({ line, at }) => y(line.values[at]!) + 4), 15, top + 4, height - bottom + 2);
  const spoken = ended.map(({ line, at }) => `${line.name}: ${number(line.values[at]! * scale.factor, scale.decimals)} ${scale.unit}`).join("; ");
  return (
    <svg viewBox={`0 0 ${width} ${height}`} class="chart" role="img" aria-label={`${title}. ${spoken}`}>
      <g class="grid">
        {marks.values.map((value) => (
          <g key={value}>
            <line x1={left} x2={width - right} y1={y(value / scale.factor)} y2={y(value / scale.factor)} />
            <text x={left - 6} y={y(value / scale.factor) + 4} text-anchor="end">
              {number(value, marks.decimals)}
            </text>
          </g>
        ))}
        {Array.from({ length: quarters }, (_, i) => i)
          .filter((i) => i === 0 || ((i + 1) % (quarters > 6 ? 4 : 3) === 0 && x(i) - x(0) > 80))
          .map((i) => (
            <text key={i} x={x(i)} y={height - 6} text-anchor={i === 0 ? "start" : i === quarters - 1 ? "end" : "middle"}>
              {i === 0 ? t("axis.quarter", { n: 1 }) : i + 1}
            </text>
          ))}
      </g>
      {[...lines].reverse().map((line) => {
        let path = "";
        let pen = false;
        line.values.forEach((value, i) => {
          if (value === null || !Number.isFinite(value)) {
            pen = false;
            return;
          }
          path += `${pen ? "L" : "M"}${x(i).toFixed(1)} ${y(value).toFixed(1)}`;
          pen = true;
        });
        return (
          <g key={line.key}>
            <path d={path} class={`line ${line.kind}`} />
            {line.kind === "run" ? line.values.map((value, i) => (value === null || !Number.isFinite(value) ? null : <circle key={i} cx={x(i)} cy={y(value)} r={3} class="dot run" />)) : null}
          </g>
        );
      })}
      {rings.map((ring) => (
        <circle key={ring.quarter} cx={x(ring.quarter)} cy={y(ring.value)} r={5.5} class="ring" />
      ))}
      {ended.map(({ line, at }, i) => (
        <text key={line.key} x={x(at) + 10} y={places[i]} class={`end ${line.kind}`}>
          {number(line.values[at]! * scale.factor, scale.decimals)}
        </text>
      ))}
    </svg>
  );
}
