import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finishedRun } from '../../test/fixtures/facts.ts';
import { NO_FILTERS } from '../domain/queries.ts';
import type { ChosenLabel } from '../domain/repository-labels.ts';
import { withStoredFilters } from './asked-filters.ts';
import { fakeReader } from './fake-reader.ts';

function labels(team: string, tier: string): ChosenLabel[] {
  return [
    { label: 'team', value: team, from: 'known' },
    { label: 'tier', value: tier, from: 'file' },
  ];
}

const repositoryLabels = new Map([
  ['o/a', labels('web', '1')],
  ['o/b', labels('payments', '1')],
  ['p/c', labels('web', 'none')],
  ['p/odd', labels('a=b', '2')],
]);
const READER = fakeReader({ nowMs: 0, repositoryLabels });

async function found(repositoryLabel: readonly string[], repository: readonly string[] = []) {
  const query = { filters: { ...NO_FILTERS, repository, repositoryLabel }, step: '1h' };
  const { filters, ...rest } = (await withStoredFilters(READER, query)) as typeof query;
  assert.deepEqual(rest, { step: '1h' });
  assert.ok(!('repositoryLabel' in filters));
  return (filters as { readonly repository: readonly string[] }).repository;
}

test('labels name the repositories that have them now, together with a filter by repository', async () => {
  assert.deepEqual(await found(['team=web']), ['o/a', 'p/c']);
  assert.deepEqual(await found(['team=web', 'team=payments']), ['o/a', 'o/b', 'p/c']);
  assert.deepEqual(await found(['team=web', 'tier=1']), ['o/a']);
  assert.deepEqual(await found(['tier=none']), ['p/c']);
  assert.deepEqual(await found(['team=a=b']), ['p/odd']);
  assert.deepEqual(await found(['team=web'], ['o/*']), ['o/a']);
  assert.deepEqual(await found(['team=web'], ['p/c', 'o/b']), ['p/c']);
  assert.deepEqual(await found([], ['o/*']), ['o/*']);
});

test('values that no repository has match nothing, and never everything', async () => {
  for (const asked of ['team=nobody', 'team=we']) assert.deepEqual(await found([asked]), ['/'], asked);
});

test('a label that is not there is refused, with those that are', async () => {
  const refused = (message: string) => ({ code: 'name_unknown', message });
  await assert.rejects(
    found(['squad=web']),
    refused('Repositories have no label "squad". There are team, tier.'),
  );
  await assert.rejects(
    found(['team=web', 'teem=web']),
    refused('Repositories have no label "teem". There are team, tier. Did you mean team?'),
  );
  const query = { filters: { ...NO_FILTERS, repositoryLabel: ['team=web'] } };
  await assert.rejects(withStoredFilters(fakeReader({ nowMs: 0 }), query), {
    code: 'name_unknown',
    message: /^Repositories have no labels: neither metrics.repository_labels nor .* is set\.$/,
  });
});

const BRANCHES = [
  'default',
  'pull_request',
  'pull_request:default',
  'pull_request:old',
  'merge_queue:default',
  'old',
];

async function branches(branch: readonly string[]): Promise<readonly string[]> {
  const finishedRuns = BRANCHES.map((each) => finishedRun({ branch: each, endedAtMs: 0 }));
  const reader = fakeReader({ nowMs: 0, finishedRuns, branchGroups: ['release'] });
  const { query } = (await withStoredFilters(reader, { query: { ...NO_FILTERS, branch } })) as {
    query: { branch: readonly string[] };
  };
  return query.branch;
}

test('pull requests and merge queues are those of every base as well, also of groups of earlier', async () => {
  assert.deepEqual(await branches(['pull_request']), [
    'pull_request',
    'pull_request:default',
    'pull_request:old',
  ]);
  assert.deepEqual(await branches(['merge_queue', 'default']), [
    'merge_queue',
    'default',
    'merge_queue:default',
  ]);
  for (const one of [
    'pull_request:default',
    'pull_request:release',
    'release',
    'other',
    'old',
    'pull_request:old',
  ])
    assert.deepEqual(await branches([one]), [one]);
  assert.deepEqual(await branches([]), []);
});

test('what can be no class of a branch is refused, with the classes that there are', async () => {
  for (const name of ['main', 'default:release', 'pull_request:', 'pull_request:main', 'pull_request:a:b'])
    await assert.rejects(branches(['default', name]), { code: 'name_unknown' }, name);
  await assert.rejects(branches(['main']), {
    message:
      'There is no class of branches "main". There are pull_request, merge_queue, default, other, release. metrics.branch_groups makes more classes.',
  });
  await assert.rejects(branches(['pull_requests']), { message: /Did you mean pull_request\?$/ });
});

test('lists of jobs and the values to filter by are asked in the same way', async () => {
  const list = { query: { ...NO_FILTERS, repositoryLabel: ['team=web'], limit: 5 }, webUrl: '' };
  const narrowed = (await withStoredFilters(READER, list)) as typeof list;
  assert.deepEqual(
    [narrowed.query.repository, narrowed.query.limit, narrowed.webUrl],
    [['o/a', 'p/c'], 5, ''],
  );
  const facets = { text: '', repository: [], repositoryLabel: ['team=web'] };
  assert.deepEqual(await withStoredFilters(READER, facets), { text: '', repository: ['o/a', 'p/c'] });
  assert.equal(await withStoredFilters(READER, 7), 7);
});
