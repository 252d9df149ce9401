import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

interface Item {
  label: string;
  act: () => void | Promise<void>;
}

/** A button that opens a short list of actions; Escape and a press outside close it. */
export function Menu({ label, name, items, children, className }: { label: string; name?: string; items?: Item[]; children?: preact.ComponentChildren; className?: string }) {
  const open = useSignal(false);
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open.value) return;
    const away = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) open.value = false;
    };
    const escape = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      open.value = false;
      root.current?.querySelector("button")?.focus();
    };
    addEventListener("pointerdown", away);
    addEventListener("keydown", escape);
    return () => {
      removeEventListener("pointerdown", away);
      removeEventListener("keydown", escape);
    };
  }, [open.value]);
  return (
    <div class={`menu ${className ?? ""}`} ref={root}>
      <button type="button" aria-label={name} aria-expanded={open.value} onClick={() => (open.value = !open.value)}>
        {label}
      </button>
      {open.value ? (
        <div class="list card">
          {children}
          {(items ?? []).map((item) => (
            <button
              key={item.label}
              type="button"
              onClick={() => {
                open.value = false;
                void item.act();
              }}
            >
              {item.label}
            </button>
          ))}
        </div>
      ) : null}
    </div>
  );
}
