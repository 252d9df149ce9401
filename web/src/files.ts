// What a visitor takes away: weeks as CSV, charts as SVG and PNG, the plan as a scenario file or a link.
import { BASELINE, type Model, type Plan, type Series, type Value } from "./model";
import { planName } from "./sentence";

export function save(name: string, content: Blob | string, type = "text/plain"): void {
  const blob = typeof content === "string" ? new Blob([content], { type: `${type};charset=utf-8` }) : content;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export function slug(text: string): string {
  return (
    text
      .normalize("NFKD")
      .replace(/[^\w]+/g, "-")
      .replace(/^-+|-+$/g, "")
      .toLowerCase()
      .slice(0, 60) || "run"
  );
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

export function csvCell(value: string | number): string {
  const text = String(value);
  return /[",\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

/** Every KPI of every week of the runs, headed by what they are. */
export function csv(model: Model, runs: { name: string; plan: Plan; series: Series }[]): string {
  const lines = runs.map((row) => {
    const set = Object.entries(row.plan.set).map(([key, value]) => `${key}=${value}`);
    const dated = (row.plan.later ?? []).map((each) => `; after ${each.week} weeks ${Object.entries(each.set).map(([key, value]) => `${key}=${value}`).join(" ")}`);
    return `# ${row.name}: ccsim run ${row.plan.scenario} --seed ${row.plan.seed} --weeks ${row.plan.weeks}${set.map((each) => ` --set ${each}`).join("")}${dated.join("")}`;
  });
  const keys = [...model.kpis.keys()].filter((key) => runs.every((row) => row.series[key]));
  lines.push(["run", "week", ...keys].join(","));
  for (const row of runs) {
    for (let week = 0; week < row.plan.weeks; week++) {
      lines.push([csvCell(row.name), week + 1, ...keys.map((key) => numberCell(row.series[key][week]))].join(","));
    }
  }
  return `${lines.join("\n")}\n`;
}

function numberCell(value: number): string {
  return Number.isFinite(value) ? String(value) : "";
}

function tomlValue(value: Value, options: string[]): string {
  if (typeof value === "string") return quoted(value);
  if (typeof value === "boolean") return String(value);
  return options.length ? quoted(options[value]) : String(value);
}

/** A scenario file that `ccsim run` reads; it extends the scenario that the plan began with. */
export function scenarioFile(model: Model, plan: Plan): string {
  const name = planName(model, plan);
  const tables = new Map<string, string[]>();
  for (const key of model.changed(plan)) {
    const row = model.parameters.get(key)!;
    const [group, leaf] = key.split(".");
    const head = row.role === "size" ? (group === "organisation" ? "organisation" : group) : row.role === "assumption" ? `assumptions.${group}` : `levers.${group}`;
    tables.set(head, [...(tables.get(head) ?? []), `${leaf} = ${tomlValue(plan.set[key], row.options)}`]);
  }
  const parts = [
    `# ccsim run ${slug(name)}.toml --seed ${plan.seed} --weeks ${plan.weeks}`,
    `title = ${quoted(name)}`,
    `extends = ${quoted(plan.scenario || BASELINE)}`,
  ];
  for (const [head, rows] of tables) parts.push("", `[${head}]`, ...rows);
  for (const { week, set } of plan.later ?? []) {
    parts.push("", "[[schedule]]", `week = ${week}`, `label = ${quoted(`week ${week + 1}`)}`);
    for (const group of new Set(Object.keys(set).map((key) => key.split(".")[0]))) {
      parts.push(`[schedule.set.${group}]`);
      for (const [key, value] of Object.entries(set)) {
        if (key.startsWith(`${group}.`)) parts.push(`${key.slice(group.length + 1)} = ${tomlValue(value, model.parameters.get(key)!.options)}`);
      }
    }
  }
  return `${parts.join("\n")}\n`;
}

const DRAWN = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "paint-order", "fill-opacity", "opacity", "font-size", "font-weight", "font-family"];

/** A drawing of the page as a file of its own, with the colours that it has on the page. */
export function standalone(svg: SVGSVGElement, title: string): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const from = svg.querySelectorAll("*");
  copy.querySelectorAll("*").forEach((element, i) => {
    const style = getComputedStyle(from[i]);
    for (const name of DRAWN) element.setAttribute(name, style.getPropertyValue(name));
    element.removeAttribute("class");
  });
  const [, , width, height] = svg.getAttribute("viewBox")!.split(" ").map(Number);
  const paper = getComputedStyle(document.documentElement).getPropertyValue("--card").trim();
  const ink = getComputedStyle(document.documentElement).getPropertyValue("--ink").trim();
  const head = 34;
  const escaped = title.replace(/&/g, "&amp;").replace(/</g, "&lt;");
  copy.removeAttribute("class");
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height + head}" viewBox="0 ${-head} ${width} ${height + head}" font-family="system-ui, sans-serif">` +
    `<rect x="0" y="${-head}" width="${width}" height="${height + head}" fill="${paper}"/>` +
    `<text x="12" y="${-head + 23}" font-size="15" font-weight="600" fill="${ink}">${escaped}</text>` +
    `${new XMLSerializer().serializeToString(copy).replace(/^<svg[^>]*>|<\/svg>$/g, "")}</svg>`
  );
}

export async function png(svg: string): Promise<Blob> {
  const size = svg.match(/width="([\d.]+)" height="([\d.]+)"/)!;
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = Number(size[1]) * 2;
  canvas.height = Number(size[2]) * 2;
  canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done, failed) => canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("no picture"))), "image/png"));
}
