import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { HISTORY_ROW_CASES, type RowsAfter } from '../../../test/store-conformance/history-row-cases.ts';
import { NOW } from '../../../test/store-conformance/store-case.ts';
import { openTemporaryFolder } from '../../../test/temporary-folder.ts';
import { openSqliteStore } from './store.ts';

const rowsAfter: RowsAfter = async (work, sql) => {
  using folder = openTemporaryFolder();
  const path = join(folder.path, 'history.db');
  const store = await openSqliteStore({ url: `sqlite:${path}`, clock: () => NOW });
  await work(store);
  await store[Symbol.asyncDispose]();
  using database = new DatabaseSync(path, { readOnly: true });
  return database
    .prepare(sql)
    .all()
    .map((row) => ({ ...row }));
};

for (const [behaviour, body] of Object.entries(HISTORY_ROW_CASES))
  test(`sqlite: ${behaviour}`, () => body(rowsAfter));
