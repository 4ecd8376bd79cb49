import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { matchesBranch, parseBranchPattern } from './branch-pattern.ts';
import { valueOfRepository } from './repository-values.ts';

const VALUES = ['a', 'b', 'c'] as const;
const patterns = fc.array(
  fc.string({ unit: fc.constantFrom('*', '/', 'x', 'y'), minLength: 1, maxLength: 6 }),
  {
    maxLength: 4,
  },
);
const names = fc
  .array(fc.string({ unit: fc.constantFrom('x', 'X', 'y'), minLength: 1, maxLength: 3 }), {
    minLength: 2,
    maxLength: 2,
  })
  .map((parts) => parts.join('/'));

test('a repository has the first value of which any pattern fits, in whatever case', () => {
  fc.assert(
    fc.property(fc.tuple(patterns, patterns, patterns), names, (texts, name) => {
      const values = VALUES.map((value, at) => ({
        value,
        repositories: (texts[at] ?? []).map(parseBranchPattern),
      }));
      const first = values.find(({ repositories }) =>
        repositories.some((pattern) => matchesBranch(pattern, name.toLowerCase())),
      );
      assert.equal(valueOfRepository(values, name), first?.value ?? null);
    }),
    { numRuns: 2000 },
  );
});
