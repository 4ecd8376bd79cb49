import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiResult, GetOptions } from '../domain/github-api.ts';
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

function runner(over: object = {}) {
  return { id: 1, status: 'online', busy: false, runner_group_id: 5, ...over };
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
  const counts = await runners.countsOf('octo');
  assert.ok(counts.kind === 'ok');
  assert.deepEqual(counts.data, [
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

test('without runners no groups are requested', async () => {
  const { runners, asked } = open({ [OF_ORG]: [page({ runners: [] })] });
  const counts = await runners.countsOf('octo');
  assert.ok(counts.kind === 'ok' && counts.data.length === 0 && asked.length === 1);
});

test("a repository's runners are in the default group", async () => {
  const { runners, asked } = open({ [OF_REPOSITORY]: [page({ runners: [runner({ runner_group_id: 1 })] })] });
  const counts = await runners.countsOf('ants/hill');
  assert.ok(counts.kind === 'ok');
  assert.deepEqual(counts.data, [{ group: 'Default', status: 'online', isBusy: false, count: 1 }]);
  assert.deepEqual([asked[0]?.[1].owner, asked[0]?.[1].params], ['ants', { repo: 'hill', per_page: 100 }]);
});

test('a user has no runners, and a failed answer is returned as it is, for groups too', async () => {
  assert.deepEqual(await open({}).runners.countsOf('someone'), { kind: 'missing' });
  const failed = { kind: 'failed', reason: 'down', retryAtMs: null } as const;
  assert.deepEqual(await open({ [OF_ORG]: [failed] }).runners.countsOf('octo'), failed);
  const half = open({ [OF_ORG]: [page({ runners: [runner()] })], [GROUPS]: [failed] });
  assert.deepEqual(await half.runners.countsOf('octo'), failed);
});

test('a list that is too long is not counted partially', async () => {
  const broken = { kind: 'failed', reason: 'the list is too long', retryAtMs: null } as const;
  const { runners, asked } = open({ [OF_ORG]: [page({ runners: [runner()] }, 'next'), broken] });
  assert.deepEqual(await runners.countsOf('octo'), broken);
  assert.deepEqual(asked[0]?.[1].limit, { pages: 30 });
});
