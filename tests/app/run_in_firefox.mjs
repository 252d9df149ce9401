// Run scenarios in Debian's Firefox, in a chain in one engine of a page: a program, a folder and requests come as JSON on stdin.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createRequire } from "node:module";

let text = "";
for await (const part of process.stdin) text += part;
const { program, folder, modules, requests } = JSON.parse(text);
const puppeteer = createRequire(join(modules, "/"))("puppeteer-core");
const kinds = { js: "text/javascript", wasm: "application/wasm", json: "application/json" };
const server = createServer(async (asked, answer) => {
  const name = asked.url.slice(1).replaceAll("/", "");
  try {
    const body = name ? await readFile(join(folder, name)) : "<!doctype html>";
    answer.writeHead(200, { "Content-Type": kinds[name.split(".").pop()] ?? "text/html" }).end(body);
  } catch {
    answer.writeHead(404).end();
  }
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const browser = await puppeteer.launch({ browser: "firefox", executablePath: program, headless: true });
try {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  const found = await page.evaluate(async (requests) => {
    const { createEngine } = await import("/engine.js");
    const wasm = await (await fetch("/engine.wasm")).arrayBuffer();
    const engine = await createEngine(wasm, await (await fetch("/model.json")).json());
    const hex = (row) => [...new Uint8Array(row.buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return requests.map((request) => {
      const { kpis } = engine.run(request);
      return Object.fromEntries(Object.entries(kpis).map(([name, row]) => [name, hex(row)]));
    });
  }, requests);
  console.log(JSON.stringify(found));
} finally {
  await browser.close();
  server.close();
}
