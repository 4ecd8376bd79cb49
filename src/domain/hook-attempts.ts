import { PROCESSED_EVENTS } from './delivery.ts';
import type { AttemptStatus, DeliveryAttempt } from './github-history.ts';
import { HOOK_METRICS } from './hook-metrics.ts';
import { countOf, histogramIncrements, type Increment, zeroOf, zerosOf } from './metric.ts';

/*
 * GitHub's attempts to deliver, as numbers.
 */

const STATUSES: readonly AttemptStatus[] = ['2xx', '3xx', '4xx', '5xx', 'timeout', 'refused', 'other'];

/** What is 0 before anything of the hook is counted. */
export function attemptZeros(of: string): Increment[] {
  return [
    ...zerosOf(HOOK_METRICS.hookDeliveries, [of], ['workflow_run', 'workflow_job'], STATUSES),
    ...[HOOK_METRICS.hookDelivery, HOOK_METRICS.hookUnread].flatMap((metric) => zeroOf(metric, [of])),
  ];
}

/** What the attempt adds to the numbers of the hook. */
export function attemptCounts(of: string, { event, status, tookMs }: DeliveryAttempt): Increment[] {
  const shown = PROCESSED_EVENTS.has(event) ? event : 'other';
  return [
    countOf(HOOK_METRICS.hookDeliveries, [of, shown, status]),
    ...(tookMs === null ? [] : histogramIncrements(HOOK_METRICS.hookDelivery, [of], tookMs)),
  ];
}

/**
 * The status of an attempt. GitHub's words come first: it is not documented which code it notes where it got
 * no answer, and a real 502 or 504 is a proxy of ours.
 */
export function attemptStatusOf(words: string, code: number | null): AttemptStatus {
  const answered = /^invalid http response: (\d{3})\b/i.exec(words)?.[1];
  if (answered !== undefined) return classOf(Number(answered));
  if (/^ok$/i.test(words)) return code === null || code === 0 ? '2xx' : classOf(code);
  if (/timed?[ -]?out/i.test(words)) return 'timeout';
  if (/connect|refused|resolve|host|unreachable/i.test(words)) return 'refused';
  return 'other';
}

function classOf(code: number): AttemptStatus {
  const first = Math.floor(code / 100);
  return first >= 2 && first <= 5 ? (`${first}xx` as AttemptStatus) : 'other';
}
