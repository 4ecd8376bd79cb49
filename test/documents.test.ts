import assert from 'node:assert/strict';
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { VIEW_PATHS } from '../src/api/page-routes.ts';
import { OPERATIONS } from '../src/api/read-api/operations.ts';
import { findDocumentFaults, type Project } from './document-faults.ts';

const ROOT = join(import.meta.dirname, '..');
const DOCUMENTS = globSync(['*.md', '{docs,bench,config,deploy}/**/*.md'], { cwd: ROOT });

const PROJECT: Project = {
  exists: (path) => existsSync(join(ROOT, path)),
  read: (path) => readFileSync(join(ROOT, path), 'utf8'),
  scripts: Object.keys(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts),
  root: readdirSync(ROOT),
};

test('the usual documents exist', () => {
  const wanted = [
    'CHANGELOG.md',
    'CONTRIBUTING.md',
    'LICENSE',
    'README.md',
    'docs/alerts.md',
    'docs/architecture.md',
    'docs/configuration.md',
    'docs/configure.md',
    'docs/correctness.md',
    'docs/errors.md',
    'docs/faq.md',
    'docs/github-app.md',
    'docs/http-api.md',
    'docs/install.md',
    'docs/meaning.md',
    'docs/metrics.md',
    'docs/no-data.md',
    'docs/performance.md',
    'docs/prometheus.md',
    'docs/proofs.md',
    'docs/push-samples.md',
    'docs/queries.md',
    'docs/recover.md',
    'docs/security.md',
    'docs/sizing.md',
    'docs/troubleshoot.md',
    'docs/upgrade-and-backup.md',
  ];
  assert.deepEqual(
    wanted.filter((path) => !PROJECT.exists(path)),
    [],
  );
});

test('the index leads to every document, and README.md to the index', () => {
  const index = PROJECT.read('docs/README.md');
  const pages = DOCUMENTS.filter((path) => /^docs\/[\w-]+\.md$/.test(path) && path !== 'docs/README.md');
  assert.deepEqual(
    pages.filter((path) => !index.includes(`](${path.slice('docs/'.length)}`)),
    [],
  );
  assert.ok(PROJECT.read('README.md').includes('](docs/README.md)'));
});

for (const path of DOCUMENTS) {
  test(`${path} names only existing things`, () => {
    const text = readFileSync(join(ROOT, path), 'utf8');
    assert.deepEqual(findDocumentFaults(path, text, PROJECT), []);
  });
}

/** The pages written by hand; generated ones have long descriptions. */
const BY_HAND = DOCUMENTS.filter(
  (path) =>
    !/^docs\/(?:alerts|configuration|metrics|errors|architecture|read-api|old-names)\.md$|^(?!docs\/[\w-]+\.md|README)/.test(
      path,
    ),
);

test('lines of prose are at most 120 characters long', () => {
  for (const path of BY_HAND) {
    const prose = readFileSync(join(ROOT, path), 'utf8').replace(
      /^```[\s\S]*?^```|^ {4}.*$|^\|.*$|^.*\]\(https:.*$|^!.*$/gm,
      '',
    );
    assert.deepEqual(
      prose.split('\n').filter((line) => line.length > 120),
      [],
      path,
    );
  }
});

test('decisions are numbered without gaps, in their names and headings', () => {
  const names = readdirSync(join(ROOT, 'docs/decisions')).toSorted();
  names.forEach((name, index) => {
    assert.equal(Number(name.slice(0, 4)), index + 1, name);
    assert.ok(PROJECT.read(`docs/decisions/${name}`).startsWith(`# ${index + 1}. `), name);
  });
});

test('messages quoted in documents exist', () => {
  const sources = globSync('{src,simulator,test}/**/*.ts', { cwd: ROOT })
    .filter((path) => path !== 'test/documents.test.ts')
    .map((path) => PROJECT.read(path))
    .join('\n');
  const quoted = DOCUMENTS.flatMap((path) =>
    Array.from(
      PROJECT.read(path).matchAll(/`([A-Z][\w-]+[:;]?(?: [\w#,:;'-]+){2,})`/g),
      ([, message = '']) => message,
    ),
  );
  assert.ok(quoted.length > 2);
  assert.deepEqual(
    quoted.filter((message) => !sources.includes(message)),
    [],
  );
});

test('docs/http-api.md has every route of the API listener, and no other, but for those of docs/read-api.md', () => {
  const inReadApi = new Set(Object.values(OPERATIONS).map(({ path }) => `GET ${path}`));
  const sources = globSync('src/api/**/*-route{,s}.ts', { cwd: ROOT }).map((path) => PROJECT.read(path));
  const listener = PROJECT.read('src/api/listener.ts');
  const added = [...sources, listener].flatMap((source) =>
    Array.from(
      source.matchAll(/\.(get|post)\('(\/[^']*)'/g),
      ([, method = '', path]) => `${method.toUpperCase()} ${path}`,
    ),
  );
  const health = [...PROJECT.read('src/api/health-routes.ts').matchAll(/\['(\/[^\]]+)'\]/g)].flatMap(
    ([, paths = '']) => paths.split("', '").map((path) => `GET ${path}`),
  );
  const views = VIEW_PATHS.map((path) => `GET ${path}`);
  assert.ok(added.length >= 12 && health.length >= 4);
  const [, table = ''] =
    /^## The API listener$([\s\S]*?)^\*\*Access/m.exec(PROJECT.read('docs/http-api.md')) ?? [];
  const documented = Array.from(table.matchAll(/^\| \[([^\]]*)\]/gm)).flatMap(([, cell = '']) => {
    const [method = '', ...paths] = cell.replaceAll('`', '').split(/,? /);
    return paths.map((path) => `${method} ${path}`);
  });
  const expected = [...added, ...health, ...views].filter((route) => !inReadApi.has(route));
  assert.deepEqual(documented.filter((route) => !inReadApi.has(route)).toSorted(), expected.toSorted());
});

test('a wrong name in a document is found', () => {
  const there = ['docs/a.md', 'README.md', 'src/a.ts', 'src/store', 'src'];
  const project: Project = {
    exists: (path) => there.includes(path.replace(/\/$/, '')),
    read: () => '# Start\n',
    scripts: ['demo', 'test'],
    root: ['docs', 'src', 'bin', 'README.md'],
  };
  const text = `# Some words: here

[good](a.md) [good](../README.md#start) [good](https://example.org/x) [good](#some-words-here)
[bad](b.md) [bad](#other-words) [bad](../README.md#end)

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
    'docs/d.md: there is no heading for ../README.md#end',
    'docs/d.md: the link ../docs/c.md leads nowhere',
    'docs/d.md: there is no src/b.ts',
    'docs/d.md: there is no bin/ant-watcher',
    'docs/d.md: there is no src/other',
    'docs/d.md: package.json has no script other',
    'docs/d.md: package.json has no script start',
  ]);
});
