import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type BranchFacts, type BranchGroup, branchClassOf, parseBranchGroups } from './branch-class.ts';

function groupsOf(text: string): readonly BranchGroup[] {
  const parsed = parseBranchGroups(text);
  assert.ok('groups' in parsed, JSON.stringify(parsed));
  return parsed.groups;
}

function classOf(headBranch: string | null, over: Partial<BranchFacts> = {}): string {
  const groups = groupsOf('release=release/*,v*; hotfix=hotfix/**,release/fix-*');
  return branchClassOf({ event: 'push', headBranch, defaultBranch: 'main', groups, ...over });
}

test('a branch belongs to the default class, to the first group that matches, or to none', () => {
  assert.equal(classOf('main'), 'default');
  assert.equal(classOf('release/1'), 'release');
  assert.equal(classOf('v2'), 'release');
  assert.equal(classOf('hotfix/a/b'), 'hotfix');
  assert.equal(classOf('release/fix-1'), 'release');
  assert.equal(classOf('release/1/2'), 'other');
  assert.equal(classOf('topic'), 'other');
});

test('pull request events take precedence over the branch name', () => {
  for (const event of ['pull_request', 'pull_request_target', 'pull_request_review']) {
    for (const branch of ['main', 'release/1', 'topic', null]) {
      assert.equal(classOf(branch, { event }), 'pull_request');
    }
  }
});

test('the branches of a merge queue have a class of their own, whatever the event is', () => {
  const queue = 'gh-readonly-queue/release/1/pr-7-0a1b';
  assert.equal(classOf(queue), 'merge_queue');
  assert.equal(classOf(queue, { event: 'merge_group' }), 'merge_queue');
  assert.equal(classOf(null, { event: 'merge_group' }), 'merge_queue');
  assert.equal(classOf(queue, { event: 'pull_request' }), 'pull_request');
  assert.equal(classOf('gh-readonly-queue/main'), 'other');
});

test('with bases, pull requests and merge queues are told apart by where they merge into', () => {
  const hasBases = true;
  const pulled = (pullRequestBase: string | null) =>
    classOf('topic', { event: 'pull_request_target', pullRequestBase, hasBases });
  assert.deepEqual(['main', 'release/1', 'topic', null].map(pulled), [
    'pull_request:default',
    'pull_request:release',
    'pull_request:other',
    'pull_request',
  ]);
  const queued = (base: string) =>
    classOf(`gh-readonly-queue/${base}/pr-7-0a1b`, { event: 'merge_group', hasBases });
  assert.deepEqual(['main', 'hotfix/a/b', 'topic'].map(queued), [
    'merge_queue:default',
    'merge_queue:hotfix',
    'merge_queue:other',
  ]);
  assert.equal(classOf(null, { event: 'merge_group', hasBases }), 'merge_queue');
  assert.equal(classOf('main', { hasBases, pullRequestBase: 'release/1' }), 'default');
});

test('the default branch takes precedence over the groups', () => {
  assert.equal(classOf('v9', { defaultBranch: 'v9' }), 'default');
});

test('a run without a branch is in no group, even when the default branch is unknown too', () => {
  const groups = groupsOf('all=**');
  assert.equal(classOf(null, { groups }), 'other');
  assert.equal(classOf(null, { groups, defaultBranch: null }), 'other');
  assert.equal(classOf('main', { groups, defaultBranch: null }), 'all');
});

test('an empty text defines no groups', () => {
  for (const text of ['', ' ', ';', ' ; ;']) assert.deepEqual(groupsOf(text), []);
});

test('spaces around names and patterns and a trailing semicolon or comma are ignored', () => {
  assert.deepEqual(groupsOf(' a = x , y/* ,; b=z;'), groupsOf('a=x,y/*;b=z'));
});

test('a pattern may contain =', () => {
  assert.equal(classOf('a=b/1', { groups: groupsOf('odd=a=b/*') }), 'odd');
});

const PROBLEMS: Readonly<Record<string, RegExp>> = {
  'release/*': /^"release\/\*" has no "=": write NAME=PATTERN,PATTERN$/,
  '=v*': /^"=v\*" needs a name of at most 40 letters/,
  'a b=v*': /needs a name/,
  'a"=v*': /needs a name/,
  '__other__=v*': /needs a name/,
  [`${'a'.repeat(41)}=v*`]: /needs a name/,
  'pull_request=v*': /always there: pull_request, merge_queue, default, other$/,
  'default=v*': /always there/,
  'Other=v*': /always there/,
  'a=': /^"a=" has no pattern/,
  'a=,': /has no pattern/,
  'a=x; a=y': /^"a=y" repeats a name$/,
};

for (const [text, problem] of Object.entries(PROBLEMS)) {
  test(`${text} is refused`, () => {
    const parsed = parseBranchGroups(text);
    assert.match('problem' in parsed ? parsed.problem : 'no problem', problem);
  });
}

test('all problems are reported at once', () => {
  const parsed = parseBranchGroups('a; b=x; default=y');
  assert.match('problem' in parsed ? parsed.problem : '', /^"a" has no "=".*; "default=y" has the name/);
});

test('a class is always one of the few that are known in advance', () => {
  const known = ['pull_request', 'merge_queue', 'default', 'release', 'hotfix', 'other'];
  fc.assert(fc.property(fc.option(fc.string()), (branch) => assert.ok(known.includes(classOf(branch)))));
});
