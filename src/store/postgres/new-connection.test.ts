import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { openPostgresDatabases } from '../../../test/postgres-databases.ts';
import { query } from '../../../test/postgres-members.ts';
import { Connections } from './connections.ts';
import { statement } from './statement.ts';

/*
 * A real standby is in test/replicas/standby.test.ts. Here the database only says that it is one, so that it can begin
 * to say so while a connection lives: as where a pooler hands the next transaction to another server.
 */

const STANDBY = { code: 'store_unavailable', message: /127\.0\.0\.1:\d+ is a standby/, hint: /primary/ };
const ONE = statement('SELECT 1 AS one');
const databases = openPostgresDatabases();
let url: string;

before(async () => {
  url = await databases.create();
  await query(
    url,
    `CREATE SCHEMA said; CREATE TABLE said.standby AS SELECT FALSE AS is_one;
     CREATE FUNCTION said.pg_is_in_recovery() RETURNS boolean LANGUAGE sql AS 'SELECT is_one FROM said.standby';
     CREATE ROLE ants LOGIN; GRANT USAGE ON SCHEMA said TO ants; GRANT SELECT ON said.standby TO ants;
     ALTER ROLE ants SET search_path = said, pg_catalog, public`,
  );
});

async function say(isStandby: boolean): Promise<void> {
  await query(url, `UPDATE said.standby SET is_one = ${isStandby}`);
}

function connect(parameters: string): Connections {
  const own = `${url.replace('ant_watcher@', 'ants@')}${parameters}`;
  return new Connections({ url: own, password: null, most: 1, name: 'test' });
}

for (const parameters of ['', '?prepared=true', '?prepared=false'])
  test(`postgres: no statement is sent to a standby, and to it once it is the primary${parameters}`, async () => {
    await say(true);
    const connections = connect(parameters);
    try {
      await assert.rejects(
        connections.read((session) => session.rows(ONE)),
        STANDBY,
      );
      await say(false);
      for (;;) {
        const rows = await connections.read((session) => session.rows(ONE)).catch(() => null);
        if (rows === null) continue;
        assert.deepEqual(rows, [{ one: 1 }]);
        return;
      }
    } finally {
      await connections.close();
    }
  });

test('postgres: where a pooler may be, a read asks each time whether it is at a standby', async () => {
  await say(false);
  const connections = connect('?prepared=false');
  let reads = 0;
  const read = () =>
    connections.readAsOfOneMoment(async () => {
      reads += 1;
    });
  try {
    await read();
    await say(true);
    await assert.rejects(read(), STANDBY);
    assert.equal(reads, 1);
  } finally {
    await connections.close();
  }
});
