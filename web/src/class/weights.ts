/** What weights sum to, without the crumbs of binary fractions. */
export function sumOf(weights: Record<string, number>): number {
  return Math.round(1e6 * Object.values(weights).reduce((sum, weight) => sum + weight, 0)) / 1e6;
}
