import { truthOf, truthOfRuns } from '../../simulator/truth.ts';
import { runsOf } from '../../simulator/world.ts';
import { labelsOf, parseExposition, type Samples, sumOf } from '../samples.ts';
import { type BoardHistory, RANGE_MS } from './board-history.ts';

/* What the single numbers of the boards must be, from the simulated world itself. */

const PASSED = 'success';
const DECIDED = ['success', 'failure', 'timed_out', 'startup_failure'];

/** By the title of the panel. */
export function expectedNumbers({ world, last, nowMs }: BoardHistory): Readonly<Record<string, number>> {
  const end = parseExposition(truthOf(world, nowMs));
  const startMs = nowMs - RANGE_MS;
  const start = parseExposition(truthOfRuns(runsOf(world), startMs, startMs, { deployments: true }));
  const grown = (name: string, labels: Readonly<Record<string, string>> = {}) =>
    sumOf(end, `github_actions_${name}`, labels) - sumOf(start, `github_actions_${name}`, labels);
  const runs = (conclusions: readonly string[], labels: Readonly<Record<string, string>> = {}) =>
    conclusions.reduce((sum, conclusion) => sum + grown('runs_total', { ...labels, conclusion }), 0);
  const onDefault = { branch: 'default' };
  const failing = valuesOf(end, 'workflow_consecutive_failures');
  const active = (...statuses: string[]) =>
    statuses.reduce((sum, status) => sum + sumOf(end, 'github_actions_active_jobs', { status }), 0);
  const waitsSince = valuesOf(end, 'oldest_active_job_timestamp_seconds', { status: 'queued' });
  return {
    'Workflows that fail on their default branch': failing.filter((failures) => failures > 0).length,
    'Failures in a row': Math.max(...failing),
    'Since the latest success':
      nowMs / 1000 - Math.min(...valuesOf(end, 'workflow_last_success_timestamp_seconds')),
    'Pass rate on default branches': runs([PASSED], onDefault) / runs(DECIDED, onDefault),
    'Pass rate': runs([PASSED]) / runs(DECIDED),
    Runs: grown('runs_total'),
    'Failed jobs': grown('job_failures_total'),
    'Failed deployments':
      grown('deployments_total', { state: 'failure' }) + grown('deployments_total', { state: 'error' }),
    Queued: active('queued'),
    Running: active('in_progress'),
    'Held back': active('waiting', 'pending'),
    'Oldest wait': nowMs / 1000 - Math.min(...waitsSince),
    Cost: grown('cost_dollars_total'),
    Wasted: grown('wasted_dollars_total'),
    'Wasted time': grown('wasted_seconds_total'),
    'Unpriced time': grown('unpriced_seconds_total'),
    'Stale jobs': sumOf(end, 'github_actions_stale_jobs'),
    'Stale runs': sumOf(end, 'github_actions_stale_runs'),
    ...runnersOf(last),
    'Not processed': 0,
    Parked: 0,
    Refused: 1,
    'Beyond the limit of series': 0,
    'Database not writable': 0,
  };
}

/** Of the list as it was read; `test/runners.test.ts` compares it with that of GitHub. */
function runnersOf(last: Samples): Record<string, number> {
  const of = (labels: Readonly<Record<string, string>>) => sumOf(last, 'github_actions_runners', labels);
  const [online, busy] = [of({ status: 'online' }), of({ status: 'online', busy: 'true' })];
  return { Online: online, Busy: busy, Offline: of({ status: 'offline' }), Saturation: busy / online };
}

function valuesOf(samples: Samples, name: string, wanted: Readonly<Record<string, string>> = {}): number[] {
  return [...samples].flatMap(([key, value]) => {
    const found = labelsOf(key);
    const fits = Object.entries(wanted).every(([label, text]) => found.labels[label] === text);
    return found.name === `github_actions_${name}` && fits ? [value] : [];
  });
}
