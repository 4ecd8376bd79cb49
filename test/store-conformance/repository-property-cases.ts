import assert from 'node:assert/strict';
import { type KnownProperties, knownOf } from '../../src/domain/repository-labels.ts';
import { commit, load, NOW, type StoreCase } from './store-case.ts';

function known(name: string, repositoryId: number | null, team: string, atMs: number): KnownProperties {
  return { name, repositoryId, properties: { team, 'odd "name"': 'a,b\n' }, atMs };
}

/** What a store knows of the custom properties of repositories. */
export const REPOSITORY_PROPERTY_CASES: Readonly<Record<string, StoreCase>> = {
  'the last properties of each name are kept, across restarts': async (open) => {
    const first = known('o/a', 2 ** 40, 'x', NOW);
    const without = known('o/b', null, 'y', NOW + 1);
    {
      await using store = await open();
      assert.deepEqual(await store.repositoryProperties(), []);
      await commit(store, { repositories: [known('o/a', 1, 'before', 1), without] });
      await commit(store, { repositories: [first] });
    }
    await using store = await open();
    assert.deepEqual(await store.repositoryProperties(), [first, without]);
  },

  'a transaction finds what is known by name, by id, and by the id of the name': async (open) => {
    await using store = await open();
    const old = known('o/old', 7, 'x', NOW);
    const renamed = known('o/new', 7, 'y', NOW + 1);
    const other = known('o/other', 8, 'z', NOW);
    await commit(store, { repositories: [old, renamed, other] });
    const found = async (name: string, repositoryId: number | null) => {
      const { repositories = [] } = await load(store, { repositories: [{ name, repositoryId }] });
      return knownOf(repositories, { name, repositoryId })?.['team'];
    };
    assert.deepEqual(await Promise.all([found('o/old', 7), found('o/third', 7)]), ['y', 'y']);
    assert.deepEqual(await Promise.all([found('o/old', null), found('o/other', 8)]), ['y', 'z']);
    assert.equal(await found('o/never', 9), undefined);
    assert.deepEqual((await load(store, {})).repositories ?? [], []);
  },

  'an entry of the history says under which labels it was counted': async (open) => {
    await using store = await open();
    const entry = {
      ...({
        runId: 1,
        jobId: null,
        guid: 'g',
        source: 'webhook',
        receivedAtMs: NOW,
        eventAtMs: NOW,
      } as const),
      ...{ action: 'completed', status: 'completed', conclusion: null, before: null, after: 'completed' },
      ...{ counted: [], why: null },
    };
    const repositoryLabels = [{ label: 'team', value: 'x', from: 'file' }] as const;
    await commit(store, { observations: [entry, { ...entry, guid: 'h', repositoryLabels }] });
    const { observations } = await store.explainRun(1);
    assert.deepEqual(observations, [entry, { ...entry, guid: 'h', repositoryLabels }]);
  },
};
