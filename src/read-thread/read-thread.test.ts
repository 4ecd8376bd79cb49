import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { job } from '../../test/fixtures/states.ts';
import { commit, NOW } from '../../test/store-conformance/store-case.ts';
import { openTemporaryFolder } from '../../test/temporary-folder.ts';
import { parseLabelPatterns } from '../domain/label-patterns.ts';
import type { Jobs } from '../domain/openapi-types.ts';
import { NO_FILTERS } from '../domain/queries.ts';
import { openSqliteStore } from '../store/sqlite/store.ts';
import { monotonicMs } from '../timing/monotonic.ts';
import { SharedTime } from '../timing/service-time.ts';
import { SharedMoment } from '../timing/shared-moment.ts';
import { ReadThread } from './read-thread.ts';

const LIST = {
  ...NO_FILTERS,
  ...{ statuses: ['queued'], window: null, isStale: false, order: 'created', isDescending: false },
  ...{ limit: 5, after: null },
};
const QUERY = { query: LIST, webUrl: 'https://github.com' };

function openThread(path: string, changed = new SharedMoment(), pattern = '') {
  const parsed = parseLabelPatterns(pattern);
  assert.ok('patterns' in parsed);
  const { patterns } = parsed;
  const shared = new SharedTime();
  shared.offsetMs = Date.now() - monotonicMs();
  const time = shared.buffer;
  return new ReadThread({
    place: { path },
    time,
    changed: changed.buffer,
    rules: () => ({ labelPatterns: patterns }),
  });
}

test('a thread answers from the file what the engine has stored, and until when', async () => {
  using folder = openTemporaryFolder();
  const path = join(folder.path, 'a.db');
  await using store = await openSqliteStore({ url: `sqlite:${path}`, clock: () => NOW });
  const changed = new SharedMoment();
  const thread = openThread(path, changed, 'runs_on=vm-*');
  try {
    const none = (await thread.answer('jobs', QUERY)) as Jobs;
    assert.deepEqual(none.jobs, []);
    await commit(store, { jobs: [job({ jobId: 7, createdAtMs: Date.now(), runsOn: ['vm-a'] })] });
    changed.note(NOW + 1);
    const one = (await thread.answer('jobs', QUERY)) as Jobs;
    assert.deepEqual([one.jobs[0]?.job_id, Date.parse(one.as_of)], [7, NOW + 1]);
    const { query } = QUERY;
    const folded = await thread.answer('jobs', { ...QUERY, query: { ...query, runsOn: ['vm-*'] } });
    assert.equal((folded as Jobs).jobs.length, 1, "by the operator's patterns");
    await thread.close();
    assert.equal(((await thread.answer('jobs', QUERY)) as Jobs).jobs.length, 1, 'another thread');
  } finally {
    await thread.close();
  }
});

test('what goes wrong keeps its code, and a question under way when the thread ends gets one', async () => {
  using folder = openTemporaryFolder();
  const thread = openThread(join(folder.path, 'missing.db'));
  await assert.rejects(thread.answer('jobs', QUERY), { code: 'store_unavailable' });
  const asked = assert.rejects(thread.answer('jobs', QUERY), {
    code: /^(query_too_slow|store_unavailable)$/,
  });
  await thread.close();
  await asked;
});
