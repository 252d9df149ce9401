// Build the engine's host and the game's books by themselves, as one module for Node: `npm run engine`.
// Its first line names the sources that it was made from; a test holds it to them.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { build } from "esbuild";

const folder = new URL("src/engine/", import.meta.url);
const hash = createHash("sha256");
for (const name of readdirSync(folder).filter((name) => name.endsWith(".ts")).sort()) {
  hash.update(name).update(readFileSync(new URL(name, folder)));
}
hash.update("game.ts").update(readFileSync(new URL("../game.ts", folder)));
await build({
  stdin: { contents: 'export * from "./engine"; export { playGame } from "./game";', resolveDir: new URL("../", folder).pathname },
  outfile: new URL("../src/ccsim/app/static/engine.js", import.meta.url).pathname,
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  banner: { js: `// sources: ${hash.digest("hex").slice(0, 16)}` },
});
