import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { pullRequestBaseOf } from './pull-request-base.ts';

const to = (ref: unknown, id: unknown = 7) => ({
  number: 1,
  head: { ref: 'topic' },
  base: { ref, repo: { id } },
});

test('the base is that of the pull requests of the branch, if they agree', () => {
  assert.equal(pullRequestBaseOf([to('main')], 7), 'main');
  assert.equal(pullRequestBaseOf([to('main'), to('main')], 7), 'main');
  assert.equal(pullRequestBaseOf([to('main'), to('release/1')], 7), null);
  assert.equal(pullRequestBaseOf([], 7), null);
});

test('a pull request in another repository of the network says nothing about this one', () => {
  // A fork's run names the pull request of its branch to the repository that it was forked from, and the other way round.
  assert.equal(pullRequestBaseOf([to('develop', 8)], 7), null);
  assert.equal(pullRequestBaseOf([to('develop', 8), to('main')], 7), 'main');
  assert.equal(pullRequestBaseOf([{ base: { ref: 'main' } }], 7), 'main');
});

test('whatever is there instead, it is a text or null', () => {
  fc.assert(
    fc.property(fc.anything(), (odd) => {
      for (const value of [odd, [odd], [{ base: odd }], [to(odd)], [to('main', odd)]]) {
        const base = pullRequestBaseOf(value, 7);
        assert.ok(base === null || typeof base === 'string');
      }
    }),
  );
});
