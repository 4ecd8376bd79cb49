import { openPostgresDatabases, vacuum } from '../../../test/postgres-databases.ts';
import { type TestDatabase, testStore } from '../../../test/store-conformance/test-store.ts';
import { openPostgresStore } from './store.ts';

const databases = openPostgresDatabases();

function temporary(): TestDatabase {
  let made: Promise<string> | undefined;
  return {
    async open(options) {
      made ??= databases.create();
      const url = await made;
      const store = await openPostgresStore({ url, password: null, ...options });
      return {
        ...store,
        // What is deleted leaves room that is used again; a full vacuum shows how much.
        async usedBytes() {
          await vacuum(url);
          return store.usedBytes();
        },
      };
    },
    async [Symbol.asyncDispose]() {},
  };
}

testStore('postgres', temporary, { time: 'of the database' });
