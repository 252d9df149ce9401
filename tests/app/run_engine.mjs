// Runs the shipped engine, or one in the folder that is named, in Node: a JSON list of requests comes in, a JSON list of answers goes out, series as hexadecimal.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { createEngine, playGame } from "../../src/ccsim/app/static/engine.js";

// What `ccsim app --organisation` would answer is kept in the folder, a file for each seed.
globalThis.XMLHttpRequest = class {
  status = 200;
  open() {}
  setRequestHeader() {}
  send(asked) {
    const found = readFileSync(new URL(`founded-${JSON.parse(asked).seed}`, folder));
    this.response = found.buffer.slice(found.byteOffset, found.byteOffset + found.length);
  }
};
const folder = process.argv[2] ? pathToFileURL(`${process.argv[2]}/`) : new URL("../../src/ccsim/app/static/", import.meta.url);
const model = JSON.parse(readFileSync(new URL("model.json", folder), "utf8"));
const engine = await createEngine(await WebAssembly.compile(readFileSync(new URL("engine.wasm", folder))), model);
const hex = (series) => Buffer.from(series.buffer, series.byteOffset, series.byteLength).toString("hex");
const written = (kpis) => Object.fromEntries(Object.entries(kpis).map(([name, series]) => [name, hex(series)]));

const ways = {
  run: (request) => ({ ...engine.run(request), kpis: undefined, series: written(engine.run(request).kpis) }),
  draw: ({ seed, stream, week, row }) => hex(engine.draw(BigInt(seed), stream, week, row)),
  game: (request) => ({ series: written(playGame(engine, model, request).kpis) }),
  // What a person weighs after the last week, and the KPIs of each segment.
  weigh: ({ person, ...request }) => {
    const run = engine.open(request);
    run.step(request.weeks);
    return { ...run.weigh(person), segments: run.kpisBy("segments", model.bySegment).map(written) };
  },
  // Two runs by turns, one of them gone back to a snapshot and moved: each is as if it had been alone.
  turns: ({ one, other, move }) => {
    const [first, second] = [engine.open(one), engine.open(other)];
    first.step(3);
    second.step(2);
    const kept = first.snapshot();
    first.apply(move);
    first.step(4);
    second.step(other.weeks - 2);
    const moved = written(first.kpis());
    first.restore(kept);
    first.step(one.weeks - 3);
    return { first: written(first.kpis()), second: written(second.kpis()), moved };
  },
};
const answers = JSON.parse(readFileSync(0, "utf8")).map(({ way, ...request }) => {
  try {
    return ways[way](request);
  } catch (error) {
    return { error: String(error.message ?? error) };
  }
});
process.stdout.write(JSON.stringify(answers));
