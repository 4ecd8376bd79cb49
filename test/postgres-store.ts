import { after } from 'node:test';
import { openPostgresStore } from '../src/store/postgres/store.ts';
import { type PostgresServer, startPostgres } from './postgres.ts';
import { type TestDatabase, testStore } from './store-conformance/test-store.ts';

const server = startPostgres();
after(async () => (await server)[Symbol.asyncDispose]());
/** A database with all tables, which is copied: that is faster than to make them. */
const template = server.then(makeTemplate);

async function makeTemplate(running: PostgresServer): Promise<string> {
  const url = await running.createDatabase();
  const store = await openPostgresStore({ url, password: null });
  await store[Symbol.asyncDispose]();
  return url;
}

function temporary(): TestDatabase {
  let url: Promise<string> | undefined;
  return {
    async open(options) {
      url ??= template.then(async (from) => (await server).createDatabase(from));
      return openPostgresStore({ url: await url, password: null, ...options });
    },
    async [Symbol.asyncDispose]() {},
  };
}

testStore('postgres', temporary);
