import type { SampleProtocol } from '../samples/sample-protocol.ts';
import { importFormat } from './import-text.ts';

/**
 * VictoriaMetrics' import of the Prometheus text format. It is on single nodes, vmagent, and for each tenant of a
 * cluster (https://docs.victoriametrics.com/victoriametrics/url-examples/), with grouping labels after it as the
 * Pushgateway has them.
 */
export const VICTORIA_METRICS: SampleProtocol = {
  formatWith: importFormat,
  path: '/api/v1/import/prometheus',
  known: /\/api\/v1\/import\/prometheus(\/metrics\/job\/.+)?$/,
  isIdempotent: false,
};
