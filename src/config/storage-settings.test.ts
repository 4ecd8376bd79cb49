import assert from 'node:assert/strict';
import { test } from 'node:test';
import { storageUrl } from './storage-settings.ts';

const { read, advise = () => undefined } = storageUrl();

test('a database server is named by user, host and database, with what libpq knows of TLS', () => {
  for (const url of [
    'postgres://ant@db/ant',
    'postgresql://ant@db:5433/ant?sslmode=verify-full&sslrootcert=/etc/ca.pem',
    'postgres://ant@[::1]/ant?prepared=false',
    'postgres://ant@localhost/ant?host=/var/run/postgresql',
  ])
    assert.equal(read([url]), url);
});

test('a password in the URL is refused, wherever it is, as is what would be ignored', () => {
  const refused: Readonly<Record<string, RegExp>> = {
    'postgres://ant:secret@db/ant': /storage\.password/,
    'postgres://ant@db/ant?password=secret': /storage\.password/,
    'postgres://ant@db': /USER@HOST\/DATABASE/,
    'postgres://db/ant': /USER@HOST\/DATABASE/,
    'postgres://ant@db/ant?sslmode=prefer': /verify-full/,
    'postgres://ant@db/ant?ssl=true': /leave out ssl/,
    'postgres://ant@db/ant?sslcert=/a.pem': /sslkey/,
    'postgres://ant@db/ant?prepared=no': /prepared=false/,
    'postgres://ant@db1,db2/ant': /one host/,
    'postgres:ant': /postgres:\/\/|USER@HOST/,
  };
  for (const [url, hint] of Object.entries(refused)) {
    assert.equal(read([url]), undefined, url);
    assert.match(advise(url) ?? '', hint);
    assert.doesNotMatch(advise(url) ?? '', /secret/);
  }
});
