import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PLACE } from '../../../test/fixtures/facts.ts';
import { openRoutes } from '../../../test/fixtures/routes.ts';
import { job } from '../../../test/fixtures/states.ts';
import { assertAnswers } from '../../../test/openapi.ts';
import { answerQuery, type Queries } from '../../queries/all-queries.ts';
import { fakeReader } from '../../queries/fake-reader.ts';
import { addQueueRoutes } from './queue-routes.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');

/** Each job started five minutes ago and had waited for so many seconds. */
function start(waits: Readonly<Record<string, readonly number[]>>) {
  const startedJobs = Object.entries(waits).flatMap(([runsOn, seconds], group) =>
    seconds.map((wait, at) => ({
      ...PLACE,
      jobId: group * 1000 + at + 1,
      runsOn,
      startedAtMs: NOW - 300_000,
      queueMs: wait * 1000,
    })),
  );
  const jobs = startedJobs.map(({ jobId, queueMs, startedAtMs }) =>
    job({ jobId, queueMs, startedAtMs, runId: PLACE.runId, hasStarted: true, status: 'in_progress' }),
  );
  const history = { nowMs: NOW, asOfMs: NOW - 1000, startedJobs, beginsAtMs: 0 };
  const reader = fakeReader({ ...history, runs: [{ runs: [], jobs }] });
  const ask: Queries['ask'] = async (name, query) => (await answerQuery(name, reader, query)) as never;
  const options = { queries: { ask }, clock: () => NOW, webUrl: () => 'https://github.com' };
  return openRoutes((routes) => addQueueRoutes(routes, options));
}

test('/api/v1/queues answers the last day by labels, the longest total first', async () => {
  const app = start({ ubuntu: [1, 2, 3], 'self-hosted,gpu': [600] });
  const answer = (await app.get('/api/v1/queues')).json();
  assertAnswers('Queues', answer);
  assert.deepEqual(answer.window, {
    from: '2026-11-27T12:00:00.000Z',
    to: '2026-11-28T12:00:00.000Z',
    step: '15m',
  });
  assert.deepEqual(
    answer.summary.map(({ runs_on, p95 }: { runs_on: string; p95: number }) => [runs_on, p95]),
    [
      ['self-hosted,gpu', 600],
      ['ubuntu', 3],
    ],
  );
  const gpu = (await app.get('/api/v1/queues?runs_on=self-hosted,gpu&from=-1h&step=1m')).json();
  assert.deepEqual([gpu.total.count, gpu.window.step], [1, '1m']);
});

test('/api/v1/queues goes on where the cursor says, and as a table', async () => {
  const app = start({ a: [1], b: [2], c: [3] });
  const { cursor } = (await app.get('/api/v1/queues?limit=2&sort=max')).json();
  const { body } = await app.get(`/api/v1/queues?limit=2&sort=max&format=csv&cursor=${cursor}`);
  assert.equal(
    body,
    'runs_on,count,p50,p95,p99,max,total_seconds,p95_change,p95_change_ratio\r\nc,1,3,3,3,3,3,,\r\n',
  );
});

test('/api/v1/load answers how many waited at the same time, also as a table', async () => {
  const app = start({ gpu: [60] });
  const answer = (await app.get('/api/v1/load?step=1m&from=-1h')).json();
  assertAnswers('Load', answer);
  assert.deepEqual(answer.series, [{ runs_on: 'gpu', points: [['2026-11-28T11:54:00.000Z', 1, 1, 0, 0]] }]);
  const { body } = await app.get('/api/v1/load?step=1m&from=-1h&format=csv');
  assert.equal(
    body,
    'at,runs_on,queued_average,queued_max,running_average,running_max\r\n2026-11-28T11:54:00.000Z,gpu,1,1,0,0\r\n',
  );
});

test('/api/v1/queues/jobs answers the jobs of one step of a window', async () => {
  const app = start({ gpu: [60, 90] });
  const idsOf = async (query: string) => {
    const answer = (await app.get(`/api/v1/queues/jobs?from=-1h&${query}`)).json();
    assertAnswers('Jobs', answer);
    return answer.jobs.map(({ queue_seconds }: { queue_seconds: number }) => queue_seconds);
  };
  assert.deepEqual(await idsOf(''), [90, 60]);
  assert.deepEqual(await idsOf('step=5m&t=2026-11-28T11:55:00Z&limit=1'), [90]);
  assert.deepEqual(await idsOf('step=5m&t=2026-11-28T11:50:00Z'), []);
  const outside = await app.get('/api/v1/queues/jobs?from=-1h&t=2026-11-28T13:00:00Z');
  assert.equal(outside.json().error.message, 't must be the start of a step in the window.');
});

test('/api/v1/capacity answers how long these jobs would have waited, also as a table', async () => {
  const app = start({ gpu: [60, 60] });
  const answer = (await app.get('/api/v1/capacity?runs_on=gpu&target_p95=0')).json();
  assertAnswers('Capacity', answer);
  assert.deepEqual([answer.observed.jobs, answer.observed.p95], [2, 60]);
  const { body } = await app.get('/api/v1/capacity?runs_on=gpu&format=csv');
  assert.match(body, /^runners,p50,p95,max,utilisation,cost_dollars\r\n1,0,0,0,0,\r\n$/);
  const missing = await app.get('/api/v1/capacity');
  assert.equal(missing.json().error.message, 'runs_on is missing.');
});
