import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EnvironmentWords, environmentLabel } from './environment-label.ts';

const WORDS: EnvironmentWords = {
  environment: '',
  ref: 'main',
  headSha: '0a1b2c3d4e5f60718293a4b5c6d7e8f901234567',
  runId: 19_000_000_123,
  jobId: 55_000_000_456,
  defaultBranch: 'main',
  isTransient: false,
};

function labelOf(environment: string, over: Partial<EnvironmentWords> = {}): string {
  return environmentLabel({ ...WORDS, environment, ...over });
}

/** What people have chosen for good. */
for (const environment of [
  'production',
  'eu-west-1',
  'us-east-2/prod',
  'v2',
  'Production – web',
  'k8s-1.31',
  'github-pages',
  'qa3',
  'preprod-2026-11-29',
  'development',
]) {
  test(`the environment ${environment} keeps its name, also as a branch`, () => {
    assert.equal(labelOf(environment), environment);
    assert.equal(labelOf(environment, { ref: 'topic' }), environment);
    if (!environment.includes('/')) assert.equal(labelOf(environment, { ref: environment }), environment);
  });
}

for (const [environment, label] of [
  ['pr-123', 'pr-*'],
  ['PR #12', 'PR #*'],
  ['preview-pr-123-web', 'preview-pr-*-web'],
  ['refs/pull/12/merge', 'refs/pull/*/merge'],
  ['pull-request-7', 'pull-request-*'],
  ['review-app-88', 'review-app-*'],
  ['Preview 4', 'Preview *'],
  ['build-19000000123', 'build-*'],
  ['app-19000000123', 'app-*'],
  ['web@0a1b2c3', 'web@*'],
] as const) {
  test(`the environment ${environment} is made for a pull request, a run or a commit`, () => {
    assert.equal(labelOf(environment), label);
  });
}

test('an environment is made for a branch if its name says so, or whoever made it', () => {
  assert.equal(labelOf('preview/login', { ref: 'login' }), 'preview/*');
  assert.equal(labelOf('preview-feature-login-web', { ref: 'feature/login' }), 'preview-*-web');
  assert.equal(labelOf('app-Feature-Login', { ref: 'refs/heads/feature/login' }), 'app-*');
  assert.equal(labelOf('feature/login', { ref: 'feature/login' }), '*');
  assert.equal(labelOf('login', { ref: 'login', isTransient: true }), '*');
  assert.equal(labelOf('web-login', { ref: 'login' }), 'web-login');
  assert.equal(labelOf('login', { ref: 'login' }), 'login');
});

test('a host name has no room for the whole branch', () => {
  const ref = 'feature/a-very-long-name-of-a-branch';
  assert.equal(labelOf('preview-feature-a-very-lo', { ref }), 'preview-*');
  assert.equal(labelOf('preview-feat', { ref }), 'preview-feat');
});

test('the default branch is not what an environment is made for', () => {
  assert.equal(labelOf('preview/main'), 'preview/main');
  assert.equal(labelOf('preview/trunk', { ref: 'trunk', defaultBranch: null }), 'preview/*');
});
