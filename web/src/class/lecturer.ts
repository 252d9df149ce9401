// What a lecturer's browser keeps: the server's secret and the keys of classes, so that a reload loses nothing.
import { signal } from "@preact/signals";
import { keep, kept } from "../store";

export interface Kept {
  code: string;
  key: string;
  opened: number;
}

interface Store {
  secret: string;
  classes: Kept[];
}

function read(): Store {
  try {
    const found = JSON.parse(kept("class.lecturer") ?? "{}") as Partial<Store>;
    return { secret: String(found.secret ?? ""), classes: Array.isArray(found.classes) ? found.classes : [] };
  } catch {
    return { secret: "", classes: [] };
  }
}

export const lecturer = signal<Store>({ secret: "", classes: [] });

let opened = false;

export function takeKept(): void {
  if (opened) return;
  opened = true;
  lecturer.value = read();
}

function put(next: Store): void {
  lecturer.value = next;
  keep("class.lecturer", JSON.stringify(next));
}

export function keepSecret(secret: string): void {
  put({ ...lecturer.value, secret });
}

export function keepClass(code: string, key: string): void {
  const others = lecturer.value.classes.filter((row) => row.code !== code);
  put({ ...lecturer.value, classes: [{ code, key, opened: Date.now() }, ...others].slice(0, 20) });
}

export function forget(code: string): void {
  put({ ...lecturer.value, classes: lecturer.value.classes.filter((row) => row.code !== code) });
}

export function keyOf(code: string): string {
  return lecturer.value.classes.find((row) => row.code === code)?.key ?? "";
}
