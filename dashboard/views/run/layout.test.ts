import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Run, RunJob } from '../../../src/domain/openapi-types.ts';
import { rowsOf, worstOf } from './rows.ts';
import { parseZoom, percentAt, printZoom, ticksOf, zoomed } from './scale.ts';
import { rangeOf, segmentsOf, slowestStep } from './segments.ts';

const BEGIN = Date.UTC(2026, 10, 29, 4);
const NOW = BEGIN + 1_000_000;

function at(seconds: number | null): string | null {
  return seconds === null ? null : new Date(BEGIN + seconds * 1000).toISOString();
}

function job(times: readonly (number | null)[], over: Partial<RunJob> = {}): RunJob {
  const [created = null, started = null, ended = null] = times;
  const isOver = ended !== null;
  return {
    ...{ job_id: 1, job_name: 'build', name: 'build', status: isOver ? 'completed' : 'in_progress' },
    ...{ conclusion: isOver ? 'success' : null, cause: null, carried_over: false, critical: false },
    ...{ created_at: at(created), released_at: null, started_at: at(started), completed_at: at(ended) },
    reason: null,
    exit_code: null,
    steps: null,
    ...over,
  } as Partial<RunJob> as RunJob;
}

function drawn(each: RunJob): string[] {
  const seconds = (ms: number) => (ms - BEGIN) / 1000;
  return segmentsOf(each, NOW).map(
    ({ phase, fromMs, toMs }) => `${phase} ${seconds(fromMs)}-${seconds(toMs)}`,
  );
}

test('a job waits, and runs; behind an approval it waits for that first', () => {
  assert.deepEqual(drawn(job([0, 10, 60])), ['queue 0-10', 'run 10-60']);
  const held = { released_at: at(40) };
  assert.deepEqual(drawn(job([0, 50, 60], held)), ['approval 0-40', 'queue 40-50', 'run 50-60']);
  assert.deepEqual(drawn(job([0], { status: 'waiting' })), ['approval 0-1000']);
  assert.deepEqual(drawn(job([0], { status: 'queued' })), ['queue 0-1000']);
  assert.deepEqual(drawn(job([0, 5])), ['queue 0-5', 'run 5-1000']);
  const rejected = { conclusion: 'failure', cause: 'rejected' } as const;
  assert.deepEqual(drawn(job([0, null, 70], rejected)), ['approval 0-70']);
});

test('a job that no runner took has no run, and one that was skipped nothing at all', () => {
  assert.deepEqual(drawn(job([0, null, 30], { conclusion: 'cancelled' })), ['queue 0-30']);
  assert.deepEqual(drawn(job([5, 6, 5], { conclusion: 'skipped' })), []);
  assert.deepEqual(drawn(job([0, 5, 9], { carried_over: true })), []);
});

test('times that are missing, equal or the wrong way round are no negative spans', () => {
  assert.deepEqual(drawn(job([null, 5, 9])), ['run 5-9']);
  assert.deepEqual(drawn(job([7, 5, 3])), ['run 5-5']);
  assert.deepEqual(drawn(job([5, 5, 5])), ['run 5-5']);
  assert.deepEqual(drawn(job([], { status: 'completed', conclusion: 'failure' })), []);
});

test('the range holds the attempt and all of its jobs, and is never empty', () => {
  const run = { started_at: at(0), completed_at: at(50), status: 'completed' };
  const range = (jobs: readonly RunJob[], over: object = {}) => {
    const answer = { run: { ...run, ...over }, jobs, now: new Date(NOW).toISOString() };
    const { fromMs, toMs } = rangeOf(answer as Partial<Run> as Run);
    return [(fromMs - BEGIN) / 1000, (toMs - BEGIN) / 1000];
  };
  assert.deepEqual(range([job([-2, 5, 60])]), [-2, 60]);
  assert.deepEqual(range([job([-900, -800, -700], { carried_over: true })]), [0, 50]);
  assert.deepEqual(range([], { completed_at: null, status: 'in_progress' }), [0, 1000]);
  assert.deepEqual(range([], { completed_at: at(0) }), [0, 1]);
  assert.deepEqual(range([], { started_at: null, completed_at: null }), [999, 1000]);
});

test('the slowest step is the one that took longest; a skipped one never is', () => {
  const step = (number: number, from: number, to: number | null, conclusion = 'success') => ({
    ...{ number, name: `step ${number}`, conclusion, started_at: at(from), completed_at: at(to) },
  });
  const jobs = [
    job([0, 1, 60], { steps: [step(1, 1, 20), step(2, 20, 50), step(3, 0, 9999, 'skipped')] }),
    job([0, 1, 60], { job_id: 2, steps: [step(1, 10, null)] }),
    job([0, 1, 60], { job_id: 3, carried_over: true, steps: [step(1, 0, 5000)] }),
  ];
  const slowest = slowestStep(jobs);
  assert.deepEqual([slowest?.job.job_id, slowest?.step.number, slowest?.seconds], [2, 1, 50]);
  assert.equal(slowestStep([job([0, 1, 2])]), null);
});

test('a matrix is folded under its name, and unfolded on demand; a job shows its steps', () => {
  const steps = [{ number: 1, name: 'x', conclusion: null, started_at: null, completed_at: null }];
  const matrix = Array.from({ length: 6 }, (_, id) => job([0, 1, 2], { job_id: id + 2, job_name: 'test' }));
  const jobs = [job([0, 1, 2], { steps }), ...matrix];
  const kinds = (turned: readonly string[]) => rowsOf(jobs, new Set(turned)).map(({ kind }) => kind);
  assert.deepEqual(kinds([]), ['job', 'group']);
  assert.deepEqual(kinds(['job 1']), ['job', 'details', 'step', 'group']);
  assert.equal(kinds(['matrix test']).length, 8);
  const few = rowsOf(jobs.slice(0, 4), new Set());
  assert.deepEqual(
    few.map(({ kind }) => kind),
    ['job', 'group', 'job', 'job', 'job'],
  );
});

test('a matrix shows the worst of its jobs', () => {
  const worst = (...conclusions: readonly string[]) =>
    worstOf(conclusions.map((conclusion) => job([0, 1, 2], { conclusion })));
  assert.equal(worst('success', 'skipped', 'failure', 'cancelled'), 'failure');
  assert.equal(worst('success', 'skipped'), 'success');
  assert.equal(worst('skipped'), 'skipped');
});

test('a part of the run round-trips through the address', () => {
  const whole = { fromMs: BEGIN, toMs: BEGIN + 100_000 };
  const part = { fromMs: BEGIN + 10_000, toMs: BEGIN + 50_000 };
  assert.deepEqual(parseZoom(printZoom(part, whole) ?? undefined, whole), part);
  assert.equal(printZoom(whole, whole), null);
  for (const text of [undefined, '', 'x', '50-10', '500-900', '-5-10']) {
    assert.deepEqual(parseZoom(text, whole), whole);
  }
  assert.deepEqual(zoomed(whole, whole, 0.5), { fromMs: BEGIN + 25_000, toMs: BEGIN + 75_000 });
  assert.deepEqual(zoomed(part, whole, 9), whole);
});

test('ticks are round times since the beginning of the run, wherever one looks', () => {
  const shown = (from: number, to: number) => ({ fromMs: BEGIN + from * 1000, toMs: BEGIN + to * 1000 });
  assert.deepEqual(ticksOf(shown(0, 100), BEGIN, 5), [0, 30, 60, 90]);
  assert.deepEqual(ticksOf(shown(95, 130), BEGIN, 5), [100, 110, 120, 130]);
  assert.equal(ticksOf(shown(0, 35 * 86_400), BEGIN, 8).length, 8);
  assert.equal(percentAt(BEGIN + 25_000, shown(0, 100)), 25);
});
