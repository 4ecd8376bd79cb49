import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import examples from '@octokit/webhooks-examples/api.github.com/index.json' with { type: 'json' };
import { deliveriesOf, type SimulatedDelivery } from './deliveries.ts';
import { pastWorld } from './world.ts';

type Json = Record<string, unknown>;
type JobPayload = Json & {
  action: string;
  workflow_job: Json & { steps: Json[]; labels: string[] };
  repository: Json;
};
type RunPayload = Json & { action: string; workflow_run: Json; repository: Json; workflow: Json };

const END_MS = Date.parse('2026-11-20T12:00:00Z');

function deliveries(runs: number, seed = 'test'): SimulatedDelivery[] {
  const world = pastWorld({ seed, runs, inFlight: 0.05, endMs: END_MS, spanMs: 12 * 3_600_000 });
  return [...deliveriesOf(world)];
}

const SAMPLE = deliveries(500);
const JOBS = SAMPLE.filter((each) => each.event === 'workflow_job').map(
  (each) => JSON.parse(each.body()) as JobPayload,
);
const RUNS = SAMPLE.filter((each) => each.event === 'workflow_run').map(
  (each) => JSON.parse(each.body()) as RunPayload,
);

function digest(list: readonly SimulatedDelivery[]): string {
  const hash = createHash('sha256');
  for (const each of list) hash.update(`${each.atMs} ${each.guid} ${each.event} ${each.body()}\n`);
  return hash.digest('hex');
}

function exampleOf(event: string, index: number): Json {
  const found = (examples as { name: string; examples: unknown[] }[]).find((each) => each.name === event);
  return found?.examples[index] as Json;
}

/** The members that are missing or extra, compared with a real one. */
function difference(ours: unknown, real: unknown): string[] {
  const [a, b] = [Object.keys(ours as Json), Object.keys(real as Json)];
  const missing = b.filter((key) => !a.includes(key)).map((key) => `-${key}`);
  return [...missing, ...a.filter((key) => !b.includes(key)).map((key) => `+${key}`)];
}

test('the same seed gives the same bytes, and another seed gives others', () => {
  assert.equal(digest(deliveries(40)), digest(deliveries(40)));
  assert.notEqual(digest(deliveries(40)), digest(deliveries(40, 'other')));
});

test('deliveries are ordered by arrival, each with its own id that contains its time', () => {
  assert.ok(SAMPLE.every((each, i) => i === 0 || each.atMs >= (SAMPLE[i - 1]?.atMs ?? 0)));
  assert.equal(new Set(SAMPLE.map((each) => each.guid)).size, SAMPLE.length);
  for (const { guid, happenedMs } of SAMPLE) {
    assert.match(guid, /^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const lagMs = timeIn(guid) - happenedMs;
    assert.ok(lagMs >= 300 && lagMs <= 2010, `${lagMs} ms`);
  }
});

function timeIn(guid: string): number {
  const [low, middle, high] = guid.split('-');
  const ticks = BigInt(`0x${high?.slice(1)}${middle}${low}`) - 0x01b2_1dd2_1381_4000n;
  return Number(ticks / 10_000n);
}

test('deliveries of one job may overtake each other, but their ids keep the order of events', () => {
  const rank = ['queued', 'waiting', 'in_progress', 'completed'];
  const byId = SAMPLE.filter((each) => each.event === 'workflow_job')
    .map((each) => ({ madeMs: timeIn(each.guid), payload: JSON.parse(each.body()) as JobPayload }))
    .sort((a, b) => a.madeMs - b.madeMs);
  const last = new Map<unknown, string>();
  for (const { payload } of byId) {
    const before = last.get(payload.workflow_job.id);
    const approved = before === 'waiting' && payload.action === 'queued';
    if (before !== undefined && !approved) assert.ok(rank.indexOf(before) < rank.indexOf(payload.action));
    last.set(payload.workflow_job.id, payload.action);
  }
});

test('payloads are as large as real ones', () => {
  const sizes = (event: string) =>
    SAMPLE.filter((each) => each.event === event)
      .map((each) => Buffer.byteLength(each.body()))
      .sort((a, b) => a - b);
  const middle = (list: number[]) => list[list.length >> 1] ?? 0;
  const jobs = sizes('workflow_job');
  assert.ok(middle(jobs) > 7000 && middle(jobs) < 9500, `${middle(jobs)} bytes`);
  assert.ok((jobs[0] ?? 0) > 6900 && (jobs.at(-1) ?? 0) < 14_000);
  const runs = sizes('workflow_run');
  assert.ok(middle(runs) > 18_000 && middle(runs) < 21_000, `${middle(runs)} bytes`);
  const dispatches = sizes('workflow_dispatch');
  assert.ok((dispatches[0] ?? 0) > 6000 && (dispatches.at(-1) ?? 0) < 8000);
});

test('a workflow_job has the members of a real one', () => {
  const real = exampleOf('workflow_job', 4) as JobPayload;
  const ours = JOBS.find((each) => each.workflow_job.steps.length > 0) as JobPayload;
  assert.deepEqual(difference(ours.workflow_job, real.workflow_job), []);
  assert.deepEqual(difference(ours.workflow_job.steps[0], real.workflow_job.steps[0]), []);
  assert.deepEqual(difference(ours.repository, real.repository), []);
  const gated = JOBS.find((each) => each.action === 'waiting') as JobPayload;
  const realGated = exampleOf('workflow_job', 6) as JobPayload;
  assert.deepEqual(difference(gated, realGated), ['+organization']);
  assert.deepEqual(difference(gated.deployment, realGated.deployment), []);
});

test('a workflow_run has the members of a real one, and those that GitHub added since', () => {
  const real = exampleOf('workflow_run', 4) as RunPayload;
  const ours = RUNS.find((each) => each.repository.full_name === 'lumen-works/web-shop') as RunPayload;
  assert.deepEqual(difference(ours, real), ['+installation']);
  assert.deepEqual(difference(ours.workflow_run, real.workflow_run), ['+referenced_workflows']);
  assert.deepEqual(difference(ours.workflow_run.repository, real.workflow_run.repository), []);
  assert.deepEqual(difference(ours.workflow_run.actor, real.workflow_run.actor), ['+user_view_type']);
  assert.deepEqual(difference(ours.workflow, real.workflow), []);
});

test('a workflow_dispatch has the members of a real one: no run id and no time', () => {
  const ours = JSON.parse(SAMPLE.find((each) => each.event === 'workflow_dispatch')?.body() ?? '{}') as Json;
  assert.deepEqual(difference(ours, exampleOf('workflow_dispatch', 1)), ['+installation']);
});

test('before it starts, a job repeats created_at as started_at and has neither runner nor steps', () => {
  const waiting = JOBS.filter((each) => each.action === 'queued' || each.action === 'waiting');
  assert.ok(waiting.length > 0);
  for (const { workflow_job: job } of waiting) {
    assert.equal(job.started_at, job.created_at);
    assert.equal(job.runner_id, null);
    assert.deepEqual(job.steps, []);
  }
});

test('jobs that never started look as they do at GitHub', () => {
  const completed = JOBS.filter((each) => each.action === 'completed').map((each) => each.workflow_job);
  const skipped = completed.filter((job) => job.conclusion === 'skipped');
  assert.ok(skipped.length > 0 && skipped.every((job) => job.labels.length === 0 && job.runner_id === null));
  const cancelled = completed.filter((job) => job.conclusion === 'cancelled' && job.steps.length === 0);
  assert.deepEqual(new Set(cancelled.map((job) => job.runner_id)), new Set([0, null]));
  assert.ok(cancelled.every((job) => job.started_at === job.completed_at && job.labels.length > 0));
  const checkRuns = completed.filter((job) => job.name === 'Test report');
  assert.ok(
    checkRuns.length > 0 && checkRuns.every((job) => job.steps.length === 0 && job.labels.length === 0),
  );
});

test('step times are whole seconds, some a second before their job, with a gap in the numbers', () => {
  const isOver = (each: JobPayload) => each.workflow_job.steps.every((step) => step.status === 'completed');
  const ran = JOBS.filter(
    (each) => each.action === 'completed' && each.workflow_job.steps.length > 0 && isOver(each),
  );
  let early = 0;
  for (const { workflow_job: job } of ran) {
    const times = job.steps.flatMap((step) =>
      [step.started_at, step.completed_at].map((at) => Date.parse(String(at))),
    );
    assert.ok(times.every((ms, i) => ms % 1000 === 0 && (i === 0 || ms >= (times[i - 1] ?? 0))));
    if ((times[0] ?? 0) < Date.parse(String(job.started_at))) early++;
    assert.ok(Number(job.steps.at(-1)?.number) > job.steps.length);
    if (job.conclusion === 'success') assert.ok(job.steps.every((step) => step.conclusion === 'success'));
  }
  assert.ok(early > 0 && early < ran.length);
});

test('a failed job has a failed step, unless no runner took it or its runner was lost', () => {
  const failed = JOBS.filter(({ action }) => action === 'completed')
    .map(({ workflow_job: job }) => job)
    .filter((job) => job.conclusion === 'failure' && job.labels.length > 0);
  const remains = new Set(failed.map(({ runner_id, steps }) => (runner_id ? remainsOf(steps) : 'no runner')));
  const known = ['failed', 'cancelled', 'in progress', 'passed', 'nothing', 'no runner'];
  assert.deepEqual([...remains].sort(), known.sort());
});

function remainsOf(steps: readonly Json[]): string {
  const has = (member: string, value: string) => steps.some((step) => step[member] === value);
  if (has('conclusion', 'failure')) return 'failed';
  if (has('conclusion', 'cancelled')) return 'cancelled';
  if (has('status', 'in_progress'))
    return has('status', 'queued') ? 'in progress' : 'nothing waits behind it';
  return steps.length === 0 ? 'nothing' : 'passed';
}

test('names are sometimes missing: of workflows (which then have their path), head branches and organizations', () => {
  assert.ok(JOBS.some((each) => each.workflow_job.workflow_name === '.github/workflows/nightly.yml'));
  assert.ok(RUNS.some((each) => each.workflow_run.head_branch === null));
  assert.ok(RUNS.some((each) => each.organization === undefined));
  assert.ok(RUNS.some((each) => each.repository.private === true));
});

test('a run sometimes completes before its last job', () => {
  const lastJobAt = new Map<number, number>();
  let before = 0;
  for (const each of SAMPLE.toReversed()) {
    if (each.event === 'workflow_dispatch') continue;
    const payload = JSON.parse(each.body()) as JobPayload & RunPayload;
    if (payload.action !== 'completed') continue;
    const runId = Number(payload.workflow_job?.run_id ?? payload.workflow_run.id);
    if (each.event === 'workflow_job') lastJobAt.set(runId, Math.max(lastJobAt.get(runId) ?? 0, each.atMs));
    else if ((lastJobAt.get(runId) ?? 0) > each.atMs && payload.workflow_run.run_attempt === 1) before++;
  }
  assert.ok(before > 10, `${before} runs`);
});
