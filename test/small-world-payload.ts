import type { Lived, Moment } from './small-world-lives.ts';
import type { AttemptPlan } from './small-worlds.ts';

/** Names of jobs and the runners they ask for; `{run}` is the id of their run. */
export const LABELS: Readonly<Record<string, readonly string[]>> = {
  build: ['ubuntu-latest'],
  'test (1, a)': ['self-hosted', 'linux'],
  'test (2)': ['windows-2025'],
  'deploy / "prod"\n': [],
  'deploy (eu-0, 3.4.0) / plan': ['runs-on={run}/cpu=4'],
  'apply {run}': ['self-hosted', 'codebuild-p-{run}-1'],
  // GitHub cuts each part to 97 characters.
  [`${'verify (default, 5, 7'.padEnd(97, ', linux')}... / plan (1)`]: ['vm-{run}'],
  [`${'very '.repeat(5)}long (${'and more '.repeat(120)})`]: ['L'.repeat(300)],
};

export function jobObject(
  { plan, createdMs, startedMs, completedMs, runnerId }: Lived,
  status: string,
  runId: number,
): object {
  const ofRun = (text: string) => text.replace('{run}', String(runId));
  const { life, name, conclusion } = plan;
  const isBare = life === 'skipped' || life === 'check_run';
  const isOver = status === 'completed';
  const isAtRunner = isOver || status === 'in_progress';
  const end = runnerId === null ? endWithoutRunner(plan) : conclusion;
  const hasFailed = end === 'failure' || end === 'timed_out';
  const isBroken = isOver && hasFailed && completedMs % 2000 === 0;
  const conclusionOfSteps = isBroken ? 'failure' : 'success';
  const step = { name: 'x', status: 'completed', conclusion: conclusionOfSteps, number: 1 };
  // What cleans up behind a failed step may fail too.
  const cleanup = { ...step, name: 'clean up', number: 2 };
  const steps = completedMs % 3000 === 0 ? [cleanup, step] : [step];
  return {
    name: ofRun(name),
    status,
    conclusion: isOver ? end : null,
    started_at: timeText(isAtRunner ? startedMs : createdMs),
    completed_at: isOver ? timeText(completedMs) : null,
    labels: isBare ? [] : LABELS[name]?.map(ofRun),
    steps: isAtRunner && runnerId !== null ? steps : [],
    runner_id: isAtRunner ? (runnerId ?? (isOver && !isBare && plan.queueS % 2 === 0 ? 0 : null)) : null,
    runner_name: isAtRunner && runnerId !== null ? `runner ${runnerId}` : null,
    runner_group_name: isAtRunner && runnerId !== null ? 'GitHub Actions' : null,
  };
}

/** What is reported of a run attempt that began at `startMs`. */
export function runMoments(
  { conclusion, isApproved, opening, isStuck }: AttemptPlan,
  startMs: number,
): readonly (Moment & { readonly conclusion?: string | null })[] {
  const first = { action: 'requested', atMs: startMs };
  const held = { ...first, status: 'completed', conclusion: 'action_required' };
  const begun = isApproved ? held : { ...first, status: opening };
  const running = { action: 'in_progress', status: 'in_progress', atMs: startMs + 9000 };
  const end = { action: 'completed', status: 'completed', atMs: startMs + 700_000, conclusion };
  if (conclusion === 'action_required') return [held];
  if (isStuck) return [begun];
  return conclusion === null ? [begun, running] : [begun, running, end];
}

function endWithoutRunner({ life, conclusion }: Lived['plan']): string {
  if (life === 'skipped') return 'skipped';
  if (life === 'rejected') return 'failure';
  const isFailure = conclusion === 'failure' || conclusion === 'timed_out';
  if (life === 'check_run') return isFailure ? 'failure' : 'success';
  return isFailure ? 'failure' : 'cancelled';
}

export function timeText(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}
