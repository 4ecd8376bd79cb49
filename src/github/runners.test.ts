import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ApiResult, GetOptions, RunnerList } from '../domain/github-api.ts';
import { openRunners } from './runners.ts';

type Page = ApiResult<unknown>;

function page(data: unknown, next: string | null = null): Page {
  return { kind: 'ok', data, next, fromCache: false };
}

function open(answers: Readonly<Record<string, readonly Page[]>>) {
  const asked: [string, GetOptions][] = [];
  async function* pages(route: string, options: GetOptions): AsyncIterable<Page> {
    asked.push([route, options]);
    yield* answers[route] ?? [{ kind: 'missing' } as const];
  }
  return { runners: openRunners({ pages }), asked };
}

const OF_ORG = '/orgs/{org}/actions/runners';
const GROUPS = '/orgs/{org}/actions/runner-groups';
const OF_REPOSITORY = '/repos/{owner}/{repo}/actions/runners';

let lastId = 0;
function runner(over: object = {}) {
  lastId += 1;
  return { id: lastId, status: 'online', busy: false, runner_group_id: 5, ...over };
}

const FREE = { status: 'online', isBusy: false };

async function listed(
  runners: readonly object[],
  over: Parameters<typeof open>[0] = {},
): Promise<RunnerList> {
  const { runners: opened } = open({
    [OF_ORG]: [page({ runners })],
    [GROUPS]: [page({ runner_groups: [{ id: 5, name: 'Machines' }] })],
    ...over,
  });
  const answer = await opened.listOf('octo');
  assert.ok(answer.kind === 'ok');
  return answer.data;
}

test("an organization's runners are counted by group name, status and whether they are busy", async () => {
  const all = [
    runner(),
    runner({ busy: true }),
    runner(),
    runner({ status: 'offline', runner_group_id: 9 }),
    {},
  ];
  const { runners, asked } = open({
    [OF_ORG]: [page({ runners: all.slice(0, 2) }, 'next'), page({ runners: all.slice(2) })],
    [GROUPS]: [page({ runner_groups: [{ id: 5, name: 'Machines' }] })],
  });
  const list = await runners.listOf('octo');
  assert.ok(list.kind === 'ok');
  assert.equal(list.data.total, 5);
  assert.deepEqual(list.data.counts, [
    { group: 'Machines', status: 'online', isBusy: false, count: 2 },
    { group: 'Machines', status: 'online', isBusy: true, count: 1 },
    { group: '9', status: 'offline', isBusy: false, count: 1 },
    { group: 'unknown', status: 'unknown', isBusy: false, count: 1 },
  ]);
  assert.deepEqual(
    asked.map(([route, { owner, priority, params, conditional }]) => [
      route,
      owner,
      priority,
      params,
      conditional,
    ]),
    [OF_ORG, GROUPS].map((route) => [route, 'octo', 'poll', { per_page: 100 }, true]),
  );
});

test('a group is free if one of its runners is online and not busy; groups without runners are listed too', async () => {
  const { groups } = await listed(
    [
      runner({ runner_group_id: 5, busy: true }),
      runner({ runner_group_id: 5, status: 'offline' }),
      runner({ runner_group_id: 6, busy: true }),
      runner({ runner_group_id: 6 }),
    ],
    {
      [GROUPS]: [
        page({
          runner_groups: [
            { id: 5, name: 'Machines' },
            { id: 6, name: 'Scale set' },
            { id: 7, name: 'Empty' },
          ],
        }),
      ],
    },
  );
  assert.deepEqual(groups, [
    { id: 5, name: 'Machines', isFree: false },
    { id: 6, name: 'Scale set', isFree: true },
    { id: 7, name: 'Empty', isFree: false },
  ]);
});

test('a runner that moves to the next page while the list is read is counted once; one with the same name twice', async () => {
  const moved = runner({ name: 'arc-1', busy: true });
  const { total, counts } = await listed([], {
    [OF_ORG]: [
      page({ runners: [runner({ name: 'arc-2' }), moved] }, 'next'),
      page({ runners: [{ ...moved, busy: false }, runner({ name: 'arc-2' })] }),
    ],
  });
  assert.deepEqual([total, counts], [3, [{ group: 'Machines', ...FREE, count: 3 }]]);
});

test('a runner is counted in each of its labels, once; ids of runs are left out of them', async () => {
  const label = (...names: unknown[]) => ({ labels: names.map((name) => ({ name })) });
  const { byLabel } = await listed([
    runner(label('self-hosted', 'Linux', 'X64')),
    runner({ ...label('self-hosted', 'self-hosted', 'run-28117300112', null), busy: true }),
    runner({ ...label('run-28117300113', 'run-28117300114'), busy: true }),
    runner(),
  ]);
  assert.deepEqual(byLabel, [
    { label: 'self-hosted', ...FREE, count: 1 },
    { label: 'Linux', ...FREE, count: 1 },
    { label: 'X64', ...FREE, count: 1 },
    { label: 'self-hosted', status: 'online', isBusy: true, count: 1 },
    { label: 'run-*', status: 'online', isBusy: true, count: 2 },
  ]);
});

test('a runner with a label for its job alone makes no label of its own, though ids of jobs have twelve digits', async () => {
  const own = (id: number) => runner({ labels: [{ name: `job-${id}-1` }, { name: 'ubuntu-22.04' }] });
  const { byLabel } = await listed([own(100_520_616_165), own(100_520_616_166), own(99_520_616_167)]);
  assert.deepEqual(byLabel, [
    { label: 'job-*', ...FREE, count: 3 },
    { label: 'ubuntu-22.04', ...FREE, count: 3 },
  ]);
});

test('of labels without number, the first thousand are shown, and the runners with others are counted together', async () => {
  const named = (number: number) => ({ name: `l${String(number).padStart(4, '0')}` });
  const { byLabel } = await listed(
    Array.from({ length: 1010 }, (_, number) => runner({ labels: [named(number), { name: 'zz' }] })),
  );
  assert.equal(byLabel.length, 1001);
  assert.deepEqual(
    byLabel.find(({ label }) => label === '__other__'),
    { label: '__other__', ...FREE, count: 1010 },
  );
});

test("a repository's runners are in the default group, and those of an enterprise are asked for with the token", async () => {
  const group = page({ runner_groups: [{ id: 1, name: 'Shared' }] });
  const { runners, asked } = open({
    [OF_REPOSITORY]: [page({ runners: [runner({ runner_group_id: 1 })] })],
    '/enterprises/{enterprise}/actions/runners': [page({ runners: [runner({ runner_group_id: 1 })] })],
    '/enterprises/{enterprise}/actions/runner-groups': [group],
  });
  const groupOf = async (target: string) => {
    const list = await runners.listOf(target);
    return list.kind === 'ok' && list.data.counts[0]?.group;
  };
  assert.deepEqual(
    [await groupOf('ants/hill'), await groupOf('enterprises/octo-corp')],
    ['Default', 'Shared'],
  );
  assert.deepEqual([asked[0]?.[1].owner, asked[0]?.[1].params], ['ants', { repo: 'hill', per_page: 100 }]);
  assert.deepEqual(
    [asked[1]?.[1].owner, asked[1]?.[1].params],
    [null, { enterprise: 'octo-corp', per_page: 100 }],
  );
});

test('a server without runner groups shows their ids', async () => {
  const { counts } = await listed([runner()], { [GROUPS]: [{ kind: 'missing' }] });
  assert.deepEqual(counts, [{ group: '5', ...FREE, count: 1 }]);
});

test('a user has no runners, and a failed answer is returned as it is, for groups too', async () => {
  assert.deepEqual(await open({}).runners.listOf('someone'), { kind: 'missing' });
  const failed = { kind: 'failed', reason: 'down', retryAtMs: null } as const;
  assert.deepEqual(await open({ [OF_ORG]: [failed] }).runners.listOf('octo'), failed);
  const half = open({ [OF_ORG]: [page({ runners: [runner()] })], [GROUPS]: [failed] });
  assert.deepEqual(await half.runners.listOf('octo'), failed);
});

test('a list that is too long is not counted partially', async () => {
  const broken = { kind: 'failed', reason: 'the list is too long', retryAtMs: null } as const;
  const { runners, asked } = open({ [OF_ORG]: [page({ runners: [runner()] }, 'next'), broken] });
  assert.deepEqual(await runners.listOf('octo'), broken);
  assert.deepEqual(asked[0]?.[1].limit, { pages: 100 });
});

const RUNNER = fc.record({
  id: fc.integer({ min: 1, max: 12 }),
  status: fc.constantFrom('online', 'offline'),
  busy: fc.boolean(),
  runner_group_id: fc.constantFrom(5, 6, 7),
  labels: fc.array(fc.constantFrom('self-hosted', 'Linux', 'gpu').map((name) => ({ name }))),
});

test('for any runners, on any pages, each is in one count, in that of each of its labels, and makes its group free or not', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(RUNNER, { maxLength: 25 }), fc.nat(25), async (all, cut) => {
      const list = await listed([], {
        [OF_ORG]: [page({ runners: all.slice(0, cut) }, 'next'), page({ runners: all.slice(cut) })],
        [GROUPS]: [page({ runner_groups: [5, 6, 8].map((id) => ({ id, name: `group ${id}` })) })],
      });
      // What is listed twice is as it was listed last.
      const last = [...new Map(all.map((each) => [each.id, each])).values()];
      const sizeOf = (fits: (each: (typeof last)[number]) => boolean) => last.filter(fits).length;
      for (const status of ['online', 'offline'])
        for (const isBusy of [true, false]) {
          const isIn = (each: (typeof last)[number]) => each.status === status && each.busy === isBusy;
          const countOf = (of: readonly { status: string; isBusy: boolean; count: number }[]) =>
            of.filter((each) => each.status === status && each.isBusy === isBusy);
          const sum = countOf(list.counts).reduce((total, { count }) => total + count, 0);
          assert.equal(sum, sizeOf(isIn));
          for (const label of ['self-hosted', 'Linux', 'gpu']) {
            const [found] = countOf(list.byLabel.filter((each) => each.label === label));
            const has = ({ labels }: (typeof last)[number]) => labels.some(({ name }) => name === label);
            assert.equal(
              found?.count ?? 0,
              sizeOf((each) => isIn(each) && has(each)),
            );
          }
        }
      const isFree = (id: number | null) =>
        sizeOf((each) => each.runner_group_id === id && each.status === 'online' && !each.busy) > 0;
      assert.equal(list.total, last.length);
      for (const group of list.groups) assert.equal(group.isFree, isFree(group.id), group.name);
      const known = new Set([5, 6, 8, ...last.map(({ runner_group_id: id }) => id)]);
      assert.deepEqual(new Set(list.groups.map(({ id }) => id)), known);
    }),
  );
});
