import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  END_MS,
  type Json,
  linksOf,
  listAll,
  openFixture,
  smallWorld,
} from '../../test/fixtures/simulated-rest.ts';
import { deliveriesOf } from '../deliveries.ts';
import { pastWorld, runsOf, type World } from '../world.ts';

const HOUR_MS = 3_600_000;
const ONE_REPOSITORY: World = pastWorld({
  seed: 'many',
  repositories: 1,
  runs: 1250,
  inFlight: 0,
  endMs: END_MS,
  spanMs: 48 * HOUR_MS,
});

interface Reported {
  readonly path: string;
  readonly object: Json;
}

/** What the last webhook by `untilMs` reported of each job and run attempt, with its path in the API. */
function lastReported(world: World, untilMs: number): Reported[] {
  const reported = new Map<string, Reported>();
  const happened = [...deliveriesOf(world)].filter(
    (each) => each.happenedMs <= untilMs && each.action !== null,
  );
  // The time within the ids is the order of events.
  const timeIn = ({ guid }: { guid: string }) => guid.split('-').slice(0, 3).reverse().join('');
  for (const each of happened.sort((a, b) => (timeIn(a) < timeIn(b) ? -1 : 1))) {
    const { workflow_job: job, workflow_run: run } = JSON.parse(each.body()) as Record<
      string,
      Json | undefined
    >;
    const actions = `/repos/${each.repository.fullName}/actions`;
    const path = job
      ? `${actions}/jobs/${job.id}`
      : `${actions}/runs/${run?.id}/attempts/${run?.run_attempt}`;
    reported.set(path, { path, object: job ?? run ?? {} });
  }
  return [...reported.values()];
}

for (const ago of [-2, 0, 1, 4]) {
  test(`${-ago} h after the end of the world the API shows what the webhooks sent until then, and nothing more`, async () => {
    await using fixture = await openFixture({ limits: { pointsPerMinute: 100_000 } });
    fixture.nowMs = END_MS - ago * HOUR_MS;
    const reported = lastReported(fixture.world, fixture.nowMs);
    assert.ok(reported.length > 200);
    for (const { path, object } of reported) {
      const { body } = await fixture.get(path);
      // It may be changed later, but never before.
      assert.ok(String(body.updated_at) >= String(object.updated_at));
      assert.deepEqual(
        { ...body, updated_at: object.updated_at },
        object.updated_at ? object : { ...object, updated_at: undefined },
      );
    }
    const later = lastReported(fixture.world, END_MS).filter(({ path }) =>
      reported.every((each) => each.path !== path),
    );
    assert.equal(later.length > 0, ago > 0);
    const born = [...runsOf(fixture.world)].filter(({ createdMs }) => createdMs <= fixture.nowMs).length;
    const counts = fixture.world.population.repositories.map(async ({ fullName }) => {
      const runs = await listAll<Json>(fixture, `/repos/${fullName}/actions/runs`, 'workflow_runs');
      return runs.length;
    });
    assert.equal(
      (await Promise.all(counts)).reduce((sum, each) => sum + each, 0),
      born,
    );
    for (const { path } of later) assert.equal((await fixture.get(path)).status, 404, path);
  });
}

test('some finished runs are changed after their end, so updated_at is not their end', async () => {
  await using fixture = await openFixture();
  let touched = 0;
  for (const { path, object } of lastReported(fixture.world, END_MS)) {
    if (object.updated_at && (await fixture.get(path)).body.updated_at !== object.updated_at) touched++;
  }
  assert.ok(touched > 5, `${touched} runs`);
});

test('runs are listed newest first, page by page, each once', async () => {
  await using fixture = await openFixture({}, ONE_REPOSITORY);
  const [repository] = ONE_REPOSITORY.population.repositories;
  const path = `/repos/${repository?.fullName}/actions/runs`;
  const runs = await listAll<Json>(fixture, `${path}?per_page=100`, 'workflow_runs');
  assert.equal(runs.length, 1250);
  assert.equal(new Set(runs.map(({ id }) => id)).size, 1250);
  const times = runs.map((run) => String(run.created_at));
  assert.deepEqual(times, times.toSorted().reverse());
  const { headers, body } = await fixture.get(`${path}?page=2`);
  assert.equal((body.workflow_runs as Json[]).length, 30);
  assert.equal(body.total_count, 1250);
  const pages = Object.entries(linksOf(headers)).map(([rel, link]) => [
    rel,
    new URL(link).searchParams.get('page'),
  ]);
  assert.deepEqual(Object.fromEntries(pages), { prev: '1', next: '3', last: '42', first: '1' });
});

test('a filtered list ends after a thousand runs, though its total is higher', async () => {
  await using fixture = await openFixture({}, ONE_REPOSITORY);
  const path = `/repos/${ONE_REPOSITORY.population.repositories[0]?.fullName}/actions/runs?per_page=100`;
  const filtered = `${path}&created=${encodeURIComponent('>=2020-01-01')}`;
  assert.equal((await listAll(fixture, filtered, 'workflow_runs')).length, 1000);
  const beyond = await fixture.get(`${filtered}&page=11`);
  assert.deepEqual(beyond.body, { total_count: 1250, workflow_runs: [] });
  const first = await fixture.get(filtered.replace('per_page=100', 'per_page=5000'));
  assert.equal((first.body.workflow_runs as Json[]).length, 100);
  assert.equal(new URL(linksOf(first.headers).last ?? '').searchParams.get('page'), '10');
});

test('created and status select runs; their index may lag', async () => {
  await using fixture = await openFixture();
  const busiest = `/repos/lumen-works/web-shop/actions/runs?per_page=100`;
  const list = async (query: string) =>
    (await listAll<Json>(fixture, `${busiest}${query}`, 'workflow_runs')).map(({ id }) => id);
  const all = await listAll<Json>(fixture, busiest, 'workflow_runs');
  const ids = (isWanted: (run: Json) => boolean) => all.filter(isWanted).map(({ id }) => id);
  const from = '2026-11-20T03:00:00Z';
  const to = '2026-11-20T08:00:00Z';
  const within = ids(({ created_at: at }) => String(at) >= from && String(at) <= to);
  assert.ok(within.length > 0 && within.length < all.length);
  assert.deepEqual(await list(`&created=${from}..${to}`), within);
  assert.deepEqual(
    await list('&status=failure'),
    ids(({ conclusion }) => conclusion === 'failure'),
  );
  const running = ids(({ status }) => status === 'in_progress');
  assert.ok(running.length > 0);
  assert.deepEqual(await list('&status=in_progress'), running);
  const since = `&created=>=${from}`;
  assert.ok((await list(since)).length > 0);
  fixture.github.indexLagMs = 10 * HOUR_MS;
  assert.deepEqual(await list(since), []);
  assert.ok((await list('&status=in_progress')).every((id) => !running.includes(id)));
  assert.deepEqual(
    await list(''),
    all.map(({ id }) => id),
  );
  assert.equal((await fixture.get(`${busiest}&created=soon`)).status, 422);
});

test('filter=latest lists the jobs of the last attempt, filter=all those of every attempt; carried-over jobs have new ids', async () => {
  const world = smallWorld('again', 150);
  await using fixture = await openFixture({}, world);
  const reported = lastReported(world, END_MS).map(({ object }) => object);
  const again = reported.find(
    (each) =>
      each.run_attempt === 2 &&
      each.steps &&
      String(each.completed_at) <
        String(reported.find((run) => run.id === each.run_id && run.run_attempt === 2)?.run_started_at),
  );
  assert.ok(again);
  const path = String(again.run_url).replace('https://api.github.com', '');
  const last = Math.max(
    ...reported.filter(({ id }) => id === again.run_id).map((run) => Number(run.run_attempt)),
  );
  const jobs = (query: string) => listAll<Json>(fixture, `${path}${query}`, 'jobs');
  const [first, second] = [await jobs('/attempts/1/jobs'), await jobs('/attempts/2/jobs')];
  const original = first.find(({ name }) => name === again.name);
  const carried = second.find(({ id }) => id === again.id);
  assert.ok(original && carried);
  assert.notEqual(carried.id, original.id);
  assert.deepEqual([carried.started_at, carried.run_attempt], [original.started_at, 2]);
  assert.deepEqual(await jobs('/jobs'), await jobs(`/attempts/${last}/jobs`));
  const every = await jobs('/jobs?filter=all&per_page=7');
  const attempts = await Promise.all(Array.from({ length: last }, (_, i) => jobs(`/attempts/${i + 1}/jobs`)));
  assert.deepEqual(every, attempts.flat());
});

test('unknown resources are 404, and unsupported requests are 501', async () => {
  await using fixture = await openFixture();
  const reported = lastReported(fixture.world, END_MS).map(({ path }) => path);
  for (const kind of ['/jobs/', '/runs/']) {
    const here = reported.find((path) => path.includes(`/web-shop/actions${kind}`)) ?? '';
    assert.equal((await fixture.get(here)).status, 200);
    assert.equal((await fixture.get(here.replace('web-shop', 'payments'))).status, 404);
    assert.equal(
      (await fixture.get(here.replace('lumen-works/web-shop', 'Lumen-Works/WEB-shop'))).status,
      200,
    );
  }
  assert.equal((await fixture.get('/repos/lumen-works/web-shop/actions/runs/1')).status, 404);
  assert.equal((await fixture.get('/repos/lumen-works/web-shop/actions/runs?branch=main')).status, 501);
  assert.equal((await fixture.get('/repos/lumen-works/web-shop/issues')).status, 501);
});

test('a list without pull requests is otherwise the same', async () => {
  await using fixture = await openFixture();
  const path = '/repos/lumen-works/web-shop/actions/runs?per_page=100';
  const whole = await listAll<Json>(fixture, path, 'workflow_runs');
  assert.ok(whole.some((run) => (run.pull_requests as Json[]).length > 0));
  assert.deepEqual(
    await listAll<Json>(fixture, `${path}&exclude_pull_requests=true`, 'workflow_runs'),
    whole.map((run) => ({ ...run, pull_requests: [] })),
  );
});
