import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPostgresDatabases } from '../../../test/postgres-databases.ts';
import { query } from '../../../test/postgres-members.ts';
import { Connections } from './connections.ts';
import { statement } from './statement.ts';

const databases = openPostgresDatabases();
const WORK = statement('SELECT 7 AS value FROM pg_sleep(0.02)');

test('postgres: when the server takes no more connections, those that there are take turns', async () => {
  const url = await databases.create();
  await query(url, 'CREATE ROLE limited LOGIN CONNECTION LIMIT 1');
  const limited = url.replace('ant_watcher@', 'limited@');
  const connections = new Connections({ url: limited, password: null, most: 3, name: 'test' });
  try {
    const work = () => connections.transact((session) => session.rows<{ value: number }>(WORK));
    for (let round = 0; round < 3; round += 1) {
      const each = await Promise.all(Array.from({ length: 9 }, work));
      assert.deepEqual(each.flat(), Array(9).fill({ value: 7 }));
    }
  } finally {
    await connections.close();
  }
});

test('postgres: a server that takes no connection at all is told at once, with what to do', async () => {
  const url = await databases.create();
  await query(url, 'CREATE ROLE refused LOGIN CONNECTION LIMIT 0');
  const refused = url.replace('ant_watcher@', 'refused@');
  const connections = new Connections({ url: refused, password: null, most: 3, name: 'test' });
  try {
    await assert.rejects(
      connections.read((session) => session.rows(WORK)),
      { code: 'store_unavailable', hint: /raise max_connections/ },
    );
  } finally {
    await connections.close();
  }
});
