import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jobEntry, ORIGIN, runEntry } from '../../test/fixtures/trace-entries.ts';
import type { TraceEntry } from '../domain/trace-entry.ts';
import { runTraceWords } from '../github/trace-words.ts';
import { resourceSpansOf, type SpanOptions } from './spans.ts';

const OPTIONS: SpanOptions = {
  ...{ ids: 'check-run', style: 'semconv', people: false, serviceName: '{repository}' },
  ...{ webUrl: 'https://github.com', version: '1.2.3' },
};

function firstOf(entry: TraceEntry, options: Partial<SpanOptions> = {}) {
  const [made] = resourceSpansOf([entry], { ...OPTIONS, ...options });
  const [span] = made?.spans ?? [];
  assert.ok(made && span);
  return { span, of: Object.fromEntries([...made.resource, ...span.attributes]) };
}

for (const [cause, conclusion, result, message] of [
  ['step', 'failure', 'failure', 'step: test'],
  ['runner_lost', 'failure', 'error', 'runner_lost: test'],
  ['timeout', 'cancelled', 'timeout', 'timeout: test'],
  [null, 'cancelled', 'cancellation', null],
  [null, 'neutral', 'neutral', null],
] as const) {
  test(`a job that ended as ${conclusion} because of ${cause}`, () => {
    const { span, of } = firstOf(
      jobEntry(0, { conclusion, failureCause: cause, failedStep: cause === null ? null : 'test' }),
    );
    assert.equal(of['cicd.pipeline.task.run.result'], result);
    assert.equal(of['error.type'], cause ?? undefined);
    assert.deepEqual(span.status, message === null ? null : { code: 2, message });
  });
}

test('a run that failed at its start is an error, and a span that was clamped says so', () => {
  const { span, of } = firstOf(runEntry({ conclusion: 'startup_failure', isClamped: true }));
  assert.deepEqual(span.status, { code: 2, message: 'startup_failure' });
  assert.equal(of['cicd.pipeline.result'], 'error');
  assert.equal(of['ant_watcher.clamped'], true);
  assert.equal('github.run.actor' in of, false);
});

test('the name of the service', () => {
  const named = { ...ORIGIN, repository: 'Acme/Shop_API', workflow: 'CI', serviceName: 'My_Shop' };
  const nameOf = (origin: typeof ORIGIN, serviceName = '{repository}') =>
    firstOf(runEntry({ origin }), { serviceName }).of['service.name'];
  assert.equal(nameOf(named), 'my-shop');
  assert.equal(nameOf({ ...named, serviceName: null }), 'shop-api');
  assert.equal(nameOf(named, 'ci-{owner}-{repository}-{workflow}'), 'ci-acme-shop-api-ci');
});

test('a pull request is named only if it is the one of this repository', () => {
  const request = (number: number, repository: number) => ({ number, base: { repo: { id: repository } } });
  const numberOf = (...requests: object[]) =>
    runTraceWords({ repository: { id: 1 } }, { pull_requests: requests }).pullRequest;
  assert.equal(numberOf(request(7, 1), request(8, 2)), 7);
  assert.equal(numberOf(request(7, 1), request(8, 1)), null);
  assert.equal(numberOf(), null);
});
