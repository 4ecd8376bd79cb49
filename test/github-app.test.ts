import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { NEEDED_ACCESS } from '../src/cli/doctor/needed-access.ts';
import { APP_PARTS, needsOrganization, USUAL_PARTS } from '../src/cli/setup/app-manifest.ts';
import { permissionOf } from '../src/github/client/permissions.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../docs/github-app.md'), 'utf8');
const [, TABLE = ''] = /^\| part \|.*\n\| -.*\n((?:\|.*\n)+)/m.exec(PAGE) ?? [];

/** What stands in code, as `(name)` in the cell. */
function namesIn(cell: string): string[] {
  return Array.from(cell.matchAll(/\(`(\w+)`\)/g), ([, name = '']) => name);
}

test('the page has each part of the App with its permissions and events', () => {
  const rows = TABLE.trim()
    .split('\n')
    .map((row) => row.split('|').map((cell) => cell.trim()));
  const shown = rows.map(([, part = '', isUsual, , permissions = '', events = '']) => ({
    part: part.replaceAll('`', ''),
    isUsual: isUsual === '✓',
    permissions: namesIn(permissions),
    events: namesIn(events),
    needsOrganization: permissions.startsWith('organization:'),
  }));
  const parts = Object.entries(APP_PARTS).map(([name, { permissions, events }]) => {
    const part = name as keyof typeof APP_PARTS;
    return {
      ...{ part, isUsual: USUAL_PARTS.includes(part), permissions: [...permissions], events: [...events] },
      needsOrganization: needsOrganization(part),
    };
  });
  const byName = (a: { part: string }, b: { part: string }) => (a.part < b.part ? -1 : 1);
  assert.deepEqual(shown.toSorted(byName), parts.toSorted(byName));
});

test('the page names each permission that doctor tries', () => {
  const keys = NEEDED_ACCESS.flatMap(({ routes }) =>
    routes.flatMap((route) => permissionOf(route).key ?? []),
  );
  assert.ok(keys.length >= 4);
  for (const key of keys) assert.ok(PAGE.includes(`\`${key}\``), key);
});
