import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findFaults } from './dependency-rules.ts';

const ROOT = join(import.meta.dirname, '..');

test('the sources keep the dependency rules', () => {
  const paths = globSync(['src/**/*.ts', 'simulator/**/*.ts', 'dashboard/**/*.{ts,tsx}'], {
    cwd: ROOT,
  }).filter((path) => !path.endsWith('.test.ts'));
  assert.ok(paths.length > 50);
  const sources = new Map(paths.map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]));
  assert.deepEqual(findFaults(sources), []);
});

/** The fault of each made-up program, by what its message must say. */
const WRONG: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'src/domain/a.ts imports src/logger/b.ts': { 'src/domain/a.ts': "import { b } from '../logger/b.ts';" },
  'src/domain/a.ts imports node:fs': { 'src/domain/a.ts': "import { readFileSync } from 'node:fs';" },
  'src/api/a.ts imports src/metrics/b.ts': {
    'src/api/a.ts': "import type {\n  B,\n  C,\n} from '../metrics/b.ts';",
  },
  'src/collector/a.ts imports src/store/sqlite/b.ts': {
    'src/collector/a.ts': "const { b } = await import('../store/sqlite/b.ts');",
  },
  'dashboard/a.tsx imports node:fs': { 'dashboard/a.tsx': "import { readFileSync } from 'node:fs';" },
  'dashboard/a.tsx imports src/api/b.ts': { 'dashboard/a.tsx': "import { b } from '../src/api/b.ts';" },
  'src/api/a.ts imports dashboard/b.ts': { 'src/api/a.ts': "import { b } from '../../dashboard/b.ts';" },
  'src/webhook/a.ts imports src/store/b.ts': { 'src/webhook/a.ts': "import '../store/b.ts';" },
  'src/traces/a.ts imports src/sync/b.ts': {
    'src/traces/a.ts': "new Worker(new URL('../sync/b.ts', import.meta.url));",
  },
  'src/timing/a.ts imports src/logger/b.ts': { 'src/timing/a.ts': "import { b } from '../logger/b.ts';" },
  'src/engine/a.ts imports src/config/b.ts': {
    'src/engine/a.ts': "import type { B } from '../config/b.ts';",
  },
  'src/engine/a.ts imports src/app/app.ts': {
    'src/engine/a.ts': "import { startApp } from '../app/app.ts';",
  },
  'src/webhook/a.ts uses process.env': {
    'src/webhook/a.ts': "const url = 'https://example.org'; const a = process.env['A'];",
  },
  'src/app/app.ts uses process.exit': { 'src/app/app.ts': 'process.exit(1);' },
  'src/cli/commands.ts uses process.argv': { 'src/cli/commands.ts': 'const [, , name] = process.argv;' },
  'src/store/a.ts imports node:process': { 'src/store/a.ts': "import { env } from 'node:process';" },
  'src/sync/a.ts has a timer of its own': { 'src/sync/a.ts': 'const timer = setInterval(step, 1000);' },
  'src/push/a.ts has a timer of its own': {
    'src/push/a.ts': "import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';",
  },
  'src/api/a.ts imports node:https, which slows': {
    'src/api/a.ts': "import { type Agent, request } from 'node:https';",
  },
  'src/github/a.ts has new Headers': { 'src/github/a.ts': 'const headers = new Headers();' },
  'src/push/a.ts has fetch': { 'src/push/a.ts': 'const answer = await fetch(url);' },
  'src/config/a.ts imports yaml, which slows': { 'src/config/a.ts': "import { parse } from 'yaml';" },
  'src/store/index.ts is a barrel': { 'src/store/index.ts': 'export const a = 1;' },
  'src/store/a.ts is a barrel': { 'src/store/a.ts': "export { b } from './b.ts';" },
  'src/store/b.ts is a barrel': { 'src/store/b.ts': "export * from './c.ts';" },
  'simulator/b.ts imports src/domain/c.ts': {
    'simulator/truth.ts': "import { b } from './b.ts';",
    'simulator/b.ts': "import { c } from '../src/domain/c.ts';",
  },
  'simulator/truth-samples.ts imports src/github/b.ts': {
    'simulator/truth-samples.ts': "import { b } from '../src/github/b.ts';",
  },
  'src/engine/a.ts imports simulator/b.ts': {
    'src/engine/a.ts': "import { b } from '../../simulator/b.ts';",
  },
  'a cycle of files, src/api/a.ts → src/api/b.ts → src/api/a.ts': {
    'src/api/a.ts': "import { b } from './b.ts';",
    'src/api/b.ts': "import type { A } from './a.ts';",
  },
  'a cycle of folders, engine → logger → github → engine': {
    'src/engine/a.ts': "import { b } from '../logger/b.ts';",
    'src/logger/b.ts': "import { c } from '../github/c.ts';",
    'src/github/d.ts': "import { a } from '../engine/a.ts';",
  },
};

for (const [fault, program] of Object.entries(WRONG)) {
  test(`refused: ${fault}`, () => {
    const faults = findFaults(new Map(Object.entries(program)));
    assert.equal(faults.length, 1, faults.join('\n'));
    assert.ok(faults.join().startsWith(fault), faults.join());
  });
}

test('allowed: what the rules do not cover', () => {
  const program: Readonly<Record<string, string>> = {
    'src/main.ts':
      "import { startApp } from './app/app.ts';\nimport('../simulator/simulate-command.ts');\nimport { load } from './config/load.ts';\nprocess.exit(process.argv.length);",
    'src/app/app.ts':
      "import type { Settings } from '../config/settings.ts';\nimport { openStore } from '../store/a.ts';\nimport { listen } from '../api/a.ts';",
    'src/sync/a.ts': "import { repeat } from '../timing/repeat.ts';",
    'src/timing/repeat.ts': "import { AntError } from '../domain/errors.ts';",
    'src/store/a.ts':
      "import { DatabaseSync } from 'node:sqlite';\nimport type { Store } from '../domain/contracts.ts';\nimport './b.ts';\nexport { a };",
    'src/api/a.ts':
      "// Never from '../store/a.ts', as import { a } from '../store/a.ts'; would.\n/* process.env */ const text = `process.env`.length;",
    'src/domain/contracts.ts': "import type { JobState } from './lifecycle/state.ts';",
    'simulator/truth.ts': "import type { World } from './world.ts';",
  };
  const faults = findFaults(new Map(Object.entries(program)));
  // Text in quotes is checked too: a false alarm is better than a rule that can be circumvented.
  assert.deepEqual(faults, ['src/api/a.ts uses process.env: only the programs do']);
});
