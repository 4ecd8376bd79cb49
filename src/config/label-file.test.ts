import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTemporaryFolder } from '../../test/temporary-folder.ts';
import { chooseLabels } from '../domain/repository-labels.ts';
import { ConfigFiles } from './config-files.ts';
import { readLabelFile } from './label-file.ts';
import { loadSettings } from './load-settings.ts';
import { changeSettings } from './reload-settings.ts';
import { repositoryLabelsOf } from './repository-labels.ts';

function settingsWith(files: Readonly<Record<string, string>>, metrics: object, more: object = {}) {
  using folder = openTemporaryFolder({ ...files, 'c.json': JSON.stringify({ metrics, ...more }) });
  return loadSettings({ flags: ['--config', 'c.json'], env: {}, cwd: folder.path, forServing: false });
}

function problemsOf(loaded: ReturnType<typeof settingsWith>): string[] {
  return 'problems' in loaded ? loaded.problems.map(({ where, what }) => `${where}: ${what}`) : [];
}

test('values keep the order of the file, also where they look like numbers', () => {
  const loaded = settingsWith(
    { 'l.yaml': 'tier:\n  10: [acme/*]\n  2: "**"\nteam:\n  payments: [Acme/Pay-*]\n' },
    { repository_labels: { team: 'team' }, repository_labels_file: 'l.yaml' },
  );
  assert.ok('settings' in loaded, problemsOf(loaded).join());
  const labels = repositoryLabelsOf(loaded.settings);
  assert.deepEqual(
    labels.map(({ label, property }) => [label, property]),
    [
      ['team', 'team'],
      ['tier', null],
    ],
  );
  const of = (name: string) =>
    chooseLabels(labels, { name, properties: null }, null).map(({ value }) => value);
  assert.deepEqual(of('acme/pay-api'), ['payments', '10']);
  assert.deepEqual(of('other/x'), ['none', '2']);
});

test('all problems of the file are reported, each with its line', () => {
  const text = [
    'repository:', // 1: a label that metrics have
    '  x: [acme/*]',
    'team:',
    '  payments: [acme, 7]', // 4: two that are no patterns
    '  web: []', // 5
    'bad-name: {a: [acme/*]}', // 6
    'tier: none', // 7
  ].join('\n');
  assert.deepEqual(problemsOf(settingsWith({ 'l.yaml': text }, { repository_labels_file: 'l.yaml' })), [
    'l.yaml line 1: metrics already have a label "repository": choose another name',
    'l.yaml line 4: "acme" is no pattern of repositories',
    'l.yaml line 4: "7" is no pattern of repositories',
    'l.yaml line 5: "web" has no repositories',
    'l.yaml line 6: "bad-name" is no name of a label',
    'l.yaml line 7: "tier" has no values',
  ]);
  const loaded = settingsWith({ 'l.yaml': text }, { repository_labels_file: 'l.yaml' });
  const hints = 'problems' in loaded ? loaded.problems.map(({ hint }) => hint) : [];
  assert.match(hints[0] ?? '', /docs\/metrics\.md/);
  assert.match(hints[1] ?? '', /VALUE: \[OWNER\/NAME/);
  assert.match(
    problemsOf(settingsWith({ 'l.yaml': 'a: [' }, { repository_labels_file: 'l.yaml' }))[0] ?? '',
    /l\.yaml line 1/,
  );
  assert.match(
    problemsOf(settingsWith({}, { repository_labels_file: 'l.yaml' }))[0] ?? '',
    /cannot be read \(ENOENT\)/,
  );
  assert.deepEqual(readLabelFile('', '/', new ConfigFiles()), { labels: new Map() });
});

test('labels that cannot be are refused: too many, taken names, twice, or beside an extra label', () => {
  const refused = (metrics: object, more: object = {}) => problemsOf(settingsWith({}, metrics, more)).join();
  for (const [labels, reason] of [
    ['team', /is no pair/],
    ['le=team', /already have a label/],
    ['job=team', /^Prometheus itself sets the label "job": choose another name$/],
    ['workflow=team', /already have a label/],
    ['__team=team', /no name of a label/],
    ['team=a, team=b', /named twice/],
    ['a=a,b=b,c=c,d=d,e=e,f=f', /6 labels, more than 5/],
    ['team=no blank', /no name of a custom property/],
  ] as const) {
    const loaded = settingsWith({}, { repository_labels: labels });
    const hints = 'problems' in loaded ? loaded.problems.map(({ hint }) => hint).join() : '';
    assert.match(hints, reason, labels);
  }
  assert.match(
    refused({ repository_labels: 'team=team' }, { push: { extra_labels: 'team=x' } }),
    /extra|label team/,
  );
  const four = 'a=a,b=b,c=c,d=d';
  const tooMany = settingsWith(
    { 'l.yaml': 'e: {x: a/b}\nf: {x: a/b}' },
    { repository_labels: four, repository_labels_file: 'l.yaml' },
  );
  assert.match(problemsOf(tooMany).join(), /6 labels together, more than 5/);
});

test('a policy may leave out the repository where a label of repositories stays', () => {
  const problem = (metrics: object) => problemsOf(settingsWith({}, metrics)).join();
  assert.match(problem({ label_policy: 'jobs_total: -repository' }), /must keep the label repository, or/);
  assert.match(problem({ label_policy: 'jobs_total: -jobname' }), /jobs_total has no label "jobname", only/);
  const labels = { repository_labels: 'team=team' };
  assert.equal(problem({ ...labels, label_policy: '*: -repository, -workflow, -job_name' }), '');
  assert.equal(problem({ ...labels, label_policy: 'jobs_total: team, conclusion' }), '');
  assert.match(
    problem({ ...labels, label_policy: 'jobs_total: conclusion' }),
    /must keep the label repository, or/,
  );
  assert.match(
    problem({ ...labels, label_policy: '*: -repository, -team' }),
    /must keep the label repository, or/,
  );
});

test('another content of the file is a change at a reload', () => {
  const loadedWith = (text: string) => {
    const loaded = settingsWith({ 'l.yaml': text }, { repository_labels_file: 'l.yaml' });
    assert.ok('settings' in loaded);
    return loaded.settings;
  };
  const before = loadedWith('team: {a: o/r}');
  const next = loadedWith('team: {b: o/r}');
  const changed = changeSettings(before, next);
  assert.deepEqual(changed.applied, ['metrics.repository_labels_file']);
  assert.equal(repositoryLabelsOf(changed.settings)[0]?.values[0]?.value, 'b');
  assert.deepEqual(changeSettings(before, loadedWith('# the same\nteam: {a: o/r}')).applied, []);
});
