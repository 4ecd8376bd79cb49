import assert from 'node:assert/strict';
import { withoutZeros } from '../../test/samples.ts';
import type { Attempt, Job, JobPlan, Repository, Run, RunConclusion } from './model.ts';
import { populate } from './population.ts';
import { createRandom } from './random.ts';

/*
 * For tests: runs small enough to know their numbers by heart, written down by hand.
 */

export const START_MS = Date.parse('2026-11-20T12:00:00Z');

/** So many seconds after the start. */
export const at = (seconds: number) => START_MS + seconds * 1000;

const [shop, payments] = populate(2).repositories;
assert.ok(shop && payments);
export const PUBLIC: Repository = shop;
export const PRIVATE: Repository = payments;

const plan: JobPlan = { name: 'test', labels: ['ubuntu-latest'], steps: [], medianSeconds: 1, failures: 0 };
const runner = { id: 3, name: 'GitHub Actions 3', groupId: 2, groupName: 'GitHub Actions' };

let ids = 5_000_000_000;

/** A job that a runner took and that passed, its times in seconds after the start. */
export function job(
  name: string,
  [created, started, completed]: [number, number, number],
  rest: Partial<Job> = {},
): Job {
  return {
    id: ids++,
    name,
    plan,
    kind: 'ran',
    labels: ['ubuntu-latest'],
    runner,
    createdMs: at(created),
    startedMs: at(started),
    completedMs: at(completed),
    conclusion: 'success',
    failure: null,
    carriedOver: false,
    moments: [
      { action: 'queued', status: 'queued', atMs: at(created) },
      { action: 'in_progress', status: 'in_progress', atMs: at(started) },
      { action: 'completed', status: 'completed', atMs: at(completed) },
    ],
    ...rest,
  };
}

/** Nothing but its end is told. */
export function endOnly(seconds: number): Pick<Job, 'moments'> {
  return { moments: [{ action: 'completed', status: 'completed', atMs: at(seconds) }] };
}

/** The report of `original` in an attempt that did not run it again. */
export function carried(original: Job, seconds: number, rest: Partial<Job> = {}): Job {
  return { ...original, id: ids++, carriedOver: true, ...endOnly(seconds), ...rest };
}

export function attempt(
  number: number,
  [start, end]: [number, number],
  conclusion: RunConclusion,
  jobs: readonly Job[],
): Attempt {
  return {
    number,
    startedMs: at(start),
    triggeringActor: PUBLIC.owner,
    conclusion,
    jobs,
    moments: [
      { action: 'requested', status: 'queued', atMs: at(start) },
      { action: 'in_progress', status: 'in_progress', atMs: at(start + 5) },
      { action: 'completed', status: 'completed', atMs: at(end) },
    ],
  };
}

/** A run of the workflow CI on the default branch. */
export function runOf(repository: Repository, attempts: readonly Attempt[], rest: Partial<Run> = {}): Run {
  const [workflow] = repository.workflows;
  assert.ok(workflow);
  return {
    index: 0,
    id: 19_000_000_001,
    number: 1,
    repository,
    headRepository: repository,
    workflow,
    event: 'push',
    headBranch: repository.defaultBranch,
    headSha: createRandom('sha').hex(40),
    title: 'By hand',
    actor: repository.owner,
    pullRequest: null,
    createdMs: at(0),
    endMs: at(500),
    attempts,
    ...rest,
  };
}

/** The sample lines that match and count something, without what all of them have in common; buckets are left out. */
export function linesLike(text: string, pattern: RegExp): string[] {
  const lines = text
    .split('\n')
    .filter((line) => pattern.test(line) && !line.startsWith('#') && !line.includes('_bucket'));
  return withoutZeros(lines).map((line) =>
    line.replace(/repository="[^"]*",workflow="CI",?(file="[^"]*")?/, '').replace('github_actions_', ''),
  );
}
