import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLabelPolicy, reduceLabels } from './label-policy.ts';

function policyOf(text: string) {
  const parsed = parseLabelPolicy(text);
  assert.ok('policy' in parsed, JSON.stringify(parsed));
  return parsed.policy;
}

test('labels can be left out by name, or all except the named ones', () => {
  const policy = policyOf(
    'jobs_total: -job_name, -runs_on; github_actions_job_queue_seconds: repository, runs_on;',
  );
  const jobs = ['o/r', 'CI', 'build', 'ubuntu', 'success'];
  assert.deepEqual(reduceLabels(policy, 'github_actions_jobs_total', jobs), ['o/r', 'CI', '', '', 'success']);
  assert.deepEqual(reduceLabels(policy, 'github_actions_job_queue_seconds', ['o/r', 'CI', 'x']), [
    'o/r',
    '',
    'x',
  ]);
  assert.deepEqual(reduceLabels(policy, 'github_actions_runs_total', jobs), jobs);
  assert.equal(policyOf('').size, 0);
});

test('an impossible policy is refused, with the reason', () => {
  for (const [text, reason] of [
    ['job_total: -job_name', /no metric "job_total"/],
    ['ant_watcher_series: -metric', /no metric/],
    ['jobs_total: -branch', /no label "branch", only repository/],
    ['jobs_total: job_name, -runs_on', /either/],
    ['*: -repository, job_name', /either/],
    ['jobs_total:', /no label ""/],
    [
      'jobs_total: -job_name; github_actions_jobs_total: -runs_on',
      /github_actions_jobs_total is named twice/,
    ],
  ] as const) {
    const parsed = parseLabelPolicy(text);
    assert.match('problem' in parsed ? parsed.problem : '', reason, text);
  }
});
