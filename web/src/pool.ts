// Runs in web workers: one worker for what a finger moves, the others for what fills in behind.
import type { GameRequest, Played } from "./game";
import type { Plan, Series } from "./model";
import type { Parted, PartRequest } from "./parting";
import type { People, Weighed, WeighRequest } from "./people";

type Request = Plan | GameRequest | PartRequest | WeighRequest;

interface Job {
  kind: "run" | "game" | "part" | "people" | "weigh";
  request: Request;
  token: Token | null;
  done: (value: never) => void;
  failed: (error: Error) => void;
}

/** Cancels the jobs that carry it and have not begun. */
export interface Token {
  cancelled: boolean;
}

export class Cancelled extends Error {}

class Seat {
  job: Job | null = null;
  id = 0;
  constructor(readonly worker: Worker) {}
}

export class Pool {
  private readonly front: Seat;
  private readonly back: Seat[];
  private readonly urgent: Job[] = [];
  private readonly patient: Job[] = [];

  constructor(start: () => Worker, wasm: ArrayBuffer, model: unknown, count: number) {
    const seats = Array.from({ length: Math.max(2, count) }, () => new Seat(start()));
    for (const seat of seats) {
      seat.worker.postMessage({ kind: "open", wasm, model });
      seat.worker.onmessage = (event) => this.finish(seat, event.data);
      seat.worker.onerror = (event) => this.finish(seat, { id: seat.id, error: event.message || "the worker stopped" });
    }
    this.front = seats[0];
    this.back = seats.slice(1);
  }

  /** Run at once, before everything that waits. */
  now(request: Plan, token: Token | null = null): Promise<Series> {
    return this.add<{ kpis: Series }>(this.urgent, "run", request, token).then((found) => found.kpis);
  }

  /** Run when a worker of the background is free. */
  later(request: Plan, token: Token | null = null): Promise<Series> {
    return this.add<{ kpis: Series }>(this.patient, "run", request, token).then((found) => found.kpis);
  }

  /** Play a game from its choices: at once, or when a worker of the background is free. */
  game(request: GameRequest, atOnce: boolean, token: Token | null = null): Promise<Played> {
    return this.add<Played>(atOnce ? this.urgent : this.patient, "game", request, token);
  }

  /** Where two games part. */
  part(request: PartRequest, token: Token | null = null): Promise<Parted> {
    return this.add<Parted>(this.patient, "part", request, token);
  }

  /** Everybody in every week of a run. */
  people(request: Plan, token: Token | null = null): Promise<People> {
    return this.add<People>(this.patient, "people", request, token);
  }

  /** What a person weighs after the last week of a plan. */
  weigh(request: WeighRequest, token: Token | null = null): Promise<Weighed> {
    return this.add<Weighed>(this.patient, "weigh", request, token);
  }

  private add<Value>(queue: Job[], kind: Job["kind"], request: Request, token: Token | null): Promise<Value> {
    return new Promise<Value>((done, failed) => {
      queue.push({ kind, request: structuredClone(request), token, done: done as (value: never) => void, failed });
      this.next();
    });
  }

  private next(): void {
    if (!this.front.job) this.begin(this.front, this.take(this.urgent));
    for (const seat of this.back) {
      if (!seat.job) this.begin(seat, this.take(this.patient));
    }
  }

  private take(queue: Job[]): Job | undefined {
    for (;;) {
      const job = queue.shift();
      if (!job?.token?.cancelled) return job;
      job.failed(new Cancelled());
    }
  }

  private begin(seat: Seat, job: Job | undefined): void {
    if (!job) return;
    seat.job = job;
    seat.worker.postMessage({ kind: job.kind, id: ++seat.id, request: job.request });
  }

  private finish(seat: Seat, message: { id: number; value?: unknown; error?: string }): void {
    const job = seat.job;
    if (!job || message.id !== seat.id) return;
    seat.job = null;
    if (message.value) job.done(message.value as never);
    else job.failed(new Error(message.error));
    this.next();
  }
}
