import type { Comparison } from './comparison.ts';
import type { Truth } from './courier.ts';
import type { DemoReplica } from './replica-fleet.ts';

export interface Compared extends Comparison {
  /** Since the begin. */
  readonly seconds: number;
  readonly truth: Truth;
  readonly replicas: readonly DemoReplica[];
}

/** What was sent and what each replica shows of it, in a line. */
export function lineOf({ seconds, truth, replicas, readings, differences }: Compared): string {
  const shown = replicas.map(({ name, isUp }, index) => {
    const reading = readings[index] ?? null;
    if (reading !== null) return `${name}: ${countsText(reading)}`;
    return `${name}: ${isUp ? 'no answer' : 'not running'}`;
  });
  const waiting = Math.max(0, ...readings.map((reading) => reading?.waiting ?? 0));
  const late = waiting === 0 ? [] : [`${numberText(waiting)} deliveries wait to be counted`];
  const sent = `${seconds} s, sent: ${truthText(truth)}`;
  return [sent, ...shown, ...late, `differences: ${differences}`].join(' | ');
}

/** For people: `12,345`. */
export function numberText(value: number): string {
  return value.toLocaleString('en-US');
}

function truthText({ deliveries, endedJobs }: Truth): string {
  return `${numberText(deliveries)} deliveries, ${numberText(endedJobs)} ended jobs`;
}

function countsText({ deliveries, endedJobs }: Truth): string {
  return `${numberText(deliveries)}, ${numberText(endedJobs)}`;
}
