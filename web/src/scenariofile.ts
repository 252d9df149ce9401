// A scenario file as this page reads it: what it extends, and plain values by table. Python's loader knows more; what is
// not known here is one message.
import { withDecisions, type Decision } from "./decisions";
import { readValue } from "./address";
import { BASELINE, type Model, type Plan, type Value, type Values } from "./model";
import { t } from "./words";

type Table = { [key: string]: string | number | boolean | Table | Table[] };

function wrong(line: number, why: string): never {
  throw new Error(t("toml.line", { line, why }));
}

function valueOf(text: string, line: number): string | number | boolean {
  const bare = text.trim();
  if (/^".*"$/s.test(bare)) {
    try {
      return JSON.parse(bare) as string;
    } catch {
      return wrong(line, bare.slice(0, 40));
    }
  }
  if (/^'[^']*'$/.test(bare)) return bare.slice(1, -1);
  if (bare === "true" || bare === "false") return bare === "true";
  const figure = Number(bare.replace(/(\d)_(?=\d)/g, "$1"));
  return bare !== "" && Number.isFinite(figure) ? figure : wrong(line, bare.slice(0, 40));
}

function keysOf(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|([\w-]+)/g)].flatMap(([, quoted, bare]) => (quoted ?? bare).split("."));
}

/** Read the part of TOML that scenario files use: tables, lists of tables, and one value a line. */
export function readToml(text: string): Table {
  const root: Table = {};
  let table = root;
  const into = (keys: string[], line: number): Table => {
    let at: Table = root;
    for (const key of keys) {
      const next = (at[key] ??= {});
      const last = Array.isArray(next) ? next[next.length - 1] : next;
      if (typeof last !== "object") return wrong(line, key);
      at = last;
    }
    return at;
  };
  text.split(/\r?\n/).forEach((raw, i) => {
    const line = i + 1;
    const bare = raw.trim();
    if (!bare || bare.startsWith("#")) return;
    const list = /^\[\[(.+)\]\]\s*(?:#.*)?$/.exec(bare);
    const head = /^\[([^[\]]+)\]\s*(?:#.*)?$/.exec(bare);
    if (list) {
      const keys = keysOf(list[1]);
      const above = into(keys.slice(0, -1), line);
      const rows = (above[keys[keys.length - 1]] ??= []) as Table[];
      if (!Array.isArray(rows)) wrong(line, list[1]);
      rows.push((table = {}));
    } else if (head) table = into(keysOf(head[1]), line);
    else {
      const found = /^((?:"[^"]*"|[\w.-]+)+)\s*=\s*("(?:[^"\\]|\\.)*"|'[^']*'|[^#]+?)\s*(?:#.*)?$/.exec(bare);
      if (!found) return wrong(line, bare.slice(0, 40));
      const keys = keysOf(found[1]);
      let at = table;
      for (const key of keys.slice(0, -1)) at = (at[key] ??= {}) as Table;
      at[keys[keys.length - 1]] = valueOf(found[2], line);
    }
  });
  return root;
}

function flat(table: Table, prefix = ""): [string, Value][] {
  return Object.entries(table).flatMap(([key, value]) =>
    typeof value === "object" ? flat(value as Table, `${prefix}${key}.`) : [[`${prefix}${key}`, value] as [string, Value]],
  );
}

/** The plan that a scenario file describes; whatever is wrong is one message. */
export function planOf(text: string, model: Model, seed: number, weeks: number): Plan {
  if (text.length > 200_000) throw new Error(t("toml.none"));
  const { title: _t, about: _a, extends: from = BASELINE, organisation = {}, assumptions = {}, levers = {}, schedule = [], ...rest } = readToml(text);
  const more = Object.keys(rest)[0];
  if (more) throw new Error(t("toml.unknown", { name: more }));
  if (typeof from !== "string" || !model.scenarios.has(from)) throw new Error(t("toml.extends", { name: String(from).slice(0, 40) }));
  const taken = (rows: [string, Value][]): Values => {
    const set: Values = {};
    for (const [key, value] of rows) {
      const read = readValue(key, String(value), model);
      if (read === null) throw new Error(t("toml.value", { name: `${key} = ${value}`.slice(0, 60) }));
      set[key] = read;
    }
    return set;
  };
  const set = taken([...flat(organisation as Table, "organisation."), ...flat(assumptions as Table), ...flat(levers as Table)]);
  const later: Decision[] = (schedule as Table[]).map((row) => {
    if (typeof row.week !== "number" || typeof row.set !== "object") throw new Error(t("toml.unknown", { name: "schedule.when" }));
    return { week: row.week, set: taken(flat(row.set as Table)) };
  });
  return withDecisions({ scenario: from, set, seed, weeks }, later);
}
