import type { Clock } from '../../domain/contracts.ts';
import type { ServerTime } from '../../github/server-time.ts';
import { type Finding, findingsAbout } from './finding.ts';

/** GitHub sends its time in whole seconds. */
const PRECISION_MS = 1000;
const MAX_SKEW_MS = 30_000;

const { ok, warning, failed } = findingsAbout('GitHub');

/** Whether GitHub responds, and whether its clock and this machine's agree. */
export async function checkClock(
  readServerTime: () => Promise<ServerTime>,
  clock: Clock,
): Promise<Finding[]> {
  const beforeMs = clock();
  const answer = await readServerTime();
  return judgeClock(answer, beforeMs, clock());
}

export function judgeClock(answer: ServerTime, beforeMs: number, afterMs: number): Finding[] {
  if ('reason' in answer) {
    const { reason, hint = 'look at github.api_url, and at proxies and firewalls in between' } = answer;
    return [failed(`does not answer: ${reason}`, hint)];
  }
  const behindMs = answer.ms - afterMs;
  const aheadMs = beforeMs - answer.ms - PRECISION_MS;
  const skewMs = Math.max(behindMs, aheadMs, 0);
  if (skewMs <= MAX_SKEW_MS) return [ok('answers, and agrees with this machine on the time')];
  const what = `answers, but the clock of this machine is ${Math.round(skewMs / 1000)} s ${aheadMs > behindMs ? 'ahead' : 'behind'}`;
  return [warning(what, 'ages of what is in flight are wrong by that: synchronize the clock (NTP)')];
}
