import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { GroupedValues } from './grouped-values.ts';
import { TupleIds } from './tuple-ids.ts';

const id = fc.oneof(fc.nat(3), fc.nat(2 ** 31 - 1));

test('equal tuples have one number, different ones have different numbers, and a number has its tuple', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(id, id, id), { maxLength: 5000, size: 'max' }), (tuples) => {
      const ids = new TupleIds();
      const byText = new Map<string, number>();
      const column = (at: number) => Int32Array.from(tuples, (tuple) => tuple[at] ?? 0);
      const numbers = ids.idsOf(tuples.length, column(0), column(1), column(2));
      for (const [row, tuple] of tuples.entries()) {
        const found = ids.idOf(...tuple);
        assert.equal(numbers[row], found);
        assert.equal(byText.get(tuple.join()) ?? found, found);
        byText.set(tuple.join(), found);
        assert.deepEqual(ids.tupleOf(found), tuple);
      }
      assert.equal(ids.size, byText.size);
      assert.deepEqual(
        [...byText.values()],
        Array.from(byText, (_, index) => index),
      );
    }),
    { numRuns: 30 },
  );
});

test('groups have the values that were added to them, in their order, of all parts or of some', () => {
  const someParts = fc.array(fc.array(fc.tuple(fc.nat(9), fc.double()), { maxLength: 900 }), {
    maxLength: 9,
  });
  fc.assert(
    fc.property(someParts, fc.uniqueArray(fc.nat(11)), fc.nat(9), fc.nat(9), (parts, wanted, from, to) => {
      const values = new GroupedValues();
      for (const part of parts)
        values.add(
          Int32Array.from(part, ([group]) => group),
          Float64Array.from(part, ([, value]) => value),
        );
      assert.equal(values.parts, parts.length);
      const expected = (added: (typeof parts)[number], group: number) =>
        added.filter(([of]) => of === group).map(([, value]) => value);
      const all = wanted.map((group) => expected(parts.flat(), group));
      assert.deepEqual(
        values.of(wanted).map((each) => [...each]),
        all,
      );
      const some = wanted.map((group) => expected(parts.slice(from, to).flat(), group));
      assert.deepEqual(
        values.of(wanted, from, to).map((each) => [...each]),
        some,
      );
      assert.deepEqual(
        [...values.all()],
        parts.flat().map(([, value]) => value),
      );
    }),
    { numRuns: 60 },
  );
});

test('what is answered is a copy: what is answered later is as it was', () => {
  const values = new GroupedValues();
  values.add(new Int32Array(2), Float64Array.of(3, 1));
  values.of([0])[0]?.fill(9);
  values.all().fill(9);
  assert.deepEqual([values.of([0]), values.all()], [[Float64Array.of(3, 1)], Float64Array.of(3, 1)]);
});
