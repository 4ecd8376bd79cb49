import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { startPostgres } from '../../../test/postgres.ts';
import { cutConnections } from '../../../test/postgres-databases.ts';
import { query } from '../../../test/postgres-members.ts';
import { openTemporaryFolder } from '../../../test/temporary-folder.ts';
import { openPostgresStore } from '../postgres/store.ts';
import { openDatabase } from '../sqlite/database.ts';
import { move } from './move.ts';

const server = await startPostgres();
after(() => server[Symbol.asyncDispose]());

/** Besides them, 16 of `makeSource`, and a name that each database has. */
const ROWS = 9000;

/** A database with many rows in some tables, some of them strange. */
function makeSource(path: string): void {
  change(
    path,
    `
    WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS})
      INSERT INTO seen_deliveries SELECT randomblob(16), i FROM n;
    INSERT INTO series VALUES (7, 'm', '["a\\u0000b"]', NULL), (9, 'm', '["ü","𝛼"]', 5);
    INSERT INTO cells VALUES (7, 0, 9007199254740991), (9, 3, -2);
    INSERT INTO job_numbers VALUES ('x', '[]', 0.1, 3), ('y', '[]', 1e300, 4);
    INSERT INTO notes VALUES ('n', 'a' || char(0) || 'b');
    INSERT INTO sinks VALUES ('s', 11, 11, 11, NULL);
    INSERT INTO trace_outbox VALUES (20, 17, 5, 1, '[[],[]]');
    INSERT INTO trace_sinks VALUES ('t', 21, 21, 21, NULL);
    INSERT INTO dead_traces VALUES (8, 't', 1, 'no', '[[],[]]');
    INSERT INTO observations VALUES (1, 0, 1, '[5]'), (1, 2, 2, '[6]'), (1, 0, 3, '[7]');
    INSERT INTO marks VALUES ('process/running_since', 5);
    INSERT INTO deliveries VALUES (40, 'g', 'e', 'a', 's', 1, 'payload');
    DELETE FROM deliveries; INSERT INTO failed_deliveries VALUES (39, 'g', 'e', 'a', 's', 1, 'p', 1, 'no', 2, NULL);`,
  );
}

function change(path: string, sql: string): void {
  const database = openDatabase(`sqlite:${path}`);
  database.exec(sql);
  database.close();
}

test('a move that is cut off goes on where it was, and everything has arrived as it was', async () => {
  using folder = openTemporaryFolder();
  const path = join(folder.path, 'a.db');
  makeSource(path);
  const options = { from: `sqlite:${path}`, to: await server.createDatabase(), password: null };
  const cut = move({
    ...options,
    onProgress({ step, table, rows }) {
      if (step === 'move' && table === 'seen_deliveries' && rows > 3000) throw new Error('cut off');
    },
  });
  await assert.rejects(cut, /cut off/);
  const unfinished = { code: 'store_unavailable', message: /has not ended/ };
  await assert.rejects(openPostgresStore({ url: options.to, password: null }), unfinished);
  const other = join(folder.path, 'other.db');
  cpSync(path, other);
  change(other, 'UPDATE cells SET value = value - 1');
  const changed = { code: 'command_failed', message: /from another database.*cells/ };
  await assert.rejects(move({ ...options, from: `sqlite:${other}` }), changed);
  const seen: number[] = [];
  const rows = await move({
    ...options,
    onProgress: ({ step, table, rows }) => {
      if (step === 'move' && table === 'seen_deliveries') seen.push(rows);
    },
  });
  assert.deepEqual([rows, seen], [ROWS + 17, [6000, 8000, 9000]]);
  const found = async (text: string) => (await query(options.to, text)).map((row) => Object.values(row));
  const next = 'next_series_id, next_sample_seq, outbox_bytes, next_span_seq, trace_outbox_bytes';
  assert.deepEqual(await found(`SELECT ${next} FROM changes`), [['10', '11', '0', '37', '5']]);
  const dead = `INSERT INTO dead_traces (sink, rejected_at_ms, reason, entry) VALUES ('', 0, '', '') RETURNING id`;
  assert.deepEqual(await found(dead), [['9']]);
  assert.deepEqual(await found('SELECT text FROM notes'), [['a\uFFFDb']]);
  assert.deepEqual(await found('SELECT job_id, number, received_at_ms FROM observations ORDER BY number'), [
    ['0', '1', '5'],
    ['2', '2', '6'],
    ['0', '3', '7'],
  ]);
  assert.equal((await found(`SELECT 1 FROM marks WHERE name = 'replicas/crashed_at_ms'`)).length, 1);
  const ids = `INSERT INTO deliveries (replica_id, guid, event, action, source, received_at_ms, payload)
    VALUES (0, '', '', '', '', 0, '') RETURNING id`;
  assert.deepEqual(await found(ids), [['41']]);
  await using store = await openPostgresStore({ url: options.to, password: null });
  const { cells, numbers } = await store.readSeries();
  assert.deepEqual(
    [cells.map(({ value }) => value).sort(), numbers.map(({ value }) => value)],
    [
      [-2, 9007199254740991],
      [0.1, 1e300],
    ],
  );
});

test('rows that somebody else writes into the target meanwhile are found', async () => {
  using folder = openTemporaryFolder();
  const path = join(folder.path, 'a.db');
  makeSource(path);
  const to = await server.createDatabase();
  const options = { from: `sqlite:${path}`, to, password: null };
  let writing: Promise<unknown> = Promise.resolve();
  const disturbed = move({
    ...options,
    onProgress({ step, table }) {
      if (step === 'move' && table === 'marks') writing = query(to, `UPDATE cells SET value = value + 1`);
    },
  });
  await assert.rejects(disturbed, { code: 'command_failed', message: /cells differs/ });
  await writing;
  await query(to, 'UPDATE cells SET value = value - 1');
  await cutConnections(to);
  await move(options);
});
