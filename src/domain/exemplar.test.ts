import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exemplarOf, exemplarText, MAX_EXEMPLAR_LENGTH } from './exemplar.ts';
import { traceId } from './trace-id.ts';

test('the id of a trace is the one that receivers of the OpenTelemetry Collector give it', () => {
  // https://github.com/open-telemetry/opentelemetry-collector-contrib, receiver/githubreceiver, testdata
  assert.equal(traceId(14460881260, 13), '731ec8a47fd7450f753a812a4a8aa5a0');
  assert.equal(traceId(14460881260, 12), '3ab150c94bf95169f4958bc860bddc3b');
});

test('an exemplar names its run, its job and its trace, with the seconds and the time of the event', () => {
  const ids = { runId: 14460881260, runAttempt: 13, jobId: 40685651258 };
  const trace = 'trace_id="731ec8a47fd7450f753a812a4a8aa5a0"';
  assert.equal(
    exemplarText(exemplarOf(ids, 61_500, 1_795_435_860_000)),
    ` # {run_id="14460881260",job_id="40685651258",${trace}} 61.5 1795435860.258`,
  );
  assert.equal(
    exemplarText(exemplarOf({ ...ids, jobId: null }, 0, 1_795_435_860_000)),
    ` # {run_id="14460881260",${trace}} 0 1795435860.26`,
  );
});

test('the labels of an exemplar are never longer than OpenMetrics allows', () => {
  const largest = Number.MAX_SAFE_INTEGER;
  const text = exemplarText(exemplarOf({ runId: largest, runAttempt: 50, jobId: largest }, 1, 1000));
  const labels = /\{(.*)\}/.exec(text)?.[1] ?? '';
  const characters = Array.from(
    labels.matchAll(/(\w+)="([^"]*)"/g),
    ([, name = '', value = '']) => name + value,
  );
  assert.equal(characters.length, 3);
  assert.ok(characters.join('').length <= MAX_EXEMPLAR_LENGTH, labels);
});
