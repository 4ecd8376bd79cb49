import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseBranchPattern } from './branch-pattern.ts';
import { DOMAIN } from './catalogue.ts';
import { labelText, pairsIn } from './label-text.ts';
import { countOf, histogramIncrements } from './metric.ts';
import { SELF } from './own-metrics.ts';
import {
  chooseLabels,
  currentLabels,
  type KnownProperties,
  knownOf,
  ownLabelsText,
  type ReportedRepository,
  type RepositoryLabel,
  withOwnLabels,
  withReport,
} from './repository-labels.ts';

function label(
  name: string,
  property: string | null,
  values: Readonly<Record<string, readonly string[]>> = {},
) {
  return {
    label: name,
    property,
    values: Object.entries(values).map(([value, patterns]) => ({
      value,
      repositories: patterns.map(parseBranchPattern),
    })),
  };
}

const TEAM: readonly RepositoryLabel[] = [label('team', 'team')];

test('the file comes before the property, its first fitting value counts, and what is lacking is none', () => {
  const labels = [
    label('team', 'team', { payments: ['acme/pay-*'], web: ['acme/*'] }),
    label('tier', 'service_tier'),
    label('unit', null, { shop: ['shop/**'] }),
  ];
  const of = (
    name: string,
    properties: Record<string, string> | null,
    known: Record<string, string> | null,
  ) => chooseLabels(labels, { name, properties }, known).map(({ value, from }) => `${value} ${from}`);
  assert.deepEqual(of('Acme/PAY-api', { team: 'x', service_tier: '1' }, null), [
    'payments file',
    '1 payload',
    'none none',
  ]);
  assert.deepEqual(of('acme/site', { team: 'x' }, { service_tier: '3' }), [
    'web file',
    'none none',
    'none none',
  ]);
  assert.deepEqual(of('other/site', null, { TEAM: 'ops', service_tier: '3' }), [
    'ops known',
    '3 known',
    'none none',
  ]);
  assert.deepEqual(of('shop/a', { team: '' }, null), ['none none', 'none none', 'shop file']);
});

test('the labels of a series can be read again, whatever their values contain', () => {
  const value = fc.string({ unit: fc.constantFrom(...'ab"\\\n,=n{}', 'ü'), minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(fc.array(value, { maxLength: 4 }), (values) => {
      const names = values.map((_, index) => `label_${index}`);
      const text = labelText(names, values);
      assert.deepEqual(
        pairsIn(text),
        names.map((name, index) => [name, values[index]]),
      );
      // Behind others it reads as if they were all of one metric.
      assert.equal(labelText(['first'], ['x', text]), labelText(['first', ...names], ['x', ...values]));
    }),
  );
  assert.equal(pairsIn('success'), null);
  assert.equal(pairsIn('a="x"b="y"'), null);
  assert.deepEqual(pairsIn(''), []);
});

test('only what has the label repository gets its labels, and the parts of a histogram share them', () => {
  const own = ownLabelsText([{ label: 'team', value: 'a' }]);
  const increments = [
    ...histogramIncrements(DOMAIN.jobApproval, ['o/r', 'CI'], 5),
    countOf(SELF.timestampAnomalies, ['future']),
    countOf(DOMAIN.reruns, ['o/r', 'CI']),
  ];
  const [first, second, anomaly, reruns] = withOwnLabels(increments, own);
  assert.deepEqual(first?.labels, ['o/r', 'CI', 'team="a"']);
  assert.equal(first?.labels, second?.labels);
  assert.deepEqual(anomaly?.labels, ['future']);
  assert.deepEqual(reruns?.labels, ['o/r', 'CI', 'team="a"']);
});

const report: fc.Arbitrary<ReportedRepository> = fc.record({
  name: fc.constantFrom('o/a', 'o/b'),
  repositoryId: fc.constantFrom(1, 2, null),
  properties: fc.option(
    fc.dictionary(fc.constantFrom('team', 'tier'), fc.constantFrom('x', 'y'), { noNullPrototype: true }),
  ),
  atMs: fc.integer({ min: 0, max: 4 }),
});

function knownAfter(reports: readonly ReportedRepository[]): KnownProperties[] {
  const known = new Map<string, KnownProperties>();
  for (const each of reports) {
    const changed = withReport(known.get(each.name), each);
    if (changed !== null) known.set(changed.name, changed);
  }
  return [...known.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

test('what is known of repositories depends on no order and on no repetition', () => {
  const shuffled = fc.array(report, { maxLength: 8 }).chain((reports) =>
    fc.record({
      reports: fc.constant(reports),
      again: fc.shuffledSubarray([...reports, ...reports], { minLength: 2 * reports.length }),
    }),
  );
  fc.assert(
    fc.property(shuffled, ({ reports, again }) => {
      assert.deepEqual(knownAfter(again), knownAfter(reports));
    }),
  );
});

test('a repository keeps its properties under a new name, and leaves the old name to another one', () => {
  const first = { name: 'o/old', repositoryId: 1, properties: { team: 'a' }, atMs: 1 };
  const renamed = { name: 'o/new', repositoryId: 1, properties: null, atMs: 2 };
  const known = knownAfter([first, renamed]);
  assert.deepEqual(knownOf(known, renamed), { team: 'a' });
  const moved = knownAfter([first, { ...renamed, properties: { team: 'b' } }]);
  // Work that is stored under the old name is the same repository's.
  for (const name of ['o/old', 'o/new'])
    assert.deepEqual(currentLabels(TEAM, moved)(name), [{ label: 'team', value: 'b', from: 'known' }]);
  const other = { name: 'o/old', repositoryId: 2, properties: { team: 'c' }, atMs: 3 };
  const both = knownAfter([first, { ...renamed, properties: { team: 'b' } }, other]);
  assert.deepEqual(knownOf(both, { name: 'o/old', repositoryId: null }), { team: 'c' });
  assert.deepEqual(knownOf(both, { name: 'o/old', repositoryId: 1 }), { team: 'b' });
  assert.equal(currentLabels(TEAM, both)('o/old')[0]?.value, 'c');
  assert.equal(currentLabels(TEAM, both)('o/new')[0]?.value, 'b');
  assert.equal(currentLabels(TEAM, both)('o/unheard')[0]?.value, 'none');
});
