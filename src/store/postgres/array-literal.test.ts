import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openPostgresDatabases } from '../../../test/postgres-databases.ts';
import { Connections } from './connections.ts';
import { statement } from './statement.ts';

const databases = openPostgresDatabases();
const ECHO = statement('SELECT $1::text[] AS texts, $2::float8[] AS numbers, $3::bytea[] AS bytes');
/** PostgreSQL stores no NUL character. */
const texts = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '"'));
/** Without a sign at zero. */
const positiveZero = (number: number) => number + 0;

test('postgres: the database reads an array as it was', async () => {
  const url = await databases.create();
  const connections = new Connections({ url, password: null, most: 1, name: 'test' });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.option(fc.oneof(texts, fc.constantFrom('', 'NULL', 'null', '\\', '"', '{,}', ' a ')))),
      fc.array(fc.option(fc.double({ noNaN: true }).map(positiveZero))),
      fc.array(fc.uint8Array({ maxLength: 20 })),
      async (each, numbers, arrays) => {
        const bytes = arrays.map((array) => Buffer.from(array));
        const rows = await connections.read((session) => session.rows(ECHO, [each, numbers, bytes]));
        assert.deepEqual(rows, [{ texts: each, numbers, bytes }]);
      },
    ),
  );
  await connections.close();
});
