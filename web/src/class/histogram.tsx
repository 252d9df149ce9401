// Predictions of a class as a histogram that fills as they come; what came falls into it when the lecturer reveals it.
import { ticks } from "../chart";
import { median } from "./medians";
import { useWidth } from "../size";
import { number, t, type Scale } from "../words";

interface Props {
  title: string;
  expected: number[];
  came: number[] | null;
  span: [number, number, number];
  scale: Scale;
  height: number;
}

const BINS = 20;

/** Bins that hold all values, of a width that reads well: they stay where they are while predictions come. */
export function binsOf(span: [number, number, number], values: number[]): { low: number; width: number; count: number } {
  let [low, high] = span;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const raw = (span[1] - span[0]) / BINS;
  const size = 10 ** Math.floor(Math.log10(raw));
  const width = size * ([1, 2, 2.5, 5, 10].find((step) => step * size >= raw * 0.999) ?? 10);
  const first = Math.floor(low / width + 1e-9) * width;
  return { low: first, width, count: Math.min(200, Math.max(1, Math.floor((high - first) / width + 1e-9) + 1)) };
}

export function counted(values: number[], bins: { low: number; width: number; count: number }): number[] {
  const found = new Array<number>(bins.count).fill(0);
  for (const value of values) found[Math.min(bins.count - 1, Math.max(0, Math.floor((value - bins.low) / bins.width + 1e-9)))]++;
  return found;
}

export function Histogram({ title, expected, came, span, scale, height }: Props) {
  const { ref, width } = useWidth(620);
  const bins = binsOf(span, [...expected, ...(came ?? [])]);
  const up = counted(expected, bins);
  const down = came ? counted(came, bins) : null;
  const most = Math.max(4, ...up, ...(down ?? []));
  const [left, right, top, bottom] = [34, 12, 10, 28];
  // Predictions stand on the line; what came hangs from it, so that one can be held against the other.
  const tall = height - top - bottom;
  const line = top + (down ? tall / 2 : tall);
  const unit = (down ? tall / 2 : tall) / most;
  const x = (value: number) => left + ((width.value - left - right) * (value - bins.low)) / (bins.width * bins.count);
  const marks = ticks(bins.low * scale.factor, (bins.low + bins.width * bins.count) * scale.factor, 7);
  const levels = ticks(0, most, down ? 2 : 4).values.filter((value) => Number.isInteger(value));
  const bar = x(bins.low + bins.width) - x(bins.low);
  const middle = (values: number[]) => `${number(median(values) * scale.factor, scale.decimals)} ${scale.unit}`;
  const spoken = [
    expected.length ? t("screen.spoken.expected", { n: expected.length, middle: middle(expected) }) : t("screen.nothing"),
    came?.length ? t("screen.spoken.came", { n: came.length, middle: middle(came) }) : "",
  ].join(" ");
  return (
    <div ref={ref} style={{ minHeight: `${height}px` }}>
      <svg viewBox={`0 0 ${width.value} ${height}`} class="chart histogram" role="img" aria-label={`${title}. ${spoken}`}>
        <g class="grid">
          {levels.flatMap((value) => (down && value ? [value, -value] : [value])).map((value) => (
            <g key={value}>
              <line x1={left} x2={width.value - right} y1={line - value * unit} y2={line - value * unit} class={value ? "" : "zero"} />
              <text x={left - 6} y={line - value * unit + 5} text-anchor="end">
                {number(Math.abs(value), 0)}
              </text>
            </g>
          ))}
          {marks.values.map((value) => (
            <text key={value} x={x(value / scale.factor)} y={height - 8} text-anchor="middle">
              {number(value, marks.decimals)}
            </text>
          ))}
        </g>
        {up.map((count, i) => (count ? <rect key={`up${i}`} class="bin expected" x={x(bins.low + i * bins.width) + 1} width={Math.max(1, bar - 2)} y={line - count * unit} height={count * unit} /> : null))}
        {down?.map((count, i) => (count ? <rect key={`down${i}`} class="bin came" x={x(bins.low + i * bins.width) + 1} width={Math.max(1, bar - 2)} y={line} height={count * unit} /> : null))}
        {expected.length > 1 ? <line class="middle expected" x1={x(median(expected))} x2={x(median(expected))} y1={top} y2={line} /> : null}
        {came && came.length > 1 ? <line class="middle came" x1={x(median(came))} x2={x(median(came))} y1={line} y2={height - bottom} /> : null}
      </svg>
    </div>
  );
}
