import assert from 'node:assert/strict';
import { test } from 'node:test';
import { negotiateFormat } from './content-negotiation.ts';

const TABLE: readonly { name: string; accept: string | undefined; format: 'text' | 'openmetrics' }[] = [
  { name: 'no header', accept: undefined, format: 'text' },
  { name: 'an empty header', accept: '', format: 'text' },
  { name: 'anything (curl)', accept: '*/*', format: 'text' },
  {
    name: 'Prometheus 2.42',
    accept:
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
    format: 'openmetrics',
  },
  {
    name: 'Prometheus 2.30, which knows the draft of OpenMetrics only',
    accept: 'application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
    format: 'text',
  },
  {
    name: 'Prometheus 3',
    accept:
      'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
    format: 'openmetrics',
  },
  {
    name: 'Prometheus 3 with native histograms, which names protobuf first',
    accept:
      'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1',
    format: 'openmetrics',
  },
  { name: 'vmagent', accept: 'text/plain;version=0.0.4;q=1,*/*;q=0.1', format: 'text' },
  { name: 'OpenMetrics without a version', accept: 'application/openmetrics-text', format: 'openmetrics' },
  { name: 'both alike', accept: 'text/plain, application/openmetrics-text', format: 'openmetrics' },
  { name: 'text rather', accept: 'text/plain;q=0.8, application/openmetrics-text;q=0.7', format: 'text' },
  {
    name: 'anything rather than OpenMetrics',
    accept: '*/*, application/openmetrics-text;q=0.5',
    format: 'text',
  },
  {
    name: 'text refused by name',
    accept: 'text/plain;q=0, */*, application/openmetrics-text;q=0.1',
    format: 'openmetrics',
  },
  { name: 'OpenMetrics refused', accept: 'application/openmetrics-text;q=0', format: 'text' },
  { name: 'a broken quality', accept: 'application/openmetrics-text;q=high', format: 'text' },
  {
    name: 'capitals, spaces and quotes',
    accept: 'Application/OpenMetrics-Text ; Version="1.0.0" ; Q=0.9',
    format: 'openmetrics',
  },
  { name: 'neither', accept: 'image/png', format: 'text' },
];

for (const { name, accept, format } of TABLE) {
  test(`${name} gets ${format}`, () => {
    assert.equal(negotiateFormat(accept).format, format);
  });
}

test('the Content-Type names format, version, charset and escaping', () => {
  assert.equal(
    negotiateFormat('*/*').contentType,
    'text/plain; version=0.0.4; charset=utf-8; escaping=underscores',
  );
  assert.equal(
    negotiateFormat('application/openmetrics-text').contentType,
    'application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores',
  );
});
