// One worker: it builds the engine once, then answers runs and games in the order in which they come.
import { asked } from "./decisions";
import { createEngine } from "./engine";
import { playGame } from "./game";
import { part } from "./parting";
import { people, weigh } from "./people";

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
    const ways: Record<string, () => object> = {
      run: () => host.run(asked(model as never, message.request)),
      game: () => playGame(host as never, model as never, message.request),
      part: () => part(host as never, model as never, message.request),
      people: () => people(host as never, asked(model as never, message.request) as never, (model as { bySegment: string[] }).bySegment),
      weigh: () => weigh(host as never, { ...asked(model as never, message.request), person: message.request.person } as never),
    };
    const value = ways[message.kind]();
    const series = Object.values(("kpis" in value ? value.kpis : value) as Record<string, unknown>);
    const buffers = [...new Set(series.filter((row) => ArrayBuffer.isView(row)).map((row) => (row as Float64Array).buffer))];
    answer({ id: message.id, value }, buffers as Transferable[]);
  } catch (error) {
    answer({ id: message.id, error: String((error as Error)?.message ?? error) });
  }
};
