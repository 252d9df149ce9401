// All words that a visitor reads come from the catalogues in `words/`; numbers follow the language's habits.
import { signal } from "@preact/signals";
import type { Comparison, Kpi, Parameter, Scenario, Value } from "./model";
import de from "./words/de.json";
import en from "./words/en.json";
import modelDe from "./words/model.de.json";
import modelEn from "./words/model.en.json";

export type Word = keyof typeof en;
export type Language = "en" | "de";

const CATALOGUES: Record<Language, Record<Word, string>> = { en, de };
const MODEL: Record<Language, Record<string, string>> = { en: modelEn, de: modelDe };

export const language = signal<Language>("en");

export const english: Record<string, string> = en;

/** A text of the catalogue, its `{names}` filled in. */
export function t(word: Word, fill: Record<string, string | number> = {}): string {
  const text = CATALOGUES[language.value][word] ?? en[word] ?? word;
  return text.replace(/\{(\w+)\}/g, (_, name) => String(fill[name] ?? ""));
}

/** A text about the model: the catalogue's, else the declaration's own. */
export function m(key: string, otherwise: string): string {
  return MODEL[language.value][key] ?? otherwise;
}

export const titleOf = {
  lever: (row: Parameter) => m(`lever.${row.key}`, row.title),
  leverHelp: (row: Parameter) => m(`help.${row.key}`, row.help),
  group: (group: string) => m(`group.${group}`, group.replace(/_/g, " ")),
  kpi: (row: Kpi) => m(`kpi.${row.key}`, row.title),
  kpiHelp: (row: Kpi) => m(`kpihelp.${row.key}`, row.help ?? ""),
  scenario: (row: Scenario) => m(`scenario.${row.key}`, row.title),
  scenarioHelp: (row: Scenario) => m(`about.${row.key}`, row.description),
  comparison: (row: Comparison) => m(`comparison.${row.key}`, row.title),
  question: (row: Comparison) => m(`question.${row.key}`, row.question),
  option: (row: Parameter, option: string) => m(`option.${row.key}.${option}`, option),
  unit: (unit: string) => m(`unit.${unit}`, unit),
  event: (label: string) => m(`event.${label}`, label),
  move: (row: { name: string; title: string }) => m(`move.${row.name}`, row.title),
  moveAbout: (row: { name: string; about: string }) => m(`moveabout.${row.name}`, row.about),
  moveGroup: (group: string) => m(`movegroup.${group}`, group),
  happening: (row: { name: string; title: string }) => m(`happening.${row.name}`, row.title),
  happeningAbout: (row: { name: string; about: string }) => m(`happeningabout.${row.name}`, row.about),
  brief: (brief: string) => m("brief", brief),
  reflection: (after: number, place: number, ask: string) => m(`reflection.${after}.${place}`, ask),
};

const SHARES = ["share", "probability"];

export function number(value: number, decimals: number, sign = false): string {
  if (!Number.isFinite(value)) return "–";
  const zero = Math.abs(value) < 0.5 * 10 ** -decimals;
  return (zero ? 0 : value).toLocaleString(language.value === "de" ? "de-DE" : "en-GB", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
    signDisplay: sign ? "exceptZero" : "auto",
  }).replace("-", "−");
}

/** A number without needless noughts. */
export function trimmed(value: number, most: number): string {
  return value.toLocaleString(language.value === "de" ? "de-DE" : "en-GB", { maximumFractionDigits: most }).replace("-", "−");
}

/** How a KPI is written: values are multiplied by `factor`; `unit` stands beside the title. */
export interface Scale {
  factor: number;
  unit: string;
  decimals: number;
}

export function scaleOf(kpi: Kpi, largest: number): Scale {
  const unit = kpi.aggregation === "sum" ? kpi.unit.replace("/week", "") : kpi.unit;
  if (SHARES.includes(unit) || unit.startsWith("share/")) {
    return { factor: 100, unit: unit === "share" || unit === "probability" ? "%" : titleOf.unit(unit), decimals: 1 };
  }
  if (unit.startsWith("EUR")) {
    const size = Math.abs(largest);
    const per = unit.slice(3) ? ` ${titleOf.unit(unit.slice(3))}` : "";
    if (size >= 1e6) return { factor: 1e-6, unit: t("unit.million") + per, decimals: 2 };
    if (size >= 1e4) return { factor: 1e-3, unit: t("unit.thousand") + per, decimals: 0 };
    return { factor: 1, unit: "€" + per, decimals: size >= 100 ? 0 : 2 };
  }
  const size = Math.abs(largest);
  return { factor: 1, unit: titleOf.unit(unit), decimals: size >= 1000 ? 0 : size >= 10 ? 1 : 2 };
}

/** An amount of money in words: "€317,000". */
export function money(value: number): string {
  const size = Math.abs(value);
  const [shownValue, word] =
    size >= 1e6 ? [number(size / 1e6, 2), t("unit.million")] : [number(Math.round(size / 1000) * 1000, 0), "€"];
  if (word === "€") return language.value === "de" ? `${shownValue} €` : `€${shownValue}`;
  return language.value === "de" ? `${shownValue} Mio. €` : `€${shownValue} million`;
}

export function decimalsOf(step: number): number {
  return Math.max(0, Math.min(4, -Math.floor(Math.log10(step) + 1e-9)));
}

/** Whether a lever counts relative to the sum of its group. */
export function isWeight(row: Parameter): boolean {
  return row.unit === "weight" || (row.unit === "" && row.kind === "float" && !row.options.length);
}

/** A lever's value with its unit, as it stands beside the slider. */
export function leverText(row: Parameter, value: Value): string {
  if (row.options.length) return titleOf.option(row, typeof value === "number" ? row.options[value] : String(value));
  if (row.kind === "bool") return t(value && value !== "false" ? "lever.on" : "lever.off");
  const figure = Number(value);
  if (SHARES.includes(row.unit)) return `${trimmed(figure * 100, 4)} %`;
  if (row.unit.startsWith("EUR")) {
    const text = trimmed(figure, 2);
    const per = row.unit.slice(3) ? ` ${titleOf.unit(row.unit.slice(3))}` : "";
    return (language.value === "de" ? `${text} €` : `€${text}`) + per;
  }
  const text = isWeight(row) ? number(figure, 2) : trimmed(figure, 4);
  if (["weight", "factor", "ratio", "", "on/off", "step"].includes(row.unit)) return text;
  return `${text} ${titleOf.unit(row.unit)}`;
}

/** Read what was typed for a lever; null if it is no number. */
export function readLever(row: Parameter, typed: string): number | null {
  // A number, then perhaps the unit, which has no digits.
  const found = typed.replace(/[\s €%']/g, "").replace("−", "-").match(/^(-?[\d.,]+(?:e[+-]?\d+)?)\D*$/i);
  if (!found) return null;
  const text = language.value === "de" ? found[1].replace(/\./g, "").replace(",", ".") : found[1].replace(/,/g, "");
  if (!text || !Number.isFinite(Number(text))) return null;
  const figure = Number(text);
  return SHARES.includes(row.unit) ? figure / 100 : figure;
}
