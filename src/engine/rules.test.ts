import assert from 'node:assert/strict';
import { test } from 'node:test';
import { done } from '../../test/fixtures/job.ts';
import { recordingLogger, SILENT } from '../../test/fixtures/logger.ts';
import { NO_OTLP } from '../../test/fixtures/otlp-options.ts';
import { parseBranchPattern } from '../domain/branch-pattern.ts';
import { type LabelPatterns, parseLabelPatterns } from '../domain/label-patterns.ts';
import type { JobObservation } from '../domain/observation.ts';
import { type EngineRules, type EngineValues, engineRules } from './rules.ts';

const VALUES = {
  retentionMs: null,
  stepsRetentionMs: null,
  metrics: {
    durationBucketsMs: [1000],
    stepDurations: false,
    failedSteps: false,
    labelPolicy: new Map(),
    labelPatterns: new Map(),
    branchGroups: [],
    branchBases: false,
    repositoryLabels: [],
    maxSeries: 10,
    idleExpiryMs: null,
    compat: { sets: [], branches: [], fullJobNames: false },
  },
  priceRules: [],
  asksReasons: false,
  push: { sinks: [] as const },
  otlp: NO_OTLP,
  ttlMs: 1000,
} as unknown as EngineValues;

test('a reload does not repeat the warning about runners without a price, unless it changes prices', () => {
  const { logger, lines } = recordingLogger();
  const next = (values: EngineValues, before: EngineRules | null) => {
    const rules = engineRules(values, before, { steady: Date.now, logger });
    rules.measure({ kind: 'job_completed', job: done({ runsOn: ['k8s'] }), durationMs: 1000 });
    return rules;
  };
  const first = next(VALUES, null);
  const second = next(structuredClone(VALUES), first);
  assert.equal(lines.length, 1);
  const rule = { by: 'label', name: 'other', sku: 'own', microDollarsPerMinute: 1 } as const;
  next({ ...VALUES, priceRules: [rule] }, second);
  assert.equal(lines.length, 2);
});

test('a price rule may name a runner by the pattern in its series', () => {
  const labelPatterns = new Map([['runs_on', [{ text: 'vm-*', pattern: parseBranchPattern('vm-*') }]]]);
  const rule = { by: 'label', name: 'vm-*', sku: 'own', microDollarsPerMinute: 1 } as const;
  const values = { ...VALUES, metrics: { ...VALUES.metrics, labelPatterns }, priceRules: [rule] };
  const { measure } = engineRules(values, null, { steady: Date.now, logger: SILENT });
  const increments = measure({
    kind: 'job_completed',
    job: done({ runsOn: ['vm-k3x9f'] }),
    durationMs: 1000,
  });
  const billed = increments.find(({ metric }) => metric === 'github_actions_billed_seconds_total');
  assert.equal(billed?.labels.at(-1), 'own');
});

function watched(labelPatterns: LabelPatterns = new Map()) {
  const { logger, lines: warnings } = recordingLogger();
  const metrics = { ...VALUES.metrics, labelPatterns };
  const { measure } = engineRules({ ...VALUES, metrics }, null, { steady: Date.now, logger });
  return {
    warnings,
    end: (over: Partial<JobObservation>) =>
      measure({ kind: 'job_completed', job: done(over), durationMs: 60_000 }),
  };
}

test('a runner without a price is warned about once, with the setting that gives it one', () => {
  const { warnings, end } = watched();
  assert.equal(end({ runsOn: ['self-hosted'] }).length, 4);
  assert.equal(warnings.length, 0);
  assert.equal(end({ runsOn: ['k8s', 'x64'] }).length, 5);
  end({ runsOn: ['gpu'] });
  assert.equal(warnings.length, 1);
  assert.match(String(warnings[0]?.hint), /prices\.rules: "k8s=linux_8_core".*"k8s=self_hosted:0"/);
});

test('the warning names a runner as its series do, with the configured patterns applied', () => {
  const parsed = parseLabelPatterns('runs_on=vm-*');
  assert.ok('patterns' in parsed);
  const { warnings, end } = watched(parsed.patterns);
  end({ runsOn: ['vm-k3x9f'] });
  assert.match(String(warnings[0]?.hint), /"vm-\*=linux_8_core"/);
});

test('for a runner requested only by its group, the warning shows the syntax for groups', () => {
  const { warnings, end } = watched();
  end({ runsOn: [] });
  assert.match(String(warnings[0]?.hint), /"group:NAME=/);
});
