// Levers: a name, a value with its unit, a slider. Help, source and key wait behind a press.
import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import type { Parameter, Plan } from "./model";
import needsOf from "./needs.json";
import { decideAfter, leverNow, model, plan, setLever } from "./store";
import { decimalsOf, isWeight, leverText, number, readLever, t, titleOf } from "./words";

/** Levers that a visitor meets first. */
export const FIRST_LEVERS = [
  "programme.budget",
  "programme.top_down_share",
  "empowerment.rights",
  "staff_scorecard.journey",
  "empowerment.blame",
  "champions.count",
  "champions.hours",
];

interface Need {
  lever: string;
  above?: number;
  below?: number;
}

const NEEDS = needsOf as Record<string, Need[]>;

/** What a lever needs before it does anything, in words; empty if it acts. */
export function missing(of: Plan, key: string): string {
  const found = model.value!;
  const open = (NEEDS[key] ?? []).filter((need) => {
    const value = found.index(need.lever, leverNow(need.lever));
    return need.above !== undefined ? !(value > need.above) : !(value < need.below!);
  });
  if (!open.length) return "";
  const need = open[0];
  const row = found.parameters.get(need.lever)!;
  const fill = { lever: titleOf.lever(row), value: leverText(row, need.above ?? need.below!) };
  return t(need.above !== undefined ? "need.above" : "need.below", fill);
}

/** Levers in view: the first ones, then what the plan changes. */
export function leversInView(of: Plan): string[] {
  const found = model.value!;
  const scheduled = Object.keys(found.scenarios.get(of.scenario)?.values ?? {});
  const changed = [...scheduled, ...found.changed(of)];
  const first = [...found.ownLevers(), ...FIRST_LEVERS.filter((key) => found.parameters.has(key))];
  const more = changed.filter((key) => !first.includes(key) && found.parameters.has(key));
  return [...first, ...new Set(more)];
}

function groupShare(of: Plan, row: Parameter): string {
  if (!isWeight(row)) return "";
  const found = model.value!;
  const purse = ["communication", "training", "coaching"];
  const name = row.key.split(".")[1];
  const rows = found.levers().filter((each) => {
    if (each.group !== row.group || !isWeight(each)) return false;
    return row.group !== "programme" || purse.includes(each.key.split(".")[1]) === purse.includes(name);
  });
  const sum = rows.reduce((total, each) => total + found.number(of, each.key), 0);
  if (!(sum > 0)) return "";
  return t("lever.part", { share: number((100 * found.number(of, row.key)) / sum, 0) });
}

export function Lever({ name }: { name: string }) {
  const found = model.value!;
  const row = found.parameters.get(name)!;
  const of = plan.value;
  const value = leverNow(name);
  const open = useSignal(false);
  const wrong = useSignal<string | null>(null);
  const typed = useSignal<string | null>(null);
  const id = useId();
  const need = missing(of, name);
  const after = decideAfter.value;
  const changed = after === null ? found.changed(of).includes(name) : (of.later ?? []).some((each) => each.week === after && name in each.set);
  const title = titleOf.lever(row);

  const take = (text: string) => {
    const figure = readLever(row, text);
    const least = row.least ?? row.low;
    const most = row.most ?? row.high;
    if (figure === null || figure < least || figure > most || (row.kind === "int" && figure % 1)) {
      wrong.value = t("lever.wrong", { low: leverText(row, row.low), high: leverText(row, row.high) });
      return;
    }
    wrong.value = null;
    typed.value = null;
    setLever(name, figure);
  };

  const control = row.options.length ? (
    <select
      id={id}
      value={typeof value === "number" ? row.options[value] : String(value)}
      onChange={(event) => setLever(name, event.currentTarget.value)}
    >
      {row.options.map((option) => (
        <option key={option} value={option}>
          {titleOf.option(row, option)}
        </option>
      ))}
    </select>
  ) : row.kind === "bool" ? (
    <input
      id={id}
      type="checkbox"
      class="switch"
      checked={Boolean(found.index(name, value))}
      onChange={(event) => setLever(name, event.currentTarget.checked)}
    />
  ) : (
    <input
      id={id}
      type="range"
      min={row.low}
      max={row.high}
      step={row.step}
      value={Number(value)}
      aria-valuetext={leverText(row, value)}
      aria-describedby={need ? `${id}n` : undefined}
      style={{ "--part": `${Math.max(0, Math.min(100, (100 * (Number(value) - row.low)) / (row.high - row.low || 1)))}%` }}
      onInput={(event) => setLever(name, Number(Number(event.currentTarget.value).toFixed(decimalsOf(row.step) + 2)))}
    />
  );

  return (
    <div class={`lever${need ? " off" : ""}${changed ? " changed" : ""}`}>
      <div class="head">
        <label for={id}>{title}</label>
        {row.kind === "bool" || row.options.length ? null : (
          <input
            class="value"
            type="text"
            inputMode="decimal"
            aria-label={t("lever.type", { lever: title })}
            value={typed.value ?? leverText(row, value)}
            size={Math.max(3, (typed.value ?? leverText(row, value)).length)}
            onFocus={(event) => event.currentTarget.select()}
            onInput={(event) => (typed.value = event.currentTarget.value)}
            onChange={(event) => take(event.currentTarget.value)}
            onBlur={() => {
              if (!wrong.value) typed.value = null;
            }}
          />
        )}
        <button
          type="button"
          class="info"
          aria-expanded={open.value}
          aria-label={t("lever.about", { lever: title })}
          onClick={() => (open.value = !open.value)}
        >
          i
        </button>
      </div>
      {control}
      {wrong.value ? (
        <p class="wrong" role="alert">
          {wrong.value}
        </p>
      ) : null}
      {need ? (
        <p class="need" id={`${id}n`}>
          {need}
        </p>
      ) : null}
      {open.value ? (
        <div class="more">
          <p>{capital(titleOf.leverHelp(row))}.</p>
          {groupShare(of, row) ? <p>{groupShare(of, row)}</p> : null}
          <p>
            {row.options.length || row.kind === "bool"
              ? t("lever.usual", { usual: leverText(row, row.default) })
              : t("lever.range", { low: leverText(row, row.low), high: leverText(row, row.high), usual: leverText(row, row.default) })}
          </p>
          <p>
            {t("lever.source", { source: row.source === "assumed" ? t("lever.assumed") : row.source })} <code>{row.key}</code>
          </p>
          {changed ? (
            <button type="button" class="link" onClick={() => setLever(name, found.preset(of.scenario, name))}>
              {t("lever.back", { value: leverText(row, found.preset(of.scenario, name)) })}
            </button>
          ) : null}
        </div>
      ) : null}
    </div>
  );
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Every lever by group, with a search over names, help and keys. */
export function AllLevers() {
  const sought = useSignal("");
  const found = model.value!;
  const words = sought.value.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = [...found.levers(), ...found.sizes()].filter((row) => {
    const text = `${titleOf.lever(row)} ${titleOf.leverHelp(row)} ${titleOf.group(row.group)} ${row.key}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const groups = [...new Set(rows.map((row) => row.group))];
  return (
    <div class="all">
      <input
        type="search"
        class="search"
        aria-label={t("levers.search")}
        placeholder={t("levers.search")}
        value={sought.value}
        onInput={(event) => (sought.value = event.currentTarget.value)}
      />
      <p class="soft" role="status">
        {rows.length ? t("levers.found", { n: rows.length }) : t("levers.none")}
      </p>
      {groups.map((group) => (
        <section key={group}>
          <h3>{titleOf.group(group)}</h3>
          {rows
            .filter((row) => row.group === group)
            .map((row) => (
              <Lever key={row.key} name={row.key} />
            ))}
        </section>
      ))}
    </div>
  );
}
