import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Facets } from '../../src/domain/openapi-types.ts';
import { choicesFor } from './filter-choices.ts';

const WINDOW = { from: '2026-11-28T00:00:00Z', to: '2026-11-29T00:00:00Z', step: null };
const RULES = { taken: ['repository', 'repository_label'] as const, isChosen: () => false };

function facetsWith(repository_labels: Facets['repository_labels']): Facets {
  const none = { workflows: [], job_names: [], runs_on: [], labels: [], runner_groups: [], branches: [] };
  const repositories = [{ name: 'acme/web', runs: 3 }];
  return {
    ...{ as_of: '2026-11-29T00:00:00Z', window: WINDOW, definitions: 'v1' as const, events: [] },
    ...{ ...none, repositories, repository_labels },
  };
}

test('labels of repositories are offered with their values where there are any, and nowhere else', () => {
  const facets = facetsWith([
    {
      label: 'team',
      values: [
        { name: 'web', runs: 5 },
        { name: 'none', runs: 1 },
      ],
    },
  ]);
  const offered = (text: string, known: Facets) =>
    choicesFor(text, known, RULES).map(({ name, value, count }) => [name, value, count]);
  assert.deepEqual(offered('', facets), [
    ['repository', 'acme/web', 3],
    ['repository_label', 'team=web', 5],
    ['repository_label', 'team=none', 1],
  ]);
  assert.deepEqual(offered('repository label: ', facets), [
    ['repository_label', 'team=web', 5],
    ['repository_label', 'team=none', 1],
  ]);
  assert.deepEqual(offered('', facetsWith([])), [['repository', 'acme/web', 3]]);
});
