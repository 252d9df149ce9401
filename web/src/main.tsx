// Start: take engine and declarations from beside the page, or from the page itself where it is one file.
import { render } from "preact";
import { followClass } from "./class/member";
import { Frame } from "./frame";
import { Model, type ModelData } from "./model";
import { Skeleton } from "./pages/explore";
import { Pool } from "./pool";
import { start } from "./store";
import { language, t } from "./words";

function inline(id: string): string | null {
  return document.getElementById(id)?.textContent ?? null;
}

async function part(name: string): Promise<Response> {
  const found = await fetch(name);
  if (!found.ok) throw new Error(t("fault.part", { name }));
  return found;
}

async function gunzip(text: string): Promise<ArrayBuffer> {
  const bytes = Uint8Array.from(atob(text.trim()), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

async function wasm(): Promise<ArrayBuffer> {
  const text = inline("ccsim-engine");
  return text === null ? (await part("engine.wasm")).arrayBuffer() : gunzip(text);
}

async function declarations(): Promise<ModelData> {
  const text = inline("ccsim-model");
  return text === null ? (await part("model.json")).json() : JSON.parse(new TextDecoder().decode(await gunzip(text)));
}

async function worker(): Promise<() => Worker> {
  const text = inline("ccsim-worker");
  if (text === null) return () => new Worker("worker.js");
  const address = URL.createObjectURL(new Blob([await gunzip(text)], { type: "text/javascript" }));
  return () => new Worker(address);
}

async function open(): Promise<void> {
  const root = document.getElementById("app")!;
  if (navigator.language.startsWith("de")) language.value = "de";
  render(<Skeleton />, root);
  try {
    const [engine, data, begin] = await Promise.all([wasm(), declarations(), worker()]);
    const count = Math.min(5, navigator.hardwareConcurrency || 2);
    start(new Model(data), new Pool(begin, engine, data, count));
    followClass();
    render(<Frame />, root);
  } catch (error) {
    render(
      <main id="main" class="text" tabIndex={-1}>
        <h1>{t("fault.title")}</h1>
        <p>{(error as Error).message}</p>
      </main>,
      root,
    );
  }
}

void open();
