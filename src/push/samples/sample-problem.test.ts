import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LabelPair, Sample } from '../../domain/sample.ts';
import { sampleProblem } from './sample-problem.ts';

const SAMPLE: Sample = {
  metric: 'github_actions_event_job_duration_seconds',
  labels: [['job', 'build']],
  value: 1.5,
  atMs: 1_700_000_000_123,
};

function labelled(...labels: LabelPair[]): Sample {
  return { ...SAMPLE, labels };
}

test('a sample that every receiver accepts has no problem, up to the limits', () => {
  const many = Array.from({ length: 30 }, (_, index): LabelPair => [`l${index}`, 'x']);
  for (const fine of [
    SAMPLE,
    labelled(),
    labelled(['a', '']),
    labelled(['a', '"\n\\🙂\0']),
    labelled(['a'.repeat(256), 'é'.repeat(2048)]),
    labelled(...many),
    { ...SAMPLE, value: -0.5, atMs: 2 ** 31 },
  ]) {
    assert.equal(sampleProblem(fine), null);
  }
});

test('a sample that a receiver would drop silently is reported', () => {
  const tooMany = Array.from({ length: 31 }, (_, index): LabelPair => [`l${index}`, 'x']);
  for (const [bad, problem] of [
    [{ ...SAMPLE, metric: '' }, /metric/],
    [{ ...SAMPLE, metric: 'a-b' }, /metric/],
    [{ ...SAMPLE, metric: 'a'.repeat(257) }, /metric/],
    [{ ...SAMPLE, value: Number.NaN }, /finite/],
    [{ ...SAMPLE, value: Number.POSITIVE_INFINITY }, /finite/],
    [{ ...SAMPLE, atMs: 1_700_000_000 }, /time/],
    [{ ...SAMPLE, atMs: 1_700_000_000_000.5 }, /time/],
    [{ ...SAMPLE, atMs: Number.NaN }, /time/],
    [labelled(['', 'x']), /name/],
    [labelled(['1a', 'x']), /name/],
    [labelled(['a:b', 'x']), /name/],
    [labelled(['__name__', 'x']), /name/],
    [labelled(['a'.repeat(257), 'x']), /name/],
    [labelled(['a', 'x'], ['b', 'y'], ['a', 'x']), /the label a twice/],
    [labelled(['a', 'é'.repeat(2049)]), /the label a has more than 4096 bytes/],
    [labelled(...tooMany), /more than 30 labels/],
  ] as const) {
    assert.match(sampleProblem(bad) ?? '', problem);
  }
});
