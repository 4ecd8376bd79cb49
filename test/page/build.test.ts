import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { buildPage } from '../../scripts/build-page.ts';
import { openTemporaryFolder } from '../temporary-folder.ts';

/** What people wait for, on any connection. */
const FIRST_VIEW_BYTES = 60_000;
const ALL_BYTES = 90 * 1024;

test('the first view is 60 kB at most, all views 90 KiB', async () => {
  using folder = openTemporaryFolder();
  const { firstViewBytes, allBytes } = await buildPage(folder.path);
  assert.ok(firstViewBytes > 10_000 && firstViewBytes <= FIRST_VIEW_BYTES, `first view: ${firstViewBytes}`);
  assert.ok(allBytes > firstViewBytes && allBytes <= ALL_BYTES, `all: ${allBytes}`);
});

test('the document names only built files, each also compressed; a second build touches none of them', async () => {
  using folder = openTemporaryFolder();
  await buildPage(folder.path);
  const assets = join(folder.path, 'assets');
  const document = readFileSync(join(folder.path, 'index.html'), 'utf8');
  const named = Array.from(document.matchAll(/"(\/assets\/[^"]+)"/g), ([, path = '']) => path);
  assert.equal(named.length, 4);
  for (const path of named) assert.ok(existsSync(join(folder.path, path)), path);
  for (const name of readdirSync(assets).filter((each) => /\.(js|css|svg)$/.test(each))) {
    const plain = readFileSync(join(assets, name));
    assert.deepEqual(gunzipSync(readFileSync(join(assets, `${name}.gz`))), plain);
    assert.deepEqual(brotliDecompressSync(readFileSync(join(assets, `${name}.br`))), plain);
  }
  const filesOf = () => readdirSync(assets).map((name) => [name, statSync(join(assets, name)).ino]);
  const before = filesOf();
  writeFileSync(join(assets, 'main-00000000.js'), 'of an earlier version');
  await buildPage(folder.path);
  assert.deepEqual(filesOf(), before);
});
