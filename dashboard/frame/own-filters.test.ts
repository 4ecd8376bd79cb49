import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownFilters } from './own-filters.ts';

function chips(path: string, own: Readonly<Record<string, string>>) {
  return ownFilters(path, own).map(({ word, value, names }) => `${word}: ${value} (${names})`);
}

test('what failures are narrowed to is shown in words, and dropped as a whole', () => {
  const so = { cause: 'step', reason: 'exit_code', exit_code: '137', sort: '-count' };
  const said = ['Cause: Failed step (cause)', 'Reason: Exit code 137 (reason,exit_code)'];
  assert.deepEqual(chips('/failures', so), said);
  assert.deepEqual(chips('/jobs', { ...so, tab: 'failed' }), said);
  assert.deepEqual(chips('/jobs', { tab: 'failed', no_step: 'true', no_reason: 'true' }), [
    'Step: none (no_step)',
    'Reason: not read (no_reason)',
  ]);
  assert.deepEqual(chips('/jobs', { tab: 'failed', failed_step: 'npm test', cause: 'new' }), [
    'Cause: new (cause)',
    'Step: npm test (failed_step)',
  ]);
});

test('each view has only its own', () => {
  const all = { cause: 'step', reason: 'timeout', environment: 'production' };
  assert.deepEqual(chips('/jobs', { ...all, tab: 'single' }), []);
  assert.deepEqual(chips('/deployments', all), ['Environment: production (environment)']);
  assert.deepEqual(chips('/runs', all), []);
});
