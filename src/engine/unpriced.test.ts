import assert from 'node:assert/strict';
import { test } from 'node:test';
import { done, measure } from '../../test/fixtures/job.ts';
import { recordingLogger } from '../../test/fixtures/logger.ts';
import { type LabelPatterns, parseLabelPatterns } from '../domain/label-patterns.ts';
import type { JobObservation } from '../domain/observation.ts';
import { warnOfUnpriced } from './unpriced.ts';

function watched(labelPatterns?: LabelPatterns) {
  const { logger, lines: warnings } = recordingLogger();
  const count = warnOfUnpriced(measure, logger, labelPatterns);
  return {
    warnings,
    end: (over: Partial<JobObservation>) =>
      count({ kind: 'job_completed', job: done(over), durationMs: 60_000 }),
  };
}

test('a runner without a price is warned of once, with the setting that gives it one', () => {
  const { warnings, end } = watched();
  assert.equal(end({ runsOn: ['self-hosted'] }).length, 4);
  assert.equal(warnings.length, 0);
  assert.equal(end({ runsOn: ['k8s', 'x64'] }).length, 5);
  end({ runsOn: ['gpu'] });
  assert.equal(warnings.length, 1);
  assert.match(String(warnings[0]?.hint), /prices\.rules: "k8s=linux_8_core".*"k8s=self_hosted:0"/);
});

test('the warning names a runner as its series do, by the patterns of the site', () => {
  const parsed = parseLabelPatterns('runs_on=vm-*');
  assert.ok('patterns' in parsed);
  const { warnings, end } = watched(parsed.patterns);
  end({ runsOn: ['vm-k3x9f'] });
  assert.match(String(warnings[0]?.hint), /"vm-\*=linux_8_core"/);
});

test('for a runner that was asked for by its group alone, the warning names the form for groups', () => {
  const { warnings, end } = watched();
  end({ runsOn: [] });
  assert.match(String(warnings[0]?.hint), /"group:NAME=/);
});
