import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jobLabel, labelValues, runsOnLabel } from './label-value.ts';

const OWN = { runId: 36_926_834_055, jobId: 100_520_616_165, headSha: null };

test('values are cut to 200 characters, and never within a character', () => {
  const [short, long, ants] = labelValues(['a', 'b'.repeat(201), `-${'🐜'.repeat(200)}`]);
  assert.deepEqual([short, long], ['a', 'b'.repeat(200)]);
  assert.equal(ants, `-${'🐜'.repeat(99)}\uFFFD`);
  const fitting = ['a', 'b'.repeat(200)];
  assert.equal(labelValues(fitting), fitting);
});

test('runs_on lists the labels in their order, without those made for one run', () => {
  assert.equal(runsOnLabel({ ...OWN, runsOn: ['self-hosted', 'linux'] }), 'self-hosted,linux');
  assert.equal(runsOnLabel({ ...OWN, runsOn: ['self-hosted', `vm-${OWN.runId}`] }), 'self-hosted,vm-*');
  assert.equal(runsOnLabel({ ...OWN, runsOn: [] }), 'none');
});

test("a job's label is its name without matrix values and ids", () => {
  assert.equal(jobLabel({ ...OWN, name: `deploy (eu-0, 3.4.0) / plan ${OWN.runId} (a)` }), 'deploy / plan *');
});
