import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_FILTERS } from '../domain/queries.ts';
import type { ChosenLabel } from '../domain/repository-labels.ts';
import { fakeReader } from './fake-reader.ts';
import { withRepositories } from './repositories-with-labels.ts';

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
  const { filters, ...rest } = (await withRepositories(READER, query)) as typeof query;
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

test('labels that no repository has match nothing, and never everything', async () => {
  for (const asked of ['team=nobody', 'squad=web', 'team=we'])
    assert.deepEqual(await found([asked]), ['/'], asked);
});

test('lists of jobs and the values to filter by are asked in the same way', async () => {
  const list = { query: { ...NO_FILTERS, repositoryLabel: ['team=web'], limit: 5 }, webUrl: '' };
  const narrowed = (await withRepositories(READER, list)) as typeof list;
  assert.deepEqual(
    [narrowed.query.repository, narrowed.query.limit, narrowed.webUrl],
    [['o/a', 'p/c'], 5, ''],
  );
  const facets = { text: '', repository: [], repositoryLabel: ['team=web'] };
  assert.deepEqual(await withRepositories(READER, facets), { text: '', repository: ['o/a', 'p/c'] });
  assert.equal(await withRepositories(READER, 7), 7);
});
