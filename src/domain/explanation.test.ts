import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DOMAIN } from './catalogue.ts';
import { countedText } from './explanation.ts';
import { countOf, histogramIncrements } from './metric.ts';

const PLACE = ['o/r', 'CI', 'x'];

test('a counter is shown with its increment, in exposed units', () => {
  assert.deepEqual(countedText([countOf(DOMAIN.runnerBusy, ['o/r', 'a "b"', 'g'], 1500)]), [
    String.raw`github_actions_runner_busy_seconds_total{repository="o/r",runs_on="a \"b\"",runner_group="g"} +1.5`,
  ]);
});

test('an observation is one line with its value, even 0 before another observation', () => {
  const labels = 'repository="o/r",workflow="CI",runs_on="x"';
  const lines = countedText([
    ...histogramIncrements(DOMAIN.jobQueue, PLACE, 0),
    ...histogramIncrements(DOMAIN.jobApproval, ['o/r', 'CI'], 7000),
  ]);
  assert.deepEqual(lines, [
    `github_actions_job_queue_seconds{${labels}} observed 0`,
    'github_actions_job_approval_seconds{repository="o/r",workflow="CI"} observed 7',
  ]);
  const again = JSON.parse(JSON.stringify(histogramIncrements(DOMAIN.jobQueue, PLACE, 61_000)));
  assert.deepEqual(countedText(again), [`github_actions_job_queue_seconds{${labels}} observed 61`]);
});
