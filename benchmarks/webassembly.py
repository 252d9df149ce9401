"""The engine in the browser against the native one: a week, a run, and sizes.

    python -m benchmarks.webassembly [--rounds 5]

Needs node. Both sides live the same runs by turns; the ratio is that of the medians.
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from ccsim.app.model_data import STATIC
from ccsim.scenarios.scenario import load_scenario
from ccsim.simulation.simulation import Simulation

SCENARIO = "combined"
WEEKS = 156
#: One line in, one line out: a seed; seconds to found, to live all weeks, and to work out the KPIs.
HOST = """
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
const [folder, scenario, weeks] = process.argv.slice(-3);
const { createEngine } = await import(`${folder}/engine.js`);
const begun = performance.now();
const wasm = await WebAssembly.compile(readFileSync(new URL(`${folder}/engine.wasm`)));
const engine = await createEngine(wasm, JSON.parse(readFileSync(new URL(`${folder}/model.json`), "utf8")));
process.stderr.write(`${performance.now() - begun}`);
for await (const line of createInterface({ input: process.stdin })) {
  const times = [performance.now()];
  const simulation = engine.open({ scenario, set: {}, seed: Number(line), weeks: Number(weeks) });
  times.push(performance.now());
  simulation.step(Number(weeks));
  times.push(performance.now());
  simulation.kpis();
  times.push(performance.now());
  process.stdout.write(JSON.stringify([0, 1, 2].map((k) => (times[k + 1] - times[k]) / 1000)) + "\\n");
}
"""


def native(seed: int) -> list[float]:
    """Return seconds to found an organisation, to live all weeks, and to work out the KPIs."""
    times = [time.perf_counter()]
    simulation = Simulation(load_scenario(SCENARIO), seed, WEEKS)
    times.append(time.perf_counter())
    for _ in range(WEEKS):
        simulation.step()
    times.append(time.perf_counter())
    simulation.kpis()
    times.append(time.perf_counter())
    return [end - start for start, end in zip(times[:-1], times[1:], strict=True)]  # noqa: RUF007


def measured(rounds: int) -> tuple[list[list[float]], list[list[float]], float]:
    """Return rounds of native times, of times in WebAssembly, and the milliseconds in which the engine is ready."""
    node = shutil.which("node")
    if node is None:
        sys.exit("node is not installed")
    words = [node, "--input-type=module", "-e", HOST, "--", STATIC.as_uri(), SCENARIO, str(WEEKS)]
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as host:
        assert host.stdin and host.stdout and host.stderr
        here, there = [], []
        for seed in range(rounds + 2):
            here.append(native(seed))
            host.stdin.write(f"{seed}\n")
            host.stdin.flush()
            there.append(json.loads(host.stdout.readline()))
        host.stdin.close()
        ready = float(host.stderr.read())
    return here[2:], there[2:], ready  # the first two warm up


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    here, there, ready = measured(parser.parse_args().rounds)
    parts = {
        "founding and past": ([row[0] for row in here], [row[0] for row in there], 1),
        "one week": ([row[1] for row in here], [row[1] for row in there], WEEKS),
        f"{WEEKS} weeks": ([row[1] for row in here], [row[1] for row in there], 1),
        "KPIs": ([row[2] for row in here], [row[2] for row in there], 1),
        "a run whose past is new": ([sum(row) for row in here], [sum(row) for row in there], 1),
        "a run whose past is known": ([sum(row[1:]) for row in here], [sum(row[1:]) for row in there], 1),
    }
    print(f"| {SCENARIO}, default size | native, ms | WebAssembly, ms | ratio |\n|---|---|---|---|")
    for name, (one, other, share) in parts.items():
        mine, theirs = (1000 * statistics.median(values) / share for values in (one, other))
        print(f"| {name} | {mine:.2f} | {theirs:.2f} | {theirs / mine:.1f} |")
    print(f"\nready in {ready:.0f} ms\n\n| file | bytes | gzipped |\n|---|---|---|")
    for name in ("engine.wasm", "engine.js", "model.json"):
        body = (Path(STATIC) / name).read_bytes()
        print(f"| {name} | {len(body):,} | {len(gzip.compress(body, 9)):,} |")


if __name__ == "__main__":
    main()
