import type { Clock } from '../domain/contracts.ts';
import type { Answer } from '../domain/github-api.ts';
import { type Finding, findingsAbout } from './finding.ts';

/** GitHub tells its time in whole seconds. */
const PRECISION_MS = 1000;
const MUCH_MS = 30_000;

const { ok, warning, failed } = findingsAbout('GitHub');

/** Whether GitHub answers at all, and whether it and this machine agree on the time. */
export async function checkClock(
  readServerTime: () => Promise<Answer<number>>,
  clock: Clock,
): Promise<Finding[]> {
  const beforeMs = clock();
  const answer = await readServerTime();
  return judgeClock(answer, beforeMs, clock());
}

export function judgeClock(answer: Answer<number>, beforeMs: number, afterMs: number): Finding[] {
  if (answer.kind !== 'ok') {
    const reason = answer.kind === 'failed' ? answer.reason : 'it refuses everything';
    return [
      failed(`does not answer: ${reason}`, 'look at github.api_url, and at proxies and firewalls in between'),
    ];
  }
  const behindMs = answer.data - afterMs;
  const aheadMs = beforeMs - answer.data - PRECISION_MS;
  const apartMs = Math.max(behindMs, aheadMs, 0);
  if (apartMs <= MUCH_MS) return [ok('answers, and agrees with this machine on the time')];
  const what = `answers, but the clock of this machine is ${Math.round(apartMs / 1000)} s ${aheadMs > behindMs ? 'ahead' : 'behind'}`;
  return [warning(what, 'ages of what is in flight are wrong by that: synchronize the clock (NTP)')];
}
