import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explanationText } from './explanation-text.ts';

const NOTHING = { runs: [], jobs: [], deployments: [], reviews: [], observations: [] };

test('what a job has of several parts is shown by its parts', () => {
  const job = { job_id: 1, name: 'test', run_attempt: 1, runs_on: ['self-hosted', 'gpu'] };
  const withReason = (reason: object) => explanationText({ ...NOTHING, jobs: [{ ...job, reason }] });
  assert.match(
    withReason({ reason: 'exit_code', exit_code: 137 }),
    /^ {2}reason +reason exit_code, exit_code 137$/m,
  );
  assert.match(withReason({ reason: 'out_of_disk', exit_code: null }), /^ {2}reason +reason out_of_disk$/m);
  assert.match(withReason({ reason: 'unknown', exit_code: null }), /^ {2}runs_on +self-hosted, gpu$/m);
});

test('an observation without an action has its status alone', () => {
  const observation = {
    ...{ job_id: 1, guid: 'g', source: 'api', received_at: 'R', event_at: 'E', conclusion: null },
    ...{ before: 'completed', after: 'completed', counted: [], why: null },
  };
  const lineOf = (action: string, status: string) =>
    explanationText({ ...NOTHING, observations: [{ ...observation, action, status }] }).split('\n')[2];
  assert.equal(lineOf('', 'reason'), 'R  job 1: status reason');
  assert.equal(lineOf('completed', 'completed'), 'R  job 1: completed, status completed');
});
