import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { EXPORTERS } from './exporters.ts';

const ROOT = join(import.meta.dirname, '../../..');
const PAGE = readFileSync(join(ROOT, 'docs/migrate.md'), 'utf8');
const HEADER = '| its metric | ours | |\n| --- | --- | --- |\n';

/** The rows of the table of metrics in the section with that heading. */
function rowsUnder(heading: string): string[] {
  const [, section = ''] = PAGE.split(`\n## ${heading}\n`);
  const [, table = ''] = section.split('\n## ')[0]?.split(HEADER) ?? [];
  return table.split('\n\n')[0]?.split('\n') ?? [];
}

for (const [name, { title, differences }] of Object.entries(EXPORTERS)) {
  test(`${name}: migrate prints the table of docs/migrate.md`, () => {
    assert.deepEqual(
      differences.map((row) => `| ${row.join(' | ')} |`),
      rowsUnder(title),
    );
  });

  test(`${name}: there are recording rules under the name that migrate prints`, () => {
    assert.ok(existsSync(join(ROOT, `deploy/prometheus/compat-${name}.rules.yaml`)));
  });
}
