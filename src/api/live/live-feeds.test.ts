import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FakeMoment, fakeNow } from '../../../test/fixtures/now.ts';
import { AntError } from '../../domain/errors.ts';
import { applyDiff } from '../../domain/now-diff.ts';
import type { Now } from '../../domain/openapi-types.ts';
import { NO_FILTERS } from '../../domain/queries.ts';
import { type LiveClient, LiveFeeds, MOST_FILTERS } from './live-feeds.ts';
import type { NowAsked } from './now-answers.ts';

const ALL: NowAsked = { filters: NO_FILTERS, isStale: false, status: null, limit: 200, after: null };
const ONE = {
  filters: { ...NO_FILTERS, repository: ['o/a', 'o/b'] },
  isStale: false,
  status: null,
  limit: 200,
  after: null,
};
const SAME = { ...ONE, filters: { ...NO_FILTERS, repository: ['o/b', 'o/a'] } };

type Job = NonNullable<FakeMoment['jobs']>[number];

/** A service whose jobs, time and commits a test sets, and that counts what it is asked. */
function openWorld() {
  const world = {
    nowMs: 0,
    changes: 0,
    jobs: [] as Job[],
    asked: 0,
    isDown: false,
    failing: '',
    refused: '',
  };
  const answers = {
    async changes() {
      if (world.isDown) throw new Error('down');
      return world.changes;
    },
    async ask({ limit, filters }: NowAsked) {
      world.asked += 1;
      if (filters.label.includes(world.failing)) throw new Error('only this one fails');
      if (filters.label.includes(world.refused)) throw new AntError('name_unknown', 'It is gone.');
      return fakeNow({ nowMs: world.nowMs, jobs: world.jobs, limit });
    },
  };
  const feeds = new LiveFeeds({ answers, monotonic: () => world.nowMs });
  /** The jobs are these now, and it is a second later. */
  const commit = async (...jobs: Job[]) => {
    world.jobs = jobs;
    world.changes += 1;
    world.nowMs += 1000;
    await feeds.look();
  };
  const pass = async (ms: number) => {
    world.nowMs += ms;
    await feeds.look();
  };
  return { world, feeds, commit, pass };
}

/** A client that knows what a page knows. */
function openClient() {
  const events: string[] = [];
  let known: Now | null = null;
  const client: LiveClient = {
    send(text) {
      const [, name = ''] = /^event: (.*)$/m.exec(text) ?? [];
      const [, data = ''] = /^data: (.*)$/m.exec(text) ?? [];
      events.push(name);
      if (name === 'now') known = JSON.parse(data);
      if (name === 'diff' && known !== null) known = applyDiff(known, JSON.parse(data));
    },
    check: () => undefined,
    end: () => void events.push('end'),
  };
  return { client, events, ids: () => known?.jobs.map(({ job_id }) => job_id) };
}

const job = (jobId: number, over: Partial<Job> = {}): Job => ({ jobId, beganAtMs: 0, ...over });

test('every client gets every change, whatever else is open', async () => {
  const { feeds, commit } = openWorld();
  const clients = [openClient(), openClient(), openClient()];
  for (const { client } of clients) await feeds.join(ALL, () => client);
  await commit(job(1));
  await commit(job(1), job(2));
  await commit(job(2));
  for (const { events, ids } of clients) {
    assert.deepEqual(events, ['now', 'diff', 'diff', 'diff']);
    assert.deepEqual(ids(), [2]);
  }
});

test('equal filters share one computation, others have their own', async () => {
  const { world, feeds, commit } = openWorld();
  for (const asked of [ONE, SAME, ONE, ALL]) await feeds.join(asked, () => openClient().client);
  assert.equal(feeds.size, 2);
  assert.equal(world.asked, 2);
  await commit(job(1));
  assert.equal(world.asked, 4);
});

test('clients that come at the same moment share one computation', async () => {
  const { world, feeds } = openWorld();
  await Promise.all([1, 2, 3].map(() => feeds.join(ALL, () => openClient().client)));
  assert.equal(world.asked, 1);
});

test('who comes later gets what is known now, and the others get only what changed', async () => {
  const { world, feeds, pass } = openWorld();
  const [early, late] = [openClient(), openClient()];
  await feeds.join(ALL, () => early.client);
  world.jobs = [job(7)];
  world.changes += 1;
  world.nowMs += 1000;
  await feeds.join(ALL, () => late.client);
  assert.deepEqual([early.events, late.events], [['now', 'diff'], ['now']]);
  assert.deepEqual([early.ids(), late.ids()], [[7], [7]]);
  await pass(1000);
  assert.equal(world.asked, 2, 'it has been computed already');
});

test('nothing is computed where nothing was committed, or nobody looks', async () => {
  const { world, feeds, commit, pass } = openWorld();
  const { client, events } = openClient();
  const leave = await feeds.join(ALL, () => client);
  await pass(1000);
  await pass(1000);
  assert.equal(world.asked, 1);
  await commit(job(1));
  assert.equal(world.asked, 2);
  leave();
  assert.equal(feeds.size, 0);
  await commit(job(1), job(2));
  assert.equal(world.asked, 2);
  assert.deepEqual(events, ['now', 'diff']);
});

test('each quarter of a minute there is a sign of life, with what time alone has changed', async () => {
  const { world, feeds, pass } = openWorld();
  const { client, events, ids } = openClient();
  world.jobs = [job(1), job(2)];
  await feeds.join(ALL, () => client);
  world.jobs = [job(1, { isStale: true }), job(2)];
  await pass(14_999);
  assert.deepEqual(events, ['now']);
  await pass(1);
  assert.deepEqual(events, ['now', 'diff', 'alive']);
  assert.deepEqual(ids(), [2]);
});

test('many filters do not keep the database from other questions', async () => {
  const world = openWorld();
  const slow = new LiveFeeds({
    monotonic: () => world.world.nowMs,
    answers: {
      changes: async () => (world.world.changes += 1),
      async ask() {
        world.world.nowMs += 400;
        return fakeNow({ nowMs: world.world.nowMs });
      },
    },
  });
  for (const asked of [ALL, ONE]) await slow.join(asked, () => openClient().client);
  assert.equal(await slow.look(), 2400);
});

/** A filter of its own for each number. */
function filteredBy(number: number): NowAsked {
  return { ...ALL, filters: { ...NO_FILTERS, label: [`label-${number}`] } };
}

test('so many clients with other filters may come at once, one question is asked at a time', async () => {
  let [asking, most] = [0, 0];
  const answers = {
    changes: async () => 0,
    async ask() {
      asking += 1;
      most = Math.max(most, asking);
      await new Promise((resolve) => setImmediate(resolve));
      asking -= 1;
      return fakeNow({ nowMs: 0 });
    },
  };
  const feeds = new LiveFeeds({ answers });
  await Promise.all(
    [...Array(20).keys()].map((each) => feeds.join(filteredBy(each), () => openClient().client)),
  );
  assert.deepEqual([feeds.size, most], [20, 1]);
});

test('one filter too many is known before, a known one and a place that is free again are not', async () => {
  const { feeds } = openWorld();
  const leaves: (() => void)[] = [];
  for (let each = 0; each < MOST_FILTERS; each += 1) {
    assert.ok(!feeds.isFullFor(filteredBy(each)));
    leaves.push(await feeds.join(filteredBy(each), () => openClient().client));
  }
  assert.ok(feeds.isFullFor(filteredBy(MOST_FILTERS)));
  assert.ok(!feeds.isFullFor(filteredBy(0)));
  leaves[0]?.();
  assert.ok(!feeds.isFullFor(filteredBy(MOST_FILTERS)));
});

test('an answer that fails is made up for by the next', async () => {
  const { world, feeds, commit } = openWorld();
  const { client, ids } = openClient();
  await feeds.join(ALL, () => client);
  world.isDown = true;
  await assert.rejects(commit(job(1)));
  world.isDown = false;
  await commit(job(1), job(2));
  assert.deepEqual(ids(), [1, 2]);
});

test('a filter whose question always fails takes nothing from the others', async () => {
  const { world, feeds, commit } = openWorld();
  const [failing, other] = [openClient(), openClient()];
  await feeds.join({ ...ALL, filters: { ...NO_FILTERS, label: ['gpu'] } }, () => failing.client);
  await feeds.join(ALL, () => other.client);
  world.failing = 'gpu';
  for (const jobId of [1, 2]) {
    await assert.rejects(commit(job(jobId)), /only this one/);
    assert.deepEqual(other.ids(), [jobId]);
  }
  assert.deepEqual(failing.events, ['now']);
});

test('a stream ends whose filter is refused from now on', async () => {
  const { world, feeds, commit } = openWorld();
  const [refused, other] = [openClient(), openClient()];
  const leave = await feeds.join(
    { ...ALL, filters: { ...NO_FILTERS, label: ['gpu'] } },
    () => refused.client,
  );
  await feeds.join(ALL, () => other.client);
  world.refused = 'gpu';
  await commit(job(1));
  await commit(job(1), job(2));
  assert.deepEqual(
    [refused.events, other.ids()],
    [
      ['now', 'end'],
      [1, 2],
    ],
  );
  leave();
  assert.equal(feeds.size, 1);
});

test('who can not get an answer leaves nothing behind', async () => {
  const { world, feeds } = openWorld();
  world.isDown = true;
  await assert.rejects(feeds.join(ALL, () => assert.fail('opened')));
  assert.equal(feeds.size, 0);
});
