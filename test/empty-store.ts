import type { Clock, Store } from '../src/domain/contracts.ts';
import { Database, openDatabase } from '../src/store/sqlite/database.ts';
import { openSqliteStore } from '../src/store/sqlite/store.ts';

/*
 * Empty stores in memory, thousands of them: each is a copy, because to create the tables again takes longer
 * than most of what a property does with them.
 */

const EMPTY = emptyBytes();

function emptyBytes(): Uint8Array {
  using database = openDatabase('memory:');
  return database.serialize();
}

/** As `openSqliteStore` with `memory:`. */
export function openEmptyStore(clock: Clock): Promise<Store> {
  const database = new Database(':memory:');
  database.deserialize(EMPTY);
  database.exec('PRAGMA cache_size = -8192; PRAGMA temp_store = MEMORY');
  return openSqliteStore({ url: 'memory:', clock }, database);
}
