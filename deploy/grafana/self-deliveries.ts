import { SELF } from '../../src/domain/own-metrics.ts';
import type { Section } from './board.ts';
import { coloured, PERCENTILES } from './colours.ts';
import { lines } from './panels.ts';
import { percentile, type Window } from './promql.ts';
import { barsBy, barsOf, lineBy } from './self-panels.ts';

const NO_PUSH = 'Nothing is pushed';
const NO_TRACES = 'No traces are sent';

/** A percentile of the time from GitHub to us. */
export function lag(window: Window, part: number): string {
  return percentile(part, SELF.deliveryLag, [], { window });
}

/** What arrives, and what becomes of it. */
export function deliveriesSection(): Section {
  const lagWords = {
    title: 'From GitHub to us',
    about: `${SELF.deliveryLag.help} Interpolated inside a bucket of the histogram.`,
    unit: 's',
    overrides: coloured(PERCENTILES),
  };
  return {
    title: 'Deliveries',
    lines: [
      {
        height: 8,
        panels: [
          barsBy('Deliveries by outcome', SELF.deliveries, 'outcome'),
          barsBy('Refused requests by reason', SELF.rejections, 'reason'),
          lines(lagWords, [
            { expr: lag('step', 0.5), legend: 'p50' },
            { expr: lag('step', 0.95), legend: 'p95' },
          ]),
        ],
      },
      {
        height: 8,
        panels: [
          lineBy('Waiting deliveries by state', SELF.queueDeliveries, 'state'),
          barsBy('Left out, by reason', SELF.ignoredObservations, 'reason'),
          barsBy('Times that could not be right', SELF.timestampAnomalies, 'kind'),
        ],
      },
    ],
  };
}

/** What is handed on. */
export function pushSection(): Section {
  return {
    title: 'Pushed samples and spans',
    lines: [
      {
        height: 8,
        panels: [
          barsOf('Samples by outcome', SELF.samples, ['sink', 'outcome'], NO_PUSH),
          lineBy('Samples that wait', SELF.outboxSamples, 'sink', NO_PUSH),
          barsOf('Push requests by outcome', SELF.pushRequests, ['sink', 'outcome'], NO_PUSH),
        ],
      },
      {
        height: 8,
        panels: [
          barsOf('Spans by outcome', SELF.spans, ['sink', 'outcome'], NO_TRACES),
          lineBy('Spans that wait', SELF.traceOutboxSpans, 'sink', NO_TRACES),
        ],
      },
    ],
  };
}
