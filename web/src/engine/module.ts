// The compiled module: its memory, the rows of an organisation in it, and calls by slots.
//
// Memory: the module's data, the stack, slots, scratch for series, one living organisation, and above it what compiled
// code takes for the length of a call. An organisation that does not live now is a copy of its bytes.

export type Slot = number | [string, string] | [string, string, number];

interface PopulationData {
  name: string;
  /** The population beside which the columns of a user's mechanism stand. */
  base?: string;
  storage: "records" | "columns";
  columns: [name: string, dtype: string, kind: string, start: number][];
}

interface Interface {
  key: string;
  dataEnd: number;
  populations: PopulationData[];
  slots: Record<string, Slot[]>;
}

interface ArrayPlace {
  at: number;
  shape: number[];
  size: number;
}

/** Where every column of an organisation of some size lies, from the start of its bytes. */
export interface Layout {
  bytes: number;
  arrays: Map<string, ArrayPlace>;
  /** Per population: rows, and the flows as (address, numbers between rows, flows) or one block. */
  flows: Map<string, { at: number; rows: number; stride: number; count: number; columns: boolean }>;
  /** What is not 0 at first: address, numbers between rows, rows, type and value. */
  starts: { at: number; stride: number; rows: number; dtype: string; value: number }[];
  /** Shape of the table of ties. */
  counts: number[];
}

const PAGE = 65536;
const STACK = 1 << 20;
/** Room for the series of one call: two of as many weeks as anybody may run. */
const SERIES = 2 * 5200 * 8;
const SIZES: Record<string, number> = { float64: 8, int32: 4, int8: 1, uint32: 4 };
/** Status of compiled code that went well: a value was returned, or none. */
const FINE = [0, -2];

const up = (value: number, step = 64): number => Math.ceil(value / step) * step;

export class Module {
  readonly told: Interface;
  private readonly memory: WebAssembly.Memory;
  private readonly calls: Record<string, (slots: number) => number>;
  private readonly slotsAt = new Map<string, number>();
  private readonly seriesAt: number;
  /** Where the living organisation begins. */
  private readonly world: number;
  private held = 0;
  private view: DataView;

  static async open(wasm: ArrayBuffer | WebAssembly.Module): Promise<Module> {
    const module = wasm instanceof WebAssembly.Module ? wasm : await WebAssembly.compile(wasm);
    const [section] = WebAssembly.Module.customSections(module, "ccsim");
    if (!section) throw new Error("engine.wasm does not state its interface: it is damaged or belongs to another program");
    const told = JSON.parse(new TextDecoder().decode(section)) as Interface;
    const memory = new WebAssembly.Memory({ initial: Math.ceil((told.dataEnd + 2 * STACK) / PAGE) });
    const stack = new WebAssembly.Global({ value: "i32", mutable: true }, up(told.dataEnd) + STACK);
    const instance = await WebAssembly.instantiate(module, { env: { __linear_memory: memory, __stack_pointer: stack } });
    return new Module(told, memory, instance.exports as never);
  }

  private constructor(told: Interface, memory: WebAssembly.Memory, calls: Record<string, (slots: number) => number>) {
    this.told = told;
    this.memory = memory;
    this.calls = calls;
    let at = up(told.dataEnd) + STACK;
    for (const [name, slots] of Object.entries(told.slots)) {
      this.slotsAt.set(name, at);
      at += up(slots.length * 8);
    }
    this.seriesAt = at;
    this.world = up(at + SERIES);
    this.view = new DataView(memory.buffer);
    this.hold(0);
  }

  /** Make room for an organisation, and for what compiled code takes while it runs. */
  private hold(bytes: number): void {
    this.held = up(this.world + bytes);
    this.reach(this.held);
    this.calls.set_heap(this.held);
  }

  private reach(end: number): void {
    const lacking = end - this.memory.buffer.byteLength;
    if (lacking > 0) this.memory.grow(Math.ceil(lacking / PAGE));
    if (this.view.buffer !== this.memory.buffer) this.view = new DataView(this.memory.buffer);
  }

  /** The bytes of the living organisation. */
  private bytes(count: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, this.world, count);
  }

  /** Let another organisation live: put its bytes where compiled code finds them. */
  load(layout: Layout, bytes: Uint8Array | null): void {
    this.hold(layout.bytes);
    if (bytes) this.bytes(layout.bytes).set(bytes);
    else this.clear(layout);
  }

  /** A copy of the living organisation. */
  save(layout: Layout): Uint8Array {
    return this.bytes(layout.bytes).slice();
  }

  private clear(layout: Layout): void {
    this.bytes(layout.bytes).fill(0);
    for (const { at, stride, rows, dtype, value } of layout.starts) {
      for (let row = 0; row < rows; row++) {
        const place = this.world + at + row * stride;
        if (dtype === "float64") this.view.setFloat64(place, value, true);
        else if (dtype === "int64") this.view.setBigInt64(place, BigInt(value), true);
        else if (dtype === "int8") this.view.setInt8(place, value);
        else this.view.setInt32(place, value, true);
      }
    }
  }

  /** Lay out an organisation: rows by population, and ties of each member of staff. */
  layout(rows: Record<string, number>, ties: number): Layout {
    const found: Layout = { bytes: 0, arrays: new Map(), flows: new Map(), starts: [], counts: [] };
    const take = (name: string, shape: number[], size: number): number => {
      const at = found.bytes;
      found.arrays.set(name, { at, shape, size });
      found.bytes = up(at + size * shape.reduce((a, b) => a * b, 1));
      return at;
    };
    for (const { name, base, storage, columns } of this.told.populations) {
      const count = rows[base ?? name];
      const flows = columns.filter(([, , kind]) => kind === "flow").length;
      if (storage === "records") {
        const stride = 8 * columns.length;
        const at = take(name, [count], stride);
        found.flows.set(name, { at: at + stride - 8 * flows, rows: count, stride, count: flows, columns: false });
        columns.forEach(([, dtype, , value], place) => {
          const kind = dtype === "float64" ? dtype : "int64";
          if (value) found.starts.push({ at: at + 8 * place, stride, rows: count, dtype: kind, value });
        });
        continue;
      }
      // Flows are the last columns, in one block: (flows, rows).
      for (const [column, dtype, kind, value] of columns) {
        if (kind === "flow") continue;
        const at = take(`${name}.${column}`, [count], SIZES[dtype]);
        if (value) found.starts.push({ at, stride: SIZES[dtype], rows: count, dtype, value });
      }
      const block = found.bytes;
      columns
        .filter(([, , kind]) => kind === "flow")
        .forEach(([column], place) => found.arrays.set(`${name}.${column}`, { at: block + 8 * count * place, shape: [count], size: 8 }));
      found.bytes = up(block + 8 * count * flows);
      found.flows.set(name, { at: block, rows: count, stride: 8 * count, count: flows, columns: true });
    }
    take("colleagues", [rows.staff, ties], 4);
    return found;
  }

  /** Whether the module has a function. */
  has(name: string): boolean {
    return this.slotsAt.has(name);
  }

  /** Put an organisation that the server initialised into memory: rows as they lie, arrays without flows, then ties. */
  place(layout: Layout, bytes: Uint8Array): void {
    let from = 0;
    const take = (name: string) => {
      const { at, shape, size } = layout.arrays.get(name)!;
      const length = size * shape.reduce((a, b) => a * b, 1);
      this.bytes(layout.bytes).set(bytes.subarray(from, from + length), at);
      from += length;
    };
    for (const { name, storage, columns } of this.told.populations) {
      if (storage === "records") take(name);
      else for (const [column, , kind] of columns) if (kind !== "flow") take(`${name}.${column}`);
    }
    take("colleagues");
    if (from !== bytes.length) throw new Error("the organisation that the server created does not fit this engine");
  }

  /** Set some rows of a column of whole numbers. */
  setRows(layout: Layout, population: string, name: string, rows: number[], values: number[]): void {
    const { storage, columns } = this.told.populations.find((each) => each.name === population)!;
    const place = columns.findIndex(([column]) => column === name);
    const { at, size } = layout.arrays.get(storage === "records" ? population : `${population}.${name}`)!;
    rows.forEach((row, i) => {
      const to = this.world + at + row * size;
      if (storage === "records") this.view.setBigInt64(to + 8 * place, BigInt(values[i]), true);
      else if (size === 1) this.view.setInt8(to, values[i]);
      else this.view.setInt32(to, values[i], true);
    });
  }

  /** Clear every flow: a week begins. */
  resetFlows(layout: Layout): void {
    for (const { at, rows, stride, count, columns } of layout.flows.values()) {
      if (columns) this.bytes(layout.bytes).fill(0, at, at + stride * count);
      else for (let row = 0; row < rows; row++) this.bytes(layout.bytes).fill(0, at + row * stride, at + row * stride + 8 * count);
    }
  }

  /** The values of a column of the living organisation, a copy. */
  column(layout: Layout, population: string, name: string): Float64Array {
    const told = this.told.populations.find((each) => each.name === population);
    const place = told?.columns.findIndex(([column]) => column === name) ?? -1;
    if (!told || place < 0) throw new Error(`no column is called ${population}.${name}`);
    const [, dtype] = told.columns[place];
    if (told.storage === "records") {
      const { at, shape, size } = layout.arrays.get(population)!;
      return Float64Array.from({ length: shape[0] }, (_, row) => {
        const start = this.world + at + row * size + 8 * place;
        return dtype === "float64" ? this.view.getFloat64(start, true) : Number(this.view.getBigInt64(start, true));
      });
    }
    const { at, shape, size } = layout.arrays.get(`${population}.${name}`)!;
    const read = { float64: "getFloat64", int32: "getInt32", uint32: "getUint32", int8: "getInt8" }[dtype] as "getFloat64";
    return Float64Array.from({ length: shape[0] }, (_, row) => this.view[read](this.world + at + row * size, true));
  }

  /** Copy the flows of a population of records, row by row, to a place in an array. */
  copyFlows(layout: Layout, population: string, to: Float64Array, start: number): void {
    const { at, rows, stride, count } = layout.flows.get(population)!;
    for (let row = 0; row < rows; row++) {
      to.set(new Float64Array(this.memory.buffer, this.world + at + row * stride, count), start + row * count);
    }
  }

  /** Write the slots of a function: where columns lie, and the values of parameters and other arguments. */
  fill(name: string, layout: Layout | null, values: (key: string) => number | bigint, series: Record<string, number> = {}): void {
    const start = this.slotsAt.get(name)!;
    this.told.slots[name].forEach((slot, place) => this.write(start + 8 * place, slot, layout, values, series));
  }

  private write(
    at: number, slot: Slot, layout: Layout | null, values: (key: string) => number | bigint, series: Record<string, number>,
  ): void {
    if (typeof slot === "number") return this.view.setBigInt64(at, BigInt(slot), true);
    const [kind, name, axis] = slot;
    if (kind === "float") return this.view.setFloat64(at, Number(values(name)), true);
    if (kind === "whole" || kind === "flag") return this.view.setBigInt64(at, BigInt(values(name)), true);
    const place = layout?.arrays.get(name) ?? this.seriesPlace(name, series);
    const all = place.shape.reduce((a, b) => a * b, 1);
    const found: Record<string, number> = {
      address: place.at,
      items: all,
      rows: place.shape[axis ?? 0],
      stride: place.shape.slice((axis ?? 0) + 1).reduce((a, b) => a * b, place.size),
    };
    const value = kind === "address" && layout?.arrays.has(name) ? this.world + found.address : found[kind];
    this.view.setBigInt64(at, BigInt(value), true);
  }

  private seriesPlace(name: string, series: Record<string, number>): ArrayPlace {
    const place = Object.keys(series).indexOf(name);
    return { at: this.seriesAt + (place * SERIES) / 2, shape: [series[name]], size: 8 };
  }

  /** Call a function whose slots are written. */
  call(name: string): void {
    this.calls.set_heap(this.held);
    const status = this.calls[name](this.slotsAt.get(name)!);
    if (!FINE.includes(status)) throw new Error(`the engine stopped in ${name} (status ${status})`);
    if (this.view.buffer !== this.memory.buffer) this.view = new DataView(this.memory.buffer);
  }

  /** Write one of a function's own arguments, such as the week. */
  put(name: string, argument: string, value: bigint): void {
    const place = this.told.slots[name].findIndex((slot) => typeof slot !== "number" && slot[0] === "whole" && slot[1] === argument);
    this.view.setBigInt64(this.slotsAt.get(name)! + 8 * place, value, true);
  }

  /** Call a function of series and return what it writes to the one called `out`. */
  series(name: string, given: Record<string, Float64Array>, count: number, out = "out", values: Record<string, number | bigint> = {}): Float64Array {
    const lengths: Record<string, number> = {};
    for (const [key, row] of Object.entries(given)) lengths[key] = row.length;
    lengths[out] = count;
    this.fill(name, null, (key) => values[key], lengths);
    for (const [key, row] of Object.entries(given)) {
      new Float64Array(this.memory.buffer, this.seriesPlace(key, lengths).at, row.length).set(row);
    }
    this.call(name);
    return new Float64Array(this.memory.buffer, this.seriesPlace(out, lengths).at, count).slice();
  }

  /** Call a function of the living organisation and return what it writes to the one called `out`. */
  figures(name: string, layout: Layout, count: number, values: (key: string) => number | bigint): Float64Array {
    this.fill(name, layout, values, { out: count });
    this.call(name);
    return new Float64Array(this.memory.buffer, this.seriesPlace("out", { out: count }).at, count).slice();
  }

  /** Call a function that writes whole numbers. */
  whole(name: string, out: string, count: number, values: (key: string) => number | bigint): number[] {
    this.fill(name, null, values, { [out]: count });
    this.call(name);
    return [...new BigInt64Array(this.memory.buffer, this.seriesPlace(out, { [out]: count }).at, count)].map(Number);
  }
}
