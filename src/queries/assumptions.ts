import type { WindowDemand } from './demand.ts';

/** What the replay takes for granted, as sentences for people. */
export function assumptionsOf(found: WindowDemand, hasPrice: boolean): string[] {
  const { earlier, unknown, stillWaiting, stillRunning } = found;
  return [
    'First come, first served: no job overtakes another that asked for the same labels.',
    'Every runner can take every one of these jobs, and nothing but them.',
    'A runner takes the next job at once: starting, registering and cleaning up take no time.',
    'Jobs come when they came and run as long as they ran, also those that would have come sooner because a job that they need would have ended sooner.',
    'Jobs that were cancelled in the queue are left out.',
    ...about(earlier, 'waited or ran when the window began: served first, not counted.'),
    ...about(unknown, 'with an unknown queue time: served from the moment of the start, not counted.'),
    ...about(stillRunning, 'in progress: replayed with the time until now.'),
    ...about(
      stillWaiting,
      'in the queue: observed until now, replayed with the median duration of the others.',
    ),
    ...(hasPrice
      ? ['Runners are paid for all of the window, busy or not, at the mean price of these jobs.']
      : []),
  ];
}

function about(count: number, what: string): string[] {
  if (count === 0) return [];
  return [`${count === 1 ? '1 job' : `${count.toLocaleString('en-US')} jobs`} ${what}`];
}
