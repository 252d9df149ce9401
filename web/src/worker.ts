// One worker: it builds the engine once, then answers runs in the order in which they come.
import { createEngine } from "./engine";

type Engine = Awaited<ReturnType<typeof createEngine>>;
let engine: Promise<Engine> | null = null;

self.onmessage = async (event: MessageEvent) => {
  const message = event.data;
  if (message.kind === "open") {
    engine = createEngine(message.wasm, message.model);
    // Failures are told with the runs that wait for the engine.
    engine.catch(() => undefined);
    return;
  }
  try {
    const result = (await engine!).run(message.request);
    const buffers = [...new Set(Object.values(result.kpis).map((row) => row.buffer))];
    (self as unknown as Worker).postMessage({ id: message.id, kpis: result.kpis }, buffers as Transferable[]);
  } catch (error) {
    (self as unknown as Worker).postMessage({ id: message.id, error: String((error as Error)?.message ?? error) });
  }
};
