import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

/** Width of an element in pixels, so that drawings keep their size of type. */
export function useWidth(usual: number) {
  const ref = useRef<HTMLDivElement>(null);
  const width = useSignal(usual);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    width.value = Math.round(element.clientWidth) || usual;
    const seen = new ResizeObserver(() => {
      if (element.clientWidth) width.value = Math.round(element.clientWidth);
    });
    seen.observe(element);
    return () => seen.disconnect();
  }, []);
  return { ref, width };
}
