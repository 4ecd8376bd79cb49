import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finishedJob, finishedRun } from '../../test/fixtures/facts.ts';
import { openJob, START } from '../../test/fixtures/now.ts';
import { assertAnswers } from '../../test/openapi.ts';
import type { FacetValue } from '../domain/openapi-types.ts';
import { type FacetsQuery, facets } from './facets.ts';
import { type FakeHistory, fakeReader } from './fake-reader.ts';

const WINDOW = { fromMs: START - 3_600_000, toMs: START };
const endedAtMs = START - 1000;

async function ask(history: Omit<FakeHistory, 'nowMs'>, over: Partial<FacetsQuery> = {}) {
  const answer = await facets(fakeReader({ nowMs: START, ...history }), {
    window: WINDOW,
    text: '',
    repository: [],
    ...over,
  });
  assertAnswers('Facets', answer);
  return answer;
}

const pairs = (values: readonly FacetValue[]) => values.map(({ name, runs }) => [name, runs]);

test('the most used come first, and what is open but has never ended comes last', async () => {
  const finishedRuns = ['a/x', 'b/y', 'b/y'].map((repository, index) =>
    finishedRun({
      runId: index,
      repository,
      workflow: 'CI',
      event: index === 0 ? 'push' : 'schedule',
      endedAtMs,
    }),
  );
  const finishedJobs = [
    finishedJob({ jobId: 1, runsOn: 'self-hosted,gpu', runnerGroup: 'big', endedAtMs }),
    finishedJob({ jobId: 2, runsOn: 'self-hosted', endedAtMs }),
    finishedJob({ jobId: 3, runsOn: 'none', jobName: 'lint', endedAtMs }),
    finishedJob({ jobId: 4, endedAtMs: START - 9_000_000 }),
  ];
  const openJobs = [openJob({ repository: 'c/new', runsOn: 'arm,self-hosted' })];
  const answer = await ask({ finishedRuns, finishedJobs, openJobs });
  assert.deepEqual(pairs(answer.repositories), [
    ['b/y', 2],
    ['a/x', 1],
    ['c/new', 0],
  ]);
  assert.deepEqual(pairs(answer.workflows), [['CI', 3]]);
  assert.deepEqual(pairs(answer.events), [
    ['schedule', 2],
    ['push', 1],
  ]);
  assert.deepEqual(pairs(answer.job_names), [
    ['build', 2],
    ['lint', 1],
  ]);
  assert.deepEqual(pairs(answer.runs_on), [
    ['none', 1],
    ['self-hosted', 1],
    ['self-hosted,gpu', 1],
    ['arm,self-hosted', 0],
  ]);
  assert.deepEqual(pairs(answer.labels), [
    ['self-hosted', 2],
    ['gpu', 1],
    ['arm', 0],
  ]);
  assert.deepEqual(pairs(answer.runner_groups), [
    ['unknown', 2],
    ['big', 1],
  ]);
});

test('of 5,000 repositories the browser gets 50: those that begin with the text, then those that contain it', async () => {
  const finishedRuns = Array.from({ length: 5000 }, (_, index) =>
    finishedRun({ runId: index, repository: `acme/service-${index}`, endedAtMs }),
  );
  const used = [1, 2, 3].map((attempt) =>
    finishedRun({ runId: 9000, runAttempt: attempt, repository: 'acme/my-Pay', endedAtMs }),
  );
  const rare = finishedRun({ runId: 9001, repository: 'acme/payments', endedAtMs });
  const owned = finishedRun({ runId: 9002, repository: 'pay/site', endedAtMs });
  const history = { finishedRuns: [...finishedRuns, ...used, rare, owned] };
  const all = await ask(history);
  assert.equal(all.repositories.length, 50);
  assert.deepEqual(pairs(all.repositories.slice(0, 1)), [['acme/my-Pay', 3]]);
  const found = await ask(history, { text: 'PAY' });
  assert.deepEqual(
    found.repositories.map(({ name }) => name),
    ['acme/payments', 'pay/site', 'acme/my-Pay'],
  );
});

test('a chosen repository narrows everything but the repositories', async () => {
  const finishedRuns = [
    finishedRun({ runId: 1, repository: 'o/a', workflow: 'A', endedAtMs }),
    finishedRun({ runId: 2, repository: 'o/b', workflow: 'B', endedAtMs }),
  ];
  const finishedJobs = [
    finishedJob({ jobId: 1, repository: 'o/a', jobName: 'a', endedAtMs }),
    finishedJob({ jobId: 2, repository: 'o/b', jobName: 'b', endedAtMs }),
  ];
  const answer = await ask({ finishedRuns, finishedJobs }, { repository: ['o/a'] });
  assert.deepEqual(pairs(answer.repositories), [
    ['o/a', 1],
    ['o/b', 1],
  ]);
  assert.deepEqual([pairs(answer.workflows), pairs(answer.job_names)], [[['A', 1]], [['a', 1]]]);
});

test('each label of repositories has its values, by the runs of the repositories that have them now', async () => {
  const finishedRuns = ['a/x', 'b/y', 'b/z'].map((repository, runId) =>
    finishedRun({ runId, repository, endedAtMs }),
  );
  const team = (value: string) => [{ label: 'team', value, from: 'known' } as const];
  const repositoryLabels = new Map([
    ['a/x', team('one')],
    ['b/y', team('two')],
    ['b/z', team('two')],
    ['c/idle', team('three')],
  ]);
  const answer = await ask({ finishedRuns, repositoryLabels });
  assert.deepEqual(
    answer.repository_labels.map(({ label, values }) => [label, pairs(values)]),
    [
      [
        'team',
        [
          ['two', 2],
          ['one', 1],
          ['three', 0],
        ],
      ],
    ],
  );
  for (const [text, found] of [
    ['team', ['two', 'one', 'three']],
    ['TEAM=t', ['two', 'three']],
    ['one', ['one']],
    ['other=one', []],
  ] as const) {
    const [labels] = (await ask({ finishedRuns, repositoryLabels }, { text })).repository_labels;
    assert.deepEqual(
      labels?.values.map(({ name }) => name),
      found,
      text,
    );
  }
  assert.deepEqual((await ask({ finishedRuns })).repository_labels, []);
});
