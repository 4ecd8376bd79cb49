import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPostgresDatabases } from '../../../test/postgres-databases.ts';
import { added, openMember, query, store, stored } from '../../../test/postgres-members.ts';
import { statement } from './statement.ts';

/*
 * What companies set for a role or a database, for programs that do not say what they need.
 */

const databases = openPostgresDatabases();

/** A database in which each connection begins with these settings. */
async function createWith(...settings: readonly string[]): Promise<string> {
  const url = await databases.create();
  const name = new URL(url).pathname.slice(1);
  for (const setting of settings) await query(url, `ALTER DATABASE ${name} SET ${setting}`);
  return url;
}

for (const level of ['repeatable read', 'serializable'])
  test(`postgres: with default_transaction_isolation = ${level} nobody is refused for the work of others`, async () => {
    const url = await createWith(`default_transaction_isolation = '${level}'`);
    await using first = await openMember(url);
    await using second = await openMember(url);
    const rounds = Array.from({ length: 20 });
    await Promise.all(
      [first, second].flatMap((each) => rounds.map(() => store(each, { increments: [added(['a'], 1)] }))),
    );
    assert.deepEqual(await stored(url), { 'm a 0': 40 });
  });

const SHOW = statement(`SELECT current_setting('synchronous_commit') AS value`);

for (const [setting, expected] of [
  ['off', 'on'],
  ['local', 'local'],
  ['remote_apply', 'remote_apply'],
] as const)
  test(`postgres: with synchronous_commit = ${setting} transactions are ${expected}`, async () => {
    await using member = await openMember(await createWith(`synchronous_commit = ${setting}`));
    const [row] = await member.write(async (transaction) => ({ result: await transaction.rows(SHOW) }));
    assert.deepEqual(row, { value: expected });
  });

test('postgres: numbers of jobs have all their digits, with settings of old times too', async () => {
  const url = await createWith('extra_float_digits = 0');
  await using writer = await openMember(url);
  const number = { metric: 'job_x', labels: [], value: 0.1 + 0.2, atMs: 1 };
  await store(writer, { numbers: [number] });
  await using reader = await openMember(url);
  const { numbers } = await reader.connections.readAsOfOneMoment((session) => reader.log.readAll(session));
  assert.deepEqual(numbers, [number]);
});
