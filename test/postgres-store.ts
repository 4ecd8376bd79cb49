import { openPostgresStore } from '../src/store/postgres/store.ts';
import { openPostgresDatabases } from './postgres-databases.ts';
import { type TestDatabase, testStore } from './store-conformance/test-store.ts';

const databases = openPostgresDatabases();

function temporary(): TestDatabase {
  let url: Promise<string> | undefined;
  return {
    async open(options) {
      url ??= databases.create();
      return openPostgresStore({ url: await url, password: null, ...options });
    },
    async [Symbol.asyncDispose]() {},
  };
}

testStore('postgres', temporary);
