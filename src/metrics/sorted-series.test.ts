import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SortedSeries } from './sorted-series.ts';

function seriesOf(labels: string) {
  return {
    labels,
    values: [],
    cells: [0],
    touchedAtMs: 0,
    createdAtMs: null,
    exemplars: null,
    changes: 0,
    isShown: true,
  };
}

test('series are in the order of their label text, whatever the order of arrival', () => {
  const texts = fc.uniqueArray(fc.string({ maxLength: 6 }), { maxLength: 40 });
  fc.assert(
    fc.property(texts, (labels) => {
      const series = new SortedSeries();
      for (const each of labels) series.add(seriesOf(each));
      assert.deepEqual(
        series.list().map((each) => each.labels),
        labels.toSorted(),
      );
    }),
  );
});

test('thousands of series stay in order', () => {
  const count = 5000;
  const ordered = Array.from({ length: count }, (_, i) => `job="${String(i).padStart(5, '0')}"`);
  const orders = [ordered, ordered.toReversed(), ordered.map((_, i) => ordered[(i * 2741) % count] ?? '')];
  for (const order of orders) {
    const series = new SortedSeries();
    for (const each of order) series.add(seriesOf(each));
    assert.deepEqual(
      series.list().map((each) => each.labels),
      ordered,
    );
  }
});

test('a returned list does not change when series are added', () => {
  const series = new SortedSeries();
  series.add(seriesOf('b'));
  const before = series.list();
  series.add(seriesOf('a'));
  assert.deepEqual(before, [seriesOf('b')]);
});
