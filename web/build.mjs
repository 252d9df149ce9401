// Builds the pages into the package. `--fixture FILE` takes another engine, for development; `--out DIR` another place.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const option = (name) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? null : process.argv[at + 1];
};
const out = resolve(option("--out") ?? join(here, "../src/ccsim/app/static"));
const fixture = option("--fixture");

const swap = {
  name: "engine",
  setup(step) {
    if (fixture) step.onResolve({ filter: /^\.\/engine$/ }, () => ({ path: resolve(fixture) }));
  },
};
// The first line of each script names the sources that it was made from; a test holds it to them.
const sources = (await readdir(join(here, "src"), { recursive: true })).filter((name) => /\.(ts|tsx|css|json|html)$/.test(name)).sort();
const hash = createHash("sha256");
for (const name of ["build.mjs", "package-lock.json", ...sources.map((each) => `src/${each}`)]) {
  hash.update(name).update(await readFile(join(here, name)));
}
const banner = { js: `// sources: ${hash.digest("hex").slice(0, 16)}` };
await mkdir(out, { recursive: true });
await build({
  absWorkingDir: here,
  entryPoints: { app: "src/main.tsx", worker: "src/worker.ts" },
  outdir: out,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2022", "chrome105", "firefox110", "safari16.4"],
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "none",
  banner,
  charset: "utf8",
  plugins: [swap],
});
await build({ absWorkingDir: here, entryPoints: { app: "src/app.css" }, outdir: out, bundle: true, minify: true });
// What reads and writes links, apart from the page: `benchmarks.fuzz.links` and a test give it links without a browser.
await build({
  absWorkingDir: here,
  entryPoints: ["src/address.ts"],
  outfile: resolve(here, "../benchmarks/fuzz/address.js"),
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  banner,
});
await copyFile(join(here, "src/index.html"), join(out, "index.html"));
const licences = await Promise.all(
  ["preact", "@preact/signals", "@preact/signals-core"].map(async (name) => {
    const folder = join(here, "node_modules", name);
    const version = JSON.parse(await readFile(join(folder, "package.json"), "utf8")).version;
    return `${name} ${version}\n\n${await readFile(join(folder, "LICENSE"), "utf8")}`;
  }),
);
await writeFile(join(out, "LICENSES.txt"), licences.join("\n\n---\n\n"));
