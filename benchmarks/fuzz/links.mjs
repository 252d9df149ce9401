// Gives links to what reads them in the page. A JSON list of links comes in; for each, what was read of it, the link that
// the page would write then, and what is read of that one go out.
import { readFileSync } from "node:fs";
import { addressOf, readAddress } from "./address.js";

const data = JSON.parse(readFileSync(new URL("../../src/ccsim/app/static/model.json", import.meta.url), "utf8"));
const keyed = (rows) => new Map(rows.map((row) => [row.key, row]));
const model = { data, parameters: keyed(data.parameters), kpis: keyed(data.kpis), scenarios: keyed(data.scenarios) };
const FIRST = { scenario: "bottom-up", set: {}, seed: 1, weeks: 156 };
const plain = ({ asked, ...read }) => read;

const answers = JSON.parse(readFileSync(0, "utf8")).map((link) => {
  try {
    const read = readAddress(link, model);
    const written = addressOf(read.page, read.plan ?? FIRST, read.kpi ?? "csat", read.pin, read.levers, read.part, read.compare);
    return { read: plain(read), written, again: plain(readAddress(written, model)) };
  } catch (error) {
    return { error: String(error.stack ?? error) };
  }
});
process.stdout.write(JSON.stringify(answers));
