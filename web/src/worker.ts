// One worker: it builds the engine once, then answers runs and games in the order in which they come.
import { createEngine } from "./engine";
import { playGame } from "./game";

type Engine = Awaited<ReturnType<typeof createEngine>>;
let engine: Promise<Engine> | null = null;
let model: unknown;
const answer = (message: unknown, moved: Transferable[] = []) => (self as unknown as Worker).postMessage(message, moved);

self.onmessage = async (event: MessageEvent) => {
  const message = event.data;
  if (message.kind === "open") {
    model = message.model;
    engine = createEngine(message.wasm, message.model);
    // Failures are told with the runs that wait for the engine.
    engine.catch(() => undefined);
    return;
  }
  try {
    const host = await engine!;
    const value = message.kind === "game" ? playGame(host as never, model as never, message.request) : host.run(message.request);
    const buffers = [...new Set(Object.values(value.kpis as Record<string, Float64Array>).map((row) => row.buffer))];
    answer({ id: message.id, value }, buffers as Transferable[]);
  } catch (error) {
    answer({ id: message.id, error: String((error as Error)?.message ?? error) });
  }
};
