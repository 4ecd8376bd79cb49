import assert from 'node:assert/strict';
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findDocumentFaults, type Project } from './document-faults.ts';

const ROOT = join(import.meta.dirname, '..');
const DOCUMENTS = globSync(['*.md', '{docs,bench,config,deploy}/**/*.md'], { cwd: ROOT });

const PROJECT: Project = {
  exists: (path) => existsSync(join(ROOT, path)),
  scripts: Object.keys(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts),
  root: readdirSync(ROOT),
};

test('the documents that everybody looks for are there', () => {
  const wanted = [
    'CHANGELOG.md',
    'CONTRIBUTING.md',
    'LICENSE',
    'README.md',
    'docs/architecture.md',
    'docs/configuration.md',
    'docs/correctness.md',
    'docs/metrics.md',
    'docs/operations.md',
    'docs/performance.md',
    'docs/prometheus.md',
    'docs/victoriametrics.md',
  ];
  assert.deepEqual(
    wanted.filter((path) => !PROJECT.exists(path)),
    [],
  );
});

for (const path of DOCUMENTS) {
  test(`${path} names only what there is`, () => {
    const text = readFileSync(join(ROOT, path), 'utf8');
    assert.deepEqual(findDocumentFaults(path, text, PROJECT), []);
  });
}

test('what is not there is found in a document', () => {
  const there = ['docs/a.md', 'README.md', 'src/a.ts', 'src/store', 'src'];
  const project: Project = {
    exists: (path) => there.includes(path.replace(/\/$/, '')),
    scripts: ['demo', 'test'],
    root: ['docs', 'src', 'bin', 'README.md'],
  };
  const text = `# Some words: here

[good](a.md) [good](../README.md#start) [good](https://example.org/x) [good](#some-words-here)
[bad](b.md) [bad](#other-words)

[bad]: ../docs/c.md

\`src/a.ts\` \`src/store/\` \`src/a.ts --flag\` \`other/a.ts\` \`a/b\` \`config/config.json\` \`src/*.ts\` \`src/NNNN-…\`
\`src/b.ts\` \`bin/ant-watcher serve\` \`src/other/*.ts\` npm test, npm run demo, npm ci

\`\`\`sh
npm run other # [no](link) \`src/no.ts\`
npm start
\`\`\`
`;
  assert.deepEqual(findDocumentFaults('docs/d.md', text, project), [
    'docs/d.md: the link b.md leads nowhere',
    'docs/d.md: there is no heading for #other-words',
    'docs/d.md: the link ../docs/c.md leads nowhere',
    'docs/d.md: there is no src/b.ts',
    'docs/d.md: there is no bin/ant-watcher',
    'docs/d.md: there is no src/other',
    'docs/d.md: package.json has no script other',
    'docs/d.md: package.json has no script start',
  ]);
});
