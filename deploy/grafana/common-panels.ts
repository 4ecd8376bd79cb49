import { DOMAIN } from '../../src/domain/catalogue.ts';
import { DEFINITIONS } from '../../src/domain/definitions.ts';
import { THRESHOLDS } from '../prometheus/thresholds.ts';
import { toPage } from './board.ts';
import { CONCLUSIONS, coloured, redFrom } from './colours.ts';
import { bars, lines } from './panels.ts';
import type { Percentiles } from './percentiles.ts';
import { growth } from './promql.ts';

/*
 * Panels that several boards have.
 */

/** How many runs ended, over time, by conclusion. */
export function runsOverTime() {
  const words = {
    title: 'Runs by conclusion',
    about: `${DEFINITIONS.runs.text} Each bar is one step of the graph.`,
    unit: 'short',
    overrides: coloured(CONCLUSIONS),
    links: [toPage('/runs', 'conclusion')],
  };
  return bars(words, [{ expr: growth(DOMAIN.runs, ['conclusion']), legend: '{{conclusion}}' }]);
}

/** The queue time over time, p95, a line for each set of runner labels. */
export function queueByLabels(percentiles: Percentiles) {
  const words = {
    title: 'Queue time, p95 by runner labels',
    about: `${DEFINITIONS.queue_time.text} ${percentiles.accuracy}`,
    unit: 's',
    thresholds: redFrom(THRESHOLDS.queueP95Seconds),
    links: [toPage('/queues', 'runs_on')],
  };
  const expr = percentiles.of(0.95, 'jobQueue', { window: 'step', by: ['runs_on'] });
  return lines(words, [{ expr, legend: '{{runs_on}}' }], { exemplars: true });
}
