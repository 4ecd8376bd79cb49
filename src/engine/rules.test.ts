import assert from 'node:assert/strict';
import { test } from 'node:test';
import { done } from '../../test/fixtures/job.ts';
import { recordingLogger, SILENT } from '../../test/fixtures/logger.ts';
import { parseBranchPattern } from '../domain/branch-pattern.ts';
import { type EngineRules, type EngineValues, engineRules } from './rules.ts';

const VALUES = {
  retentionMs: null,
  metrics: {
    durationBucketsMs: [1000],
    stepDurations: false,
    labelPolicy: new Map(),
    labelPatterns: new Map(),
    branchGroups: [],
    maxSeries: 10,
    idleExpiryMs: null,
  },
  priceRules: [],
  push: { sinks: [] as const },
  ttlMs: 1000,
} as unknown as EngineValues;

test('a reload does not warn once more of runners without a price, unless it changes prices', () => {
  const { logger, lines } = recordingLogger();
  const next = (values: EngineValues, before: EngineRules | null) => {
    const rules = engineRules(values, before, { clock: Date.now, logger });
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

test('a price rule may name a runner by the pattern that its series show', () => {
  const labelPatterns = new Map([['runs_on', [{ text: 'vm-*', pattern: parseBranchPattern('vm-*') }]]]);
  const rule = { by: 'label', name: 'vm-*', sku: 'own', microDollarsPerMinute: 1 } as const;
  const values = { ...VALUES, metrics: { ...VALUES.metrics, labelPatterns }, priceRules: [rule] };
  const { measure } = engineRules(values, null, { clock: Date.now, logger: SILENT });
  const increments = measure({
    kind: 'job_completed',
    job: done({ runsOn: ['vm-k3x9f'] }),
    durationMs: 1000,
  });
  const billed = increments.find(({ metric }) => metric === 'github_actions_billed_seconds_total');
  assert.equal(billed?.labels.at(-1), 'own');
});
