import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, openFixture } from '../../../test/fixtures/api-listener.ts';
import { fakeNow, openJob, START } from '../../../test/fixtures/now.ts';
import { DOMAIN } from '../../domain/catalogue.ts';
import { readingOf } from '../../domain/metric.ts';
import type { Queries } from '../../queries/all-queries.ts';
import { facets } from '../../queries/facets.ts';
import { fakeReader } from '../../queries/fake-reader.ts';
import { runners } from '../../queries/runners.ts';

const OPEN = [
  { jobId: 1, beganAtMs: -2000, name: '=cmd()' },
  { jobId: 2, beganAtMs: -1000 },
];

function openQueries(nowMs: () => number = () => 0) {
  const reader = fakeReader({ nowMs: START, openJobs: OPEN.map(openJob) });
  const queries = {
    ask(name: string, query: never) {
      if (name === 'now') return fakeNow({ nowMs: nowMs(), jobs: OPEN }, query);
      return name === 'runners' ? runners(reader, query) : facets(reader, query);
    },
  } as unknown as Queries;
  return { queries, clock: () => START };
}

test('jobs of now as a table, page by page', async (context) => {
  const { url } = await openFixture(context, openQueries());
  const { text } = await ask(`${url}/api/v1/now?limit=1&format=csv`);
  assert.match(text, /^job_id,run_id,/);
  assert.match(text, /'=cmd\(\)/, 'no spreadsheet executes it');
  const first = JSON.parse((await ask(`${url}/api/v1/now?limit=1`)).text);
  const second = JSON.parse((await ask(`${url}/api/v1/now?limit=1&cursor=${first.cursor}`)).text);
  assert.deepEqual([first.jobs[0].job_id, second.jobs[0].job_id, second.cursor], [1, 2, null]);
  assert.equal((await ask(`${url}/api/v1/now?cursor=nonsense`)).status, 400);
});

test('an answer of now is another after a second, though nothing was processed', async (context) => {
  let nowMs = START;
  const { url } = await openFixture(
    context,
    openQueries(() => nowMs),
  );
  const { headers } = await ask(`${url}/api/v1/now`);
  const again = { headers: { 'If-None-Match': headers.get('etag') ?? '' } };
  assert.equal((await ask(`${url}/api/v1/now`, again)).status, 304);
  nowMs += 1000;
  assert.equal((await ask(`${url}/api/v1/now`, again)).status, 200);
});

test('what can not be trusted is said: nothing was ever accepted, or nothing can be', async (context) => {
  const progress = { changes: 0, lastProcessedAtMs: null, oldestUnprocessedMs: null, accepted: 0 };
  const engine = { progress: async () => progress };
  const never = await openFixture(context, { ...openQueries(), engine });
  assert.equal(JSON.parse((await ask(`${never.url}/api/v1/now`)).text).freshness.state, 'blind');
  const full = await openFixture(context, { ...openQueries(), ready: async () => ({ ok: false }) });
  assert.equal(JSON.parse((await ask(`${full.url}/api/v1/now`)).text).freshness.state, 'blind');
  const well = await openFixture(context, openQueries());
  assert.equal(JSON.parse((await ask(`${well.url}/api/v1/now`)).text).freshness.state, 'fresh');
});

test('runners are those of the gauge, or it is said why there are none', async (context) => {
  const counted = [
    readingOf(DOMAIN.runners, ['o', 'gpu', 'online', 'true'], 3),
    readingOf(DOMAIN.runners, ['o', 'gpu', 'online', 'false'], 1),
  ];
  const parts = { githubReadings: () => counted, runnersMissing: () => null };
  const { url } = await openFixture(context, { ...openQueries(), ...parts });
  const { groups, tz } = JSON.parse((await ask(`${url}/api/v1/runners?tz=Europe/Berlin`)).text);
  assert.deepEqual([groups[0].online, groups[0].busy, tz], [4, 3, 'Europe/Berlin']);
  assert.match((await ask(`${url}/api/v1/runners?format=csv`)).text, /\r\no,gpu,4,3,0,0,0.75,\r\n/);
  assert.match((await ask(`${url}/api/v1/runners?tz=Mars`)).text, /tz must be the name of a time zone/);
  const missing = () => 'It is not asked.';
  const none = await openFixture(context, { ...openQueries(), runnersMissing: missing });
  assert.equal(JSON.parse((await ask(`${none.url}/api/v1/runners`)).text).missing, 'It is not asked.');
});

test('facets are searched by a part of their names', async (context) => {
  const { url } = await openFixture(context, openQueries());
  const answer = JSON.parse((await ask(`${url}/api/v1/facets?q=ubu&from=-7d`)).text);
  assert.deepEqual(answer.labels, [{ name: 'ubuntu-latest', runs: 0 }]);
  assert.deepEqual(answer.repositories, []);
});
