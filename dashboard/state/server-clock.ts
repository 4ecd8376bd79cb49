import { signal } from '@preact/signals';

/*
 * Ages are measured with the clock of the service, which answers with its time. The clock of the browser may
 * be wrong by any amount.
 */

/** A response's time is whole seconds, and takes a moment to arrive. */
const TOLERANCE_MS = 2000;

let offsetMs = 0;

/** Learns the time of the service from a response's `Date`. */
export function learnTime(date: string | null): void {
  const ms = Date.parse(date ?? '');
  if (Number.isNaN(ms)) return;
  const differenceMs = ms + 500 - Date.now();
  const next = Math.abs(differenceMs) < TOLERANCE_MS ? 0 : differenceMs;
  if (Math.abs(next - offsetMs) < TOLERANCE_MS) return;
  offsetMs = next;
  tick();
}

/** The service's time in milliseconds. */
export function serverNow(): number {
  return Date.now() + offsetMs;
}

/** The service's time in whole seconds, which changes while the page can be seen: for ages. */
export const seconds = signal(Math.floor(serverNow() / 1000));

/** Who asks for less motion sees ages change each ten seconds. */
function pauseMs(): number {
  return matchMedia('(prefers-reduced-motion: reduce)').matches ? 10_000 : 1000;
}

function tick(): void {
  seconds.value = Math.floor(serverNow() / 1000);
}

/** Lets the ages grow. Call it once. */
export function startClock(): void {
  const next = () => {
    if (!document.hidden) tick();
    setTimeout(next, pauseMs());
  };
  document.addEventListener('visibilitychange', tick);
  setTimeout(next, pauseMs());
}
