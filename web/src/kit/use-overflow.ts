import { useEffect, useRef, useState } from "react";
import type { RefObject } from "react";

/** Whether an element's content is wider than it: then it must be reachable by keyboard to scroll. */
export function useOverflow<Kind extends HTMLElement>(): {
  readonly ref: RefObject<Kind | null>;
  readonly isOverflowing: boolean;
} {
  const ref = useRef<Kind>(null);
  const [isOverflowing, setOverflowing] = useState(false);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => {
      setOverflowing(element.scrollWidth > element.clientWidth);
    });
    observer.observe(element);
    return () => observer.disconnect();
  });
  return { ref, isOverflowing };
}
