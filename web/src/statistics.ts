import type { Kpi, Series } from "./model";

/** Weeks of a quarter, over which the level of a KPI is averaged. */
export const QUARTER = 13;

/** A KPI as it is drawn: its last value is the figure that `ccsim run` prints. */
export function drawn(kpi: Kpi, series: Series): Float64Array {
  const raw = series[kpi.key];
  if (!raw) return new Float64Array();
  if (kpi.aggregation === "last") return raw;
  const out = new Float64Array(raw.length);
  let sum = 0;
  for (let week = 0; week < raw.length; week++) {
    if (kpi.aggregation === "sum") {
      sum += raw[week];
      out[week] = sum;
      continue;
    }
    let total = 0;
    let count = 0;
    for (let back = Math.max(0, week - QUARTER + 1); back <= week; back++) {
      if (Number.isFinite(raw[back])) {
        total += raw[back];
        count++;
      }
    }
    out[week] = count ? total / count : NaN;
  }
  return out;
}

export function last(values: ArrayLike<number>): number {
  return values.length ? values[values.length - 1] : NaN;
}

/** The value below which a part of the sorted values lies, interpolated. */
export function quantile(values: number[], part: number): number {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  if (!sorted.length) return NaN;
  const place = (sorted.length - 1) * part;
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
}

export interface Band {
  low: Float64Array;
  high: Float64Array;
}

/** Where nine of ten runs lie, week by week. */
export function band(rows: Float64Array[]): Band | null {
  if (rows.length < 5) return null;
  const weeks = rows[0].length;
  const low = new Float64Array(weeks);
  const high = new Float64Array(weeks);
  for (let week = 0; week < weeks; week++) {
    const values = rows.map((row) => row[week]);
    low[week] = quantile(values, 0.05);
    high[week] = quantile(values, 0.95);
  }
  return { low, high };
}

export interface Interval {
  mean: number;
  /** Half of the 95 % interval of the mean. */
  half: number;
  runs: number;
  /** Two-sided p value of the paired t test. */
  p: number;
}

/** Mean of paired differences with its 95 % interval. */
export function interval(differences: number[]): Interval {
  const values = differences.filter(Number.isFinite);
  const runs = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / runs;
  if (runs < 2) return { mean, half: NaN, runs, p: NaN };
  const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / (runs - 1);
  const error = Math.sqrt(variance / runs);
  if (error === 0) return { mean, half: 0, runs, p: mean === 0 ? 1 : 0 };
  return { mean, half: error * tQuantile(runs - 1), runs, p: tTail(Math.abs(mean) / error, runs - 1) };
}

/** Holm's adjustment: which of several tests hold together at 5 %. */
export function holm(ps: number[]): boolean[] {
  const order = ps.map((_, i) => i).filter((i) => Number.isFinite(ps[i])).sort((a, b) => ps[a] - ps[b]);
  const held = ps.map(() => false);
  for (let rank = 0; rank < order.length; rank++) {
    if (!(ps[order[rank]] * (order.length - rank) < 0.05)) break;
    held[order[rank]] = true;
  }
  return held;
}

/** Two-sided tail of Student's t, by the incomplete beta function. */
export function tTail(t: number, freedom: number): number {
  return beta(freedom / (freedom + t * t), freedom / 2, 0.5);
}

/** The 97.5 % quantile of Student's t, by bisection. */
export function tQuantile(freedom: number): number {
  let low = 0;
  let high = 700;
  for (let i = 0; i < 80; i++) {
    const middle = (low + high) / 2;
    if (tTail(middle, freedom) > 0.05) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function logGamma(x: number): number {
  const c = [76.18009172947146, -86.50532032941677, 24.01409824083091, -1.231739572450155, 0.1208650973866179e-2, -0.5395239384953e-5];
  let y = x;
  let sum = 1.000000000190015;
  for (const each of c) sum += each / ++y;
  return Math.log((2.5066282746310005 * sum) / x) - (x + 5.5) + (x + 0.5) * Math.log(x + 5.5);
}

/** Regularised incomplete beta function, by its continued fraction (Lentz). */
function beta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - beta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(1 - x));
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1) || tiny);
  let h = d;
  for (let m = 1; m < 300; m++) {
    let numerator = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + numerator * d || tiny);
    c = 1 + numerator / c || tiny;
    h *= d * c;
    numerator = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + numerator * d || tiny);
    c = 1 + numerator / c || tiny;
    const change = d * c;
    h *= change;
    if (Math.abs(change - 1) < 1e-12) break;
  }
  return (front * h) / a;
}
