import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { matchesBranch, parseBranchPattern } from './branch-pattern.ts';

function matches(pattern: string, branch: string): boolean {
  return matchesBranch(parseBranchPattern(pattern), branch);
}

const FITTING: Readonly<Record<string, readonly string[]>> = {
  main: ['main'],
  'release/*': ['release/1', 'release/', 'release/a-b.c'],
  'v*': ['v', 'v1.2'],
  'hotfix/**': ['hotfix/a', 'hotfix/a/b/c', 'hotfix/'],
  '**/wip': ['a/wip', 'a/b/wip', '/wip'],
  '*/*-rc*': ['a/1-rc', 'a/x-rc-rc2', 'a/-rc'],
  'a**z': ['az', 'a/b/z', 'azz'],
  '*': ['', 'main'],
  '***': ['', 'a/b'],
  'a.c+(x)[y]': ['a.c+(x)[y]'],
  'ünï/*': ['ünï/🚀'],
};

const OTHER: Readonly<Record<string, readonly string[]>> = {
  main: ['mai', 'main2', 'amain', 'MAIN', ''],
  'release/*': ['release', 'release/1/2', 'a/release/1'],
  'v*': ['v/1', 'av1'],
  'hotfix/**': ['hotfix', 'xhotfix/a'],
  '**/wip': ['wip', 'a/wip2'],
  '*/*-rc*': ['a/b/1-rc', '1-rc', 'a/rc'],
  'a**z': ['a', 'ab'],
  '*': ['a/b'],
  'a.c+(x)[y]': ['abc+(x)[y]'],
  '': ['a'],
};

for (const [pattern, branches] of Object.entries(FITTING)) {
  test(`${pattern} matches ${branches.join(' ')}`, () => {
    for (const branch of branches) assert.equal(matches(pattern, branch), true, branch);
  });
}

for (const [pattern, branches] of Object.entries(OTHER)) {
  test(`"${pattern}" does not match ${branches.join(' ')}`, () => {
    for (const branch of branches) assert.equal(matches(pattern, branch), false, branch);
  });
}

/** The meaning of a pattern, written as plainly as possible: each star tries every length. */
function fits(pattern: string, branch: string): boolean {
  if (pattern === '') return branch === '';
  if (!pattern.startsWith('*')) return pattern[0] === branch[0] && fits(pattern.slice(1), branch.slice(1));
  const isDeep = pattern.startsWith('**');
  const rest = pattern.slice(isDeep ? 2 : 1);
  for (let length = 0; length <= branch.length; length += 1) {
    if (!isDeep && branch.slice(0, length).includes('/')) return false;
    if (fits(rest, branch.slice(length))) return true;
  }
  return false;
}

test('patterns match the same branches as a naive matcher', () => {
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '*', '**'), maxLength: 8 });
  const branch = fc.string({ unit: fc.constantFrom('a', 'b', 'a', '/'), maxLength: 9 });
  fc.assert(
    fc.property(pattern, branch, (p, b) => assert.equal(matches(p, b), fits(p, b))),
    { numRuns: 2000 },
  );
});

const HOSTILE: readonly (readonly [string, string])[] = [
  [`${'*a'.repeat(40)}b`, 'a'.repeat(1000)],
  [`${'**a'.repeat(40)}b`, 'a'.repeat(1000)],
  [`**${'*a'.repeat(40)}/b`, 'a/'.repeat(500)],
  [`**${'a'.repeat(200)}b`, 'a'.repeat(1000)],
  ['**/*'.repeat(40), '/a'.repeat(500)],
];

test('no pattern takes long, whatever the branch', () => {
  const startMs = performance.now();
  for (const [pattern, branch] of HOSTILE) matches(pattern, `${branch}!`);
  assert.ok(performance.now() - startMs < 1000);
});
