// Formulas of KPIs and conditions, as Python exports them: the same operations on doubles, in the same order.
import type { Tree } from "./types";

export type Operand = number | Float64Array;

type Two = (a: number, b: number) => number;

const ARITHMETIC: Record<string, Two> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
};
const COMPARISONS: Record<string, (a: number, b: number) => boolean> = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

export interface Scope {
  value(name: string): Operand;
  call(name: string, argument: Operand): Operand;
}

/** The value of arithmetic; series are combined week by week. */
export function evaluate(tree: Tree, scope: Scope): Operand {
  if (typeof tree === "number") return tree;
  if (typeof tree === "string") return scope.value(tree);
  const [operation, ...parts] = tree as [string, ...Tree[]];
  if (operation === "call") return scope.call(parts[0] as string, evaluate(parts[1], scope));
  const a = evaluate(parts[0], scope);
  if (operation === "negative") return typeof a === "number" ? -a : a.map((x) => -x);
  const b = evaluate(parts[1], scope);
  const two = ARITHMETIC[operation];
  if (!two) throw new Error(`a formula has the unknown operation ${operation}`);
  if (typeof a === "number" && typeof b === "number") return operation === "/" && b === 0 ? a * NaN : two(a, b);
  if (typeof a === "number") return (b as Float64Array).map((x) => two(a, x));
  if (typeof b === "number") return a.map((x) => two(x, b));
  return a.map((x, week) => two(x, b[week]));
}

/** Whether a condition holds; no comparison with NaN is true. */
export function holds(tree: Tree, scope: Scope): boolean {
  const [operation, ...parts] = tree as [string, ...unknown[]];
  if (operation === "and") return (parts as Tree[]).every((part) => holds(part, scope));
  if (operation === "or") return (parts as Tree[]).some((part) => holds(part, scope));
  if (operation === "not") return !holds(parts[0] as Tree, scope);
  const [signs, ...terms] = parts as [string[], ...Tree[]];
  const values = terms.map((term) => evaluate(term, scope) as number);
  return signs.every((sign, place) => COMPARISONS[sign](values[place], values[place + 1]));
}
