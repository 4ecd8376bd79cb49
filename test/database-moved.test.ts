import assert from 'node:assert/strict';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { backupOf, type Operator, startWith } from './database-operator.ts';
import { preload } from './faults.ts';
import { until } from './push/receivers.ts';
import { sumOf } from './samples.ts';

/*
 * Somebody removes, replaces or overwrites the database while the service uses it. Whatever was answered 202
 * is there after a restart, and until then it says that it can take nothing.
 */

const REMOVALS: Readonly<Record<string, (operator: Operator) => void>> = {
  'the file': ({ path }) => rmSync(path),
  'the file and its log': ({ path, log }) => {
    rmSync(path);
    rmSync(log);
  },
  'its folder': ({ data }) => rmSync(data, { recursive: true }),
};

for (const [what, remove] of Object.entries(REMOVALS)) {
  test(`removing ${what} loses nothing: it is saved, and the process ends with 1`, async () => {
    await using operator = await startWith();
    const { service } = operator;
    remove(operator);
    // It may have saved everything and ended before.
    assert.notDeepEqual(await operator.send(), [202]);
    const { code, log } = await service.ended();
    assert.equal(code, 1, log);
    assert.match(log, /"code":"database_removed","msg":"Database removed; saving its content"/);
    assert.match(log, /"code":"store_replaced".*"msg":"Part of the service failed; stopping"/);
    assert.match(log, /was removed while it was open\. All that was in it is there again\./);
    assert.doesNotMatch(log, /Bug; stopping/);
    await operator.expectAll();
  });
}

test('under load, whenever the database is removed, everything accepted is there after the restart, once', async () => {
  await using operator = await startWith();
  const { service } = operator;
  for (const afterDeliveries of [1, 30, 120]) {
    const enough = operator.accepted + afterDeliveries;
    const senders = Array.from({ length: 8 }, async () => {
      while ((await operator.send())[0] === 202);
    });
    await until('Nothing is accepted.', () => operator.accepted >= enough);
    rmSync(operator.path);
    rmSync(operator.log, { force: true });
    const { code, log } = await service.ended();
    await Promise.all(senders);
    assert.equal(code, 1, log);
    await service.start();
    await operator.redeliver();
    assert.equal(await operator.counts(), operator.accepted);
  }
});

test('a stop at the same moment saves the database as well', async () => {
  await using operator = await startWith();
  rmSync(operator.path);
  const { log } = await operator.service.stop();
  assert.match(log, /"msg":"Content of the removed database saved"/);
  assert.deepEqual(readdirSync(operator.data), ['ant.db', 'ant.db-lock']);
  await operator.expectAll();
});

test('where another file has taken its place, everything is saved next to it, and neither is changed', async () => {
  await using operator = await startWith();
  const { service, path, data } = operator;
  const other = await backupOf(operator);
  await operator.send(2);
  renameSync(other.path, path);
  assert.notDeepEqual(await operator.send(), [202]);
  const { code, log } = await service.ended();
  assert.equal(code, 1, log);
  const [saved = ''] = readdirSync(data).filter((name) => name.startsWith('ant.db.saved-'));
  assert.match(log, new RegExp(`All that was in it is in ${join(data, saved)}`));
  assert.ok(readFileSync(path).equals(other.bytes));
  await service.start();
  assert.equal(await operator.counts(), 3, 'it goes on from what was put there');
  await service.stop();
  renameSync(join(data, saved), path);
  await operator.expectAll();
});

test('if saving fails, the process keeps refusing, and saves when it can', async () => {
  await using operator = await startWith();
  const { service, data } = operator;
  rmSync(data, { recursive: true });
  writeFileSync(data, 'a file where the folder was');
  await until('It does not try.', () => service.log.includes('"code":"database_not_saved"'));
  assert.match(await operator.refuses(), /was removed while it is open; what is in it is being saved/);
  rmSync(data);
  const { code } = await service.ended();
  assert.equal(code, 1);
  await operator.expectAll();
});

test('a removed database is saved where there is just enough room for it', async () => {
  const almostFull = `
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    fs.statfsSync = () => ({ bavail: 1024, bsize: 4096 });
    syncBuiltinESMExports();`;
  await using operator = await startWith({ NODE_OPTIONS: preload(almostFull) });
  rmSync(operator.path);
  const { code, log } = await operator.service.ended();
  assert.equal(code, 1, log);
  assert.doesNotMatch(log, /database_not_saved/);
  await operator.expectAll();
});

const MOVES: Readonly<Record<string, (operator: Operator) => () => void>> = {
  'the file': ({ path }) => {
    renameSync(path, `${path}.away`);
    return () => renameSync(`${path}.away`, path);
  },
  'its folder, with an empty one in its place': ({ data }) => {
    renameSync(data, `${data}.away`);
    mkdirSync(data);
    return () => {
      rmSync(data, { recursive: true });
      renameSync(`${data}.away`, data);
    };
  },
  'its folder, with another database in its place': ({ data }) => {
    renameSync(data, `${data}.away`);
    cpSync(`${data}.away`, data, { recursive: true });
    return () => {
      rmSync(data, { recursive: true });
      renameSync(`${data}.away`, data);
    };
  },
};

for (const [what, move] of Object.entries(MOVES)) {
  test(`moving ${what} makes the service refuse; when it is back, the service continues`, async () => {
    await using operator = await startWith();
    const { service } = operator;
    const putBack = move(operator);
    const reason = await operator.refuses();
    assert.match(
      reason,
      /ant\.db is no longer the file that is open: that is now .*away.*Put it back at its path/,
    );
    assert.equal(
      sumOf(await service.metrics(), 'github_actions_dispatches_total'),
      3,
      'what is known is shown',
    );
    assert.equal(sumOf(await service.metrics(), 'ant_watcher_store_writable'), 0);
    putBack();
    assert.deepEqual(await operator.send(), [202]);
    assert.equal((await service.get('/readyz')).status, 200);
    assert.equal(sumOf(await service.metrics(), 'ant_watcher_store_writable'), 1);
    assert.match(
      service.log,
      /"code":"database_moved","msg":"Database no longer at its path; refusing deliveries"/,
    );
    assert.match(service.log, /"msg":"Database back at its path; accepting deliveries again"/);
    await service.kill();
    await operator.expectAll();
  });

  test(`a stop while ${what} is away leaves it complete, wherever it is`, async () => {
    await using operator = await startWith();
    const putBack = move(operator);
    assert.deepEqual(await operator.send(), [503]);
    const { log } = await operator.service.stop();
    assert.doesNotMatch(log, /Bug; stopping/);
    putBack();
    if (existsSync(operator.log)) truncateSync(operator.log);
    await operator.expectAll();
  });
}

test('a removed log is started again, and nothing is lost', async () => {
  await using operator = await startWith();
  rmSync(operator.log);
  assert.deepEqual(await operator.send(2), [202, 202]);
  assert.match(operator.service.log, /"msg":"Log of the database removed; starting a new one"/);
  await operator.service.kill();
  await operator.expectAll();
});

const OVERWRITINGS: Readonly<Record<string, (path: string, backup: string) => void>> = {
  'a backup': (path, backup) => copyFileSync(backup, path),
  nothing: (path) => truncateSync(path),
};

for (const [what, overwrite] of Object.entries(OVERWRITINGS)) {
  test(`a file overwritten with ${what} is left alone, and the next process starts with it`, async () => {
    await using operator = await startWith();
    const { service, path } = operator;
    const backup = await backupOf(operator);
    await operator.send(2);
    overwrite(path, backup.path);
    const written = readFileSync(path);
    assert.deepEqual(await operator.send(), [503]);
    const { code, log } = await service.ended();
    assert.equal(code, 1, log);
    assert.match(log, /"code":"store_replaced".*"msg":"Part of the service failed; stopping"/);
    assert.match(log, /ant\.db was overwritten by another program while it was open\./);
    assert.ok(readFileSync(path).equals(written), 'nothing was written into it');
    operator.accepted = what === 'a backup' ? 3 : 0;
    await operator.expectAll();
  });
}

test('a new time, other permissions, links and backups are no reason to refuse', async () => {
  await using operator = await startWith();
  const { service, path, data } = operator;
  utimesSync(path, 1_000_000_000, 1_000_000_000);
  assert.deepEqual(await operator.send(), [202]);
  chmodSync(path, 0o640);
  copyFileSync(path, join(data, 'copy.db'));
  assert.deepEqual(await operator.send(), [202]);
  await backupOf(operator);
  renameSync(data, `${data}.real`);
  symlinkSync(`${data}.real`, data);
  assert.deepEqual(await operator.send(), [202], 'the path leads to it');
  assert.doesNotMatch(service.log, /"level":"(warn|error)"/);
  await service.kill();
  await operator.expectAll();
});

test('behind a symlink, the file that it points to counts', async () => {
  await using operator = await startWith();
  const { service, data, path } = operator;
  await service.stop();
  renameSync(data, `${data}.1`);
  symlinkSync(`${data}.1`, data);
  await operator.expectAll();
  mkdirSync(`${data}.2`);
  rmSync(data);
  symlinkSync(`${data}.2`, data);
  assert.match(await operator.refuses(), /is no longer the file that is open/);
  rmSync(data);
  symlinkSync(`${data}.1`, data);
  assert.deepEqual(await operator.send(), [202]);
  assert.ok(existsSync(path));
});
