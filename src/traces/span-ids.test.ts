import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import type { TracedJob, TracedStep, TraceOrigin } from '../domain/trace-entry.ts';
import { SPAN_IDS } from './span-ids.ts';

const ORIGIN: TraceOrigin = {
  ...{ repository: 'o/r', workflow: 'CI', runId: 14460881260, runAttempt: 13 },
  ...{ headBranch: null, headSha: null, serviceName: null },
};

function job(jobId: number, name: string, origin = ORIGIN): TracedJob {
  return { origin, jobId, name, approval: null, queue: null };
}

function step(number: number, name: string, isRepeat = false): TracedStep {
  return { number, name, conclusion: null, isRepeat, startMs: 0, endMs: 0, isClamped: false };
}

const OTHER = { ...ORIGIN, runId: 14796710445 };

/*
 * Vectors of receiver/githubreceiver/testdata in open-telemetry/opentelemetry-collector-contrib: those of legacy ids in
 * workflow-{run,job}-expected.yaml and workflow-job-skipped-expected-legacy.yaml, the others in
 * workflow-job-skipped-expected.yaml. None has a step with an id of today.
 */
const VECTORS: readonly (readonly [what: string, id: string, vector: string])[] = [
  ['trace', SPAN_IDS['check-run'].trace(ORIGIN), '731ec8a47fd7450f753a812a4a8aa5a0'],
  [
    'trace before it',
    SPAN_IDS.legacy.trace({ ...ORIGIN, runAttempt: 12 }),
    '3ab150c94bf95169f4958bc860bddc3b',
  ],
  ['root', SPAN_IDS['check-run'].run(ORIGIN), 'aba151af7cfbcf0f'],
  ['other trace', SPAN_IDS.grafana.trace(OTHER), '0b0cff7305ff68eb7d1bb72c7fdbe277'],
  ['other root', SPAN_IDS.grafana.run(OTHER), '3b54c768f3ef27e1'],
  ['job', SPAN_IDS['check-run'].job(job(41546348818, 'build', OTHER)), 'fb6779d8c7b7c66c'],
  ['queue', SPAN_IDS['check-run'].queue(job(41546348818, 'build', OTHER)), '5ce15e491b4b01da'],
  ['job by its number', SPAN_IDS['check-run'].job(job(40685651258, 'test (1.23)')), '2b09b38c69b64a9c'],
  ['legacy job', SPAN_IDS.legacy.job(job(40685651258, 'test (1.23)')), 'e68a36b3514c8634'],
  ['legacy queue', SPAN_IDS.legacy.queue(job(40685651258, 'test (1.23)')), 'd328504edfc4f5dc'],
  ['legacy job of the other', SPAN_IDS.legacy.job(job(41546348818, 'build', OTHER)), '84e27971417e5249'],
  ['legacy queue of the other', SPAN_IDS.legacy.queue(job(41546348818, 'build', OTHER)), '750687c67fcd26a3'],
  [
    'legacy step',
    SPAN_IDS.legacy.step(job(40685651258, 'test (1.23)'), step(1, 'Set up job')),
    '103b52e85d34ae1c',
  ],
];

for (const [what, id, vector] of VECTORS) {
  test(`the id of the ${what} is that of the receiver's golden files`, () => assert.equal(id, vector));
}

function sha(text: string): string {
  return execFileSync('sha256sum', { input: text, encoding: 'utf8' }).slice(16, 32);
}

test('ids that no golden file has', () => {
  const own = job(40685651258, 'test (1.23)');
  const { step: stepId, approval } = SPAN_IDS['check-run'];
  assert.equal(stepId(own, step(3, 'Build')), sha('40685651258-Build-s'));
  assert.equal(stepId(own, step(5, 'Build', true)), sha('40685651258-Build\x005-s'));
  assert.equal(approval(own), sha('40685651258-w'));
  assert.equal(SPAN_IDS.grafana.step(own, step(1, 'Set up job')), sha('1446088126013test (1.23)1'));
  assert.equal(SPAN_IDS.grafana.job(own), SPAN_IDS.legacy.job(own));
});

test('an approval and a second step of one name have ids that no name can have', () => {
  for (const ids of Object.values(SPAN_IDS)) {
    const own = job(1, 'a');
    const made = [ids.job(own), ids.queue(own), ids.approval(own), ids.step(own, step(1, 'x'))];
    const repeated = [ids.step(own, step(2, 'x', true)), ids.step(own, step(3, 'x', true))];
    assert.equal(new Set([...made, ...repeated, ids.run(ORIGIN)]).size, 7);
  }
});
