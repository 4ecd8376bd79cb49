import type { BackfillStatus } from '../../domain/backfill.ts';

/** A backfill as the API shows it. */
export type ShownBackfill = Omit<BackfillStatus, 'waitsUntilMs' | 'tooOld'> & {
  readonly too_old: number;
  readonly waits_until: string | null;
};

/** How far it is, on one line. */
export function progressText(status: ShownBackfill): string {
  const { state, repositories, finished, runs, requests, read, recovered } = status;
  if (state === 'waiting') return `The rate limit is used up: it goes on at ${status.waits_until}`;
  if (state === 'estimating' && repositories === 0) return 'Looking for repositories';
  if (state === 'estimating') return `Estimating: ${finished} of ${repositories} repositories`;
  const estimate = `about ${runs} runs in ${requests} requests`;
  return `Reading ${estimate}: ${finished} of ${repositories} repositories, ${read} runs read, ${recovered} deliveries were news`;
}

/** What came of it. */
export function resultText({ state, problems, ...status }: ShownBackfill, isDryRun: boolean): string {
  const { repositories, runs, requests, read, recovered, too_old: tooOld } = status;
  const what = isDryRun
    ? `It would take about ${requests} requests for ${runs} runs of ${repositories} repositories`
    : `${read} runs of ${repositories} repositories read, ${recovered} deliveries were news`;
  const end = state === 'stopped' ? 'Stopped. ' : '';
  const old =
    tooOld === 0 ? [] : [`left out: ${tooOld} runs that ended, in all or in part, before that time`];
  return [`${end}${what}.`, ...old, ...problems.map((problem) => `not read: ${problem}`), ''].join('\n');
}
