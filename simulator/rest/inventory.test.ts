import assert from 'node:assert/strict';
import { test } from 'node:test';
import { END_MS, type Json, listAll, openFixture, smallWorld } from '../../test/fixtures/simulated-rest.ts';
import { runsOf } from '../world.ts';

const WORLD = smallWorld('inventory', 400);

test('repositories are ordered by their last push, which follows their runs', async () => {
  await using fixture = await openFixture({}, WORLD);
  const list = (query: string) => listAll<Json>(fixture, `/orgs/lumen-works/repos?per_page=2${query}`);
  const pushes = new Map<string, number>();
  for (const run of runsOf(WORLD))
    if (run.event === 'push') pushes.set(run.repository.fullName, run.createdMs);
  const byPush = await list('&sort=pushed');
  const times = byPush.map((each) => Date.parse(String(each.pushed_at)));
  assert.deepEqual(
    times,
    times.toSorted((a, b) => b - a),
  );
  for (const each of byPush) {
    const pushedMs = pushes.get(String(each.full_name)) ?? WORLD.startMs;
    assert.equal(Date.parse(String(each.pushed_at)), pushedMs);
  }
  assert.ok(new Set(times).size > 2);
  const names = (await list('&sort=full_name')).map((each) => each.full_name);
  assert.deepEqual(names, names.toSorted());
  assert.deepEqual(
    (await list('&sort=full_name&direction=desc')).map((each) => each.full_name),
    names.toReversed(),
  );
  assert.ok((await list('&type=private')).every((each) => each.private === true));
});

test('runners are busy while they run a job; ephemeral ones disappear after it', async () => {
  await using fixture = await openFixture({}, WORLD);
  const executed = [...runsOf(WORLD)]
    .filter((run) => run.repository.owner.login === 'lumen-works')
    .flatMap((run) => run.attempts.flatMap((attempt) => attempt.jobs))
    .filter((job) => job.kind === 'ran' && !job.carriedOver && job.completedMs < END_MS);
  const runnersAt = async (ms: number) => {
    fixture.nowMs = ms;
    return listAll<Json>(fixture, '/orgs/lumen-works/actions/runners?per_page=5', 'runners');
  };
  for (const [groupId, remains] of [
    [5, true],
    [7, false],
  ] as const) {
    const job = executed.find(
      (each) => each.runner?.groupId === groupId && each.completedMs - each.startedMs > 10_000,
    );
    assert.ok(job?.runner);
    const { id } = job.runner;
    const during = (await runnersAt(job.startedMs + 5000)).find((each) => each.id === id);
    assert.ok(during);
    assert.deepEqual([during.busy, during.status, during.ephemeral], [true, 'online', !remains]);
    assert.deepEqual(
      (during.labels as Json[]).map(({ name }) => name),
      job.labels,
    );
    const after = await runnersAt(job.completedMs);
    assert.equal(
      after.some((each) => each.id === id),
      remains,
    );
  }
  const rest = await runnersAt(WORLD.startMs);
  assert.ok(rest.length > 10 && rest.every(({ busy }) => busy === false));
  assert.deepEqual(
    rest.filter(({ status }) => status === 'offline').map(({ id }) => id),
    [311],
  );
  const named = await fixture.get(`/orgs/lumen-works/actions/runners?name=${rest[0]?.name}`);
  assert.equal(named.body.total_count, 1);
});

test('workflows are listed for their repository', async () => {
  await using fixture = await openFixture({}, WORLD);
  for (const { fullName, workflows } of WORLD.population.repositories) {
    const { body } = await fixture.get(`/repos/${fullName}/actions/workflows`);
    assert.deepEqual(
      (body.workflows as Json[]).map(({ id }) => id),
      workflows.map(({ id }) => id),
    );
  }
});
