import { sumOf } from '../test/samples.ts';
import { DELIVERIES_PER_JOB } from './bodies.ts';
import type { LoadProcess } from './load-process.ts';
import { numberText, type Progress, type Row } from './report.ts';
import { openFolder, startService } from './servers.ts';

/** Deliveries per second. */
const BUDGET = 8000;
const CONNECTIONS = 256;
const WARM_UP_JOBS = 4000;

/**
 * The rate that responses and processing sustain, and whether any delivery answered 202 is missing at
 * the end.
 */
export async function measureRate(jobs: number, load: LoadProcess, progress: Progress): Promise<Row[]> {
  using folder = openFolder();
  await using service = await startService(folder.path);
  const order = { ports: [service.port], connections: CONNECTIONS, perSecond: null };
  const warmUp = await load.send({ ...order, jobs: WARM_UP_JOBS });
  await service.settled();

  const outcome = await load.send({ ...order, jobs });
  const answeredMs = performance.now();
  await service.settled();
  const catchUpMs = performance.now() - answeredMs;

  const answered = outcome.answered[202] ?? 0;
  const refused = outcome.sent - answered;
  const answerRate = (answered * 1000) / outcome.elapsedMs;
  const rate = (answered * 1000) / (outcome.elapsedMs + catchUpMs);
  const expected = answered + (warmUp.answered[202] ?? 0);
  const samples = await service.metrics();
  const accepted = sumOf(samples, 'ant_watcher_deliveries_total', { outcome: 'accepted' });
  const completed = sumOf(samples, 'github_actions_jobs_total');
  progress(`rate: ${numberText(answerRate)} answers a second, ${numberText(rate)} with all processing`);
  return [
    {
      what: 'sustained rate, durable, answers and processing',
      measured: `${numberText(rate)}/s (answers ${numberText(answerRate)}/s, then ${numberText(catchUpMs)} ms to catch up)`,
      budget: `≥ ${numberText(BUDGET)}/s`,
      isMet: rate >= BUDGET,
    },
    {
      what: 'lost at that rate: answered 202 − counted as accepted',
      measured: `${numberText(expected - accepted)} of ${numberText(expected)} (${numberText(refused)} refused; ${numberText(completed)} jobs counted)`,
      budget: '0',
      isMet: expected === accepted && (refused > 0 || completed * DELIVERIES_PER_JOB === expected),
    },
    {
      what: 'what sending cost on the same cores',
      measured: `${numberText((outcome.cpuMs * 1000) / outcome.sent)} µs a request, ${numberText((100 * outcome.cpuMs) / outcome.elapsedMs)} % of a core; ${numberText(outcome.meanBodyBytes)} B a body`,
      budget: '',
    },
  ];
}
