import type { RefObject } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';

/** Up to here all rows are made. */
const ALL = 150;
/** Made above and below what can be seen. */
const EXTRA = 12;
const FIRST_GUESS_PX = 38;

interface Shown {
  readonly first: number;
  /** The one after the last. */
  readonly end: number;
  /** The height of the rows that are not made, in pixels. */
  readonly before: number;
  readonly after: number;
}

/** Which of `count` rows of a table to make, as the window is scrolled. All rows are as high as the first. */
export function useShownRows(body: RefObject<HTMLElement | null>, count: number): Shown {
  const [{ first, end, height }, setRange] = useState({ first: 0, end: ALL, height: FIRST_GUESS_PX });
  const isLong = count > ALL;
  useLayoutEffect(() => {
    if (!isLong) return;
    const look = () => {
      const element = body.current;
      if (element === null) return;
      const row = element.querySelector<HTMLElement>('tr:not(.spacer)');
      const rowHeight = row?.offsetHeight || FIRST_GUESS_PX;
      const scrolled = -element.getBoundingClientRect().top;
      const from = Math.max(0, Math.floor(scrolled / rowHeight) - EXTRA);
      const to = Math.min(count, Math.ceil((scrolled + innerHeight) / rowHeight) + EXTRA);
      setRange((now) =>
        now.first === from && now.end === to && now.height === rowHeight
          ? now
          : { first: from, end: Math.max(from + 1, to), height: rowHeight },
      );
    };
    look();
    const control = new AbortController();
    const options = { passive: true, signal: control.signal };
    addEventListener('scroll', look, options);
    addEventListener('resize', look, options);
    return () => control.abort();
  }, [body, count, isLong]);
  if (!isLong) return { first: 0, end: count, before: 0, after: 0 };
  const last = Math.min(end, count);
  return { first, end: last, before: first * height, after: Math.max(0, count - last) * height };
}
