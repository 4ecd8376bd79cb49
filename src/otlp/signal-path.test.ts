import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completeUrl } from '../outbound/endpoint-url.ts';
import { signalPath, takesSignal } from './signal-path.ts';

test('a base URL gets the path of a signal, and one that has such a path gets no second one', () => {
  for (const [given, traces] of [
    ['http://c:4318', 'http://c:4318/v1/traces'],
    ['http://c:4318/', 'http://c:4318/v1/traces'],
    ['https://x.example/otlp', 'https://x.example/otlp/v1/traces'],
    // open-telemetry/opentelemetry.io#3627: /v1/v1/traces and /v1/traces/v1/traces were answered 404.
    ['http://c:4318/v1/traces', 'http://c:4318/v1/traces'],
    ['http://c:4318/v1/traces/', 'http://c:4318/v1/traces'],
    ['http://c:4318/v1/metrics', 'http://c:4318/v1/traces'],
    ['https://u:p@x.example/api/v1/traces?key=1#a', 'https://x.example/api/v1/traces?key=1'],
    // Only a whole path of a signal is one.
    ['http://c/v1/tracesx', 'http://c/v1/tracesx/v1/traces'],
  ] as const) {
    const completed = completeUrl(given, signalPath('traces'));
    assert.ok('url' in completed, given);
    assert.equal(completed.url.href, traces);
    const metrics = completeUrl(given, signalPath('metrics'));
    assert.equal(
      'url' in metrics && metrics.url.href,
      traces.replace('v1/traces?', 'v1/metrics?').replace(/v1\/traces$/, 'v1/metrics'),
    );
  }
});

test('a URL with the path of a signal is for that one alone', () => {
  const signals = ['traces', 'metrics'] as const;
  const takenBy = (url: string) => signals.filter((signal) => takesSignal(url, signal)).join();
  assert.equal(takenBy('http://c:4318'), 'traces,metrics');
  assert.equal(takenBy('http://c:4318/otlp/'), 'traces,metrics');
  assert.equal(takenBy('http://c:4318/v1/traces?key=1'), 'traces');
  assert.equal(takenBy('http://u:p@c:4318/a/v1/metrics/'), 'metrics');
  assert.equal(takenBy('http://c:4318/v1/logs'), '');
});
