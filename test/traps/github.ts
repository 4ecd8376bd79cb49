import assert from 'node:assert/strict';
import examples from '@octokit/webhooks-examples/api.github.com/index.json' with { type: 'json' };
import { deliveryId } from '../../simulator/delivery-id.ts';
import { deliveryOf, openPipeline, type Pipeline, type Webhook } from '../pipeline.ts';
import { withoutZeros } from '../samples.ts';

/*
 * Deliveries as GitHub makes them: whole examples from @octokit/webhooks-examples, with the relevant fields
 * replaced. Seconds count from the creation of the first job.
 */

type Json = Record<string, unknown>;

/** Where everything happens. The repository is public, so that its standard runners cost nothing. */
export const PLACE = 'repository="octo-org/octo-repo",workflow="CI"';
/** The same for what is stored by file. */
export const WORKFLOW_FILE = `${PLACE},file=".github/workflows/test.yml"`;
const REPOSITORY = { full_name: 'octo-org/octo-repo', private: false, default_branch: 'main' };
const T0 = Date.UTC(2026, 10, 20, 10);
export const NOW = T0 + 2 * 3_600_000;
const RUN_ID = 17_000_000_001;

export const NO_RUNNER = {
  runner_id: null,
  runner_name: null,
  runner_group_id: null,
  runner_group_name: null,
  steps: [],
};

/** The time as GitHub writes it: whole seconds. */
export function at(seconds: number): string {
  return new Date(T0 + seconds * 1000).toISOString().replace('.000Z', 'Z');
}

/** An example from GitHub's documentation, to be changed freely. */
export function exampleOf(event: string, index: number): Json {
  const example = (examples as { name: string; examples: unknown[] }[]).find(({ name }) => name === event);
  const payload = example?.examples[index];
  assert.ok(payload, `${event} has no example ${index}`);
  return structuredClone(payload) as Json;
}

let made = 0;

/** A delivery whose id says that GitHub made it in that second. */
export function webhook(event: string, seconds: number, payload: object): Webhook {
  made += 1;
  const chance = made.toString(16).padStart(16, '0');
  return { guid: deliveryId(T0 + seconds * 1000 + 300, chance), event, body: JSON.stringify(payload) };
}

/**
 * A job event, made in that second; `job` and `payload` replace fields of the job and of what surrounds it.
 */
export function jobWebhook(action: string, seconds: number, job: Json, payload: Json = {}): Webhook {
  const example = exampleOf('workflow_job', 2);
  return webhook('workflow_job', seconds, {
    ...example,
    action,
    workflow_job: {
      ...(example['workflow_job'] as Json),
      id: 100_520_616_165,
      run_id: RUN_ID,
      run_attempt: 1,
      workflow_name: 'CI',
      name: 'build',
      created_at: at(0),
      ...job,
    },
    repository: { ...(example['repository'] as Json), ...REPOSITORY },
    ...payload,
  });
}

/** In `queued` events the start only repeats the creation. */
export function queued(seconds: number, job: Json = {}, payload: Json = {}): Webhook {
  const fresh = { status: 'queued', conclusion: null, started_at: at(0), completed_at: null, ...NO_RUNNER };
  return jobWebhook('queued', seconds, { ...fresh, ...job }, payload);
}

export function waiting(seconds: number, job: Json = {}, payload: Json = {}): Webhook {
  const held = { status: 'waiting', conclusion: null, started_at: at(0), completed_at: null, ...NO_RUNNER };
  return jobWebhook('waiting', seconds, { ...held, ...job }, payload);
}

/** Starts in the seventh second by default. */
export function inProgress(seconds: number, job: Json = {}, payload: Json = {}): Webhook {
  const steps = [step('Set up job', { status: 'in_progress', conclusion: null, completed_at: null })];
  const running = { status: 'in_progress', conclusion: null, started_at: at(7), completed_at: null, steps };
  return jobWebhook('in_progress', seconds, { ...running, ...job }, payload);
}

/** By default from the seventh second to the sixty-seventh, successful. */
export function completed(seconds: number, job: Json = {}, payload: Json = {}): Webhook {
  const steps = [step('Set up job'), step('Run make'), step('Complete job')];
  const over = { status: 'completed', conclusion: 'success', started_at: at(7), completed_at: at(67), steps };
  return jobWebhook('completed', seconds, { ...over, ...job }, payload);
}

/** The first step often begins a second before its job. */
export function step(name: string, over: Json = {}): Json {
  const times = { started_at: at(6), completed_at: at(8) };
  return { name, status: 'completed', conclusion: 'success', number: 1, ...times, ...over };
}

/** A run event, made in that second. */
export function runWebhook(action: string, seconds: number, run: Json, payload: Json = {}): Webhook {
  const example = exampleOf('workflow_run', 1);
  return webhook('workflow_run', seconds, {
    ...example,
    action,
    workflow: { ...(example['workflow'] as Json), name: 'CI' },
    workflow_run: {
      ...(example['workflow_run'] as Json),
      id: RUN_ID,
      run_attempt: 1,
      name: 'CI',
      event: 'push',
      head_branch: 'main',
      status: action === 'requested' ? 'queued' : action,
      conclusion: action === 'completed' ? 'success' : null,
      created_at: at(-2),
      run_started_at: at(-2),
      updated_at: at(seconds),
      ...run,
    },
    repository: { ...(example['repository'] as Json), ...REPOSITORY },
    ...payload,
  });
}

/** What /metrics shows after these deliveries. */
export async function shown(sent: readonly Webhook[], prefix?: string, nowMs = NOW): Promise<string[]> {
  await using pipeline = await openPipeline({ clock: { nowMs } });
  await pipeline.accept(sent.map((each) => deliveryOf(each, NOW)));
  await pipeline.settle();
  return linesOf(pipeline, prefix);
}

/** The same, which must not depend on the order of the deliveries or on duplicates. */
export async function shownInAnyOrder(sent: readonly Webhook[], prefix?: string): Promise<string[]> {
  const expected = await shown(sent, prefix);
  const rotations = sent.map((_, index) => [...sent.slice(index), ...sent.slice(0, index)]);
  for (const order of rotations.flatMap((each) => [each, each.toReversed()])) {
    assert.deepEqual(await shown(order, prefix), expected);
    assert.deepEqual(await shown([...order, ...sent.map(again)], prefix), expected);
  }
  return expected;
}

/** The same event under another delivery id, as from a second hook or a second report. */
export function again(sent: Webhook): Webhook {
  made += 1;
  return { ...sent, guid: sent.guid.slice(0, -12) + made.toString(16).padStart(12, '0') };
}

/**
 * The samples of series that have counted something, without buckets, whose sums and counts are enough. Which
 * series are at 0 is tested in first-events.test.ts.
 */
export async function linesOf(pipeline: Pipeline, prefix?: string): Promise<string[]> {
  const lines = (await pipeline.text(prefix)).split('\n');
  const samples = lines.filter((line) => line !== '' && !line.startsWith('#') && !line.includes('_bucket{'));
  return withoutZeros(samples).sort();
}

/** The lines of jobs that ran on a standard runner: their number, and the sums of their seconds. */
export function ranLines(of: { job?: string; conclusion?: string; count?: number; runS: number }): string[] {
  const { job = 'build', conclusion = 'success', count = 1, runS } = of;
  const duration = `{${PLACE},job_name="${job}",conclusion="${conclusion}"}`;
  return [
    `github_actions_jobs_total{${PLACE},job_name="${job}",runs_on="ubuntu-latest",conclusion="${conclusion}"} ${count}`,
    `github_actions_job_duration_seconds_sum${duration} ${runS}`,
    `github_actions_job_duration_seconds_count${duration} ${count}`,
  ];
}

/** The lines of queue times of the standard runner. */
export function queueLines(count: number, sumS: number): string[] {
  const labels = `{${PLACE},runs_on="ubuntu-latest"}`;
  return [
    `github_actions_job_queue_seconds_sum${labels} ${sumS}`,
    `github_actions_job_queue_seconds_count${labels} ${count}`,
  ];
}

/** The lines of one attempt that waited so long for its first job. */
export function runQueueLines(seconds: number): string[] {
  return [
    `github_actions_run_queue_seconds_sum{${PLACE}} ${seconds}`,
    `github_actions_run_queue_seconds_count{${PLACE}} 1`,
  ];
}

/** The line of the busy time of standard runners. */
export function busyLine(seconds: number): string {
  return `github_actions_runner_busy_seconds_total{repository="octo-org/octo-repo",runs_on="ubuntu-latest",runner_group="GitHub Actions"} ${seconds}`;
}
