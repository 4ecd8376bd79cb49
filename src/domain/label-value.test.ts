import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jobLabel, labelValues, runsOnLabel } from './label-value.ts';

const OWN = { runId: 36_926_834_055, jobId: 100_520_616_165, headSha: null };

test('labels are cut to 200 characters, and never within one', () => {
  const [short, long, ants] = labelValues(['a', 'b'.repeat(201), `-${'🐜'.repeat(200)}`]);
  assert.deepEqual([short, long], ['a', 'b'.repeat(200)]);
  assert.equal(ants, `-${'🐜'.repeat(99)}\uFFFD`);
  const fitting = ['a', 'b'.repeat(200)];
  assert.equal(labelValues(fitting), fitting);
});

test('what a job runs on is told in the order of its labels, without what is made for its run', () => {
  assert.equal(runsOnLabel({ ...OWN, runsOn: ['self-hosted', 'linux'] }), 'self-hosted,linux');
  assert.equal(runsOnLabel({ ...OWN, runsOn: ['self-hosted', `vm-${OWN.runId}`] }), 'self-hosted,vm-*');
  assert.equal(runsOnLabel({ ...OWN, runsOn: [] }), 'none');
});

test("a job's label is its name without the values of matrices and without ids", () => {
  assert.equal(jobLabel({ ...OWN, name: `deploy (eu-0, 3.4.0) / plan ${OWN.runId} (a)` }), 'deploy / plan *');
});
