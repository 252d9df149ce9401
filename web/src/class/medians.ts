import { quantile } from "../statistics";

export function median(values: number[]): number {
  return quantile(values, 0.5);
}
