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
      for (const tuple of tuples) {
        const found = ids.idOf(...tuple);
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

test('a group has the values that were added to it, in their order', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(9), fc.double()), { maxLength: 9000, size: 'max' }), (added) => {
      const values = new GroupedValues();
      for (const [group, value] of added) values.add(group, value);
      for (let group = 0; group < 11; group += 1)
        assert.deepEqual(
          [...values.of(group)],
          added.filter(([of]) => of === group).map(([, value]) => value),
        );
    }),
    { numRuns: 30 },
  );
});
