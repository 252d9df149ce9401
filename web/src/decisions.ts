// Decisions in mid-run: levers that a plan sets from a later week on. The engine takes them as moves of the scenario.
import type { EngineModel, RunRequest } from "./engine";
import type { Model, Plan, Value, Values } from "./model";

/** Levers set after `week` weeks have been lived, from the next week on. */
export interface Decision {
  week: number;
  set: Values;
}

/** A plan as the engine takes it. */
export function asked(model: EngineModel, plan: Plan): RunRequest {
  const { later, ...request } = plan;
  if (!later?.length) return request;
  const scenario = model.scenarios.find((row) => row.key === plan.scenario);
  if (!scenario) return request;
  const moves = later.map(({ week, set }) => ({ week, when: null, tree: null, after: 0, label: "", set }));
  return { ...request, scenario: { ...scenario, schedule: [...scenario.schedule, ...moves] } };
}

/** The value that a plan gives a lever after some weeks. */
export function valueAfter(model: Model, plan: Plan, key: string, week: number): Value {
  let value = model.value(plan, key);
  for (const decision of plan.later ?? []) if (decision.week <= week && key in decision.set) value = decision.set[key];
  return value;
}

/** The plan with one more decision; setting a lever to what it is anyway takes the decision back. */
export function decide(model: Model, plan: Plan, week: number, key: string, value: Value): Plan {
  const others = (plan.later ?? []).map((each) => (each.week === week ? { week, set: { ...each.set } } : each));
  let mine = others.find((each) => each.week === week);
  if (!mine) others.push((mine = { week, set: {} }));
  delete mine.set[key];
  const bare = { ...plan, later: others };
  if (model.index(key, value) !== model.index(key, valueAfter(model, bare, key, week))) mine.set[key] = value;
  return withDecisions(plan, others);
}

/** The plan with these decisions, the early ones first; empty ones are left out. */
export function withDecisions(plan: Plan, decisions: Decision[]): Plan {
  const { later: _, ...rest } = plan;
  const kept = decisions.filter((each) => Object.keys(each.set).length && each.week < plan.weeks).sort((a, b) => a.week - b.week);
  return kept.length ? { ...rest, later: kept } : rest;
}
