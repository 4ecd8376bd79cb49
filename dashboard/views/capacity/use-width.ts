import type { RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** The width of an element in pixels, as it changes. */
export function useWidth<T extends HTMLElement>(guess: number): [RefObject<T | null>, number] {
  const element = useRef<T>(null);
  const [width, setWidth] = useState(guess);
  useLayoutEffect(() => {
    const target = element.current;
    if (target === null) return;
    const look = () => setWidth(Math.max(240, target.clientWidth));
    look();
    const resized = new ResizeObserver(look);
    resized.observe(target);
    return () => resized.disconnect();
  }, []);
  return [element, width];
}
