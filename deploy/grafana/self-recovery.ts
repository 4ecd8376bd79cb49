import { DEFINITIONS } from '../../src/domain/definitions.ts';
import type { Metric } from '../../src/domain/metric.ts';
import { SELF } from '../../src/domain/own-metrics.ts';
import type { Section } from './board.ts';
import { bars, lines, table } from './panels.ts';
import { age, growth, orNone, percentile, present, select, share } from './promql.ts';
import { barsBy, lineRate, number } from './self-panels.ts';

const NO_API = "GitHub's API is not used";
const NO_LOG = "The webhook's log can't be read";

/** What GitHub says about itself: what was lost, how often it may be asked, how it reaches us. */
export function recoverySection(): Section {
  const lag = {
    title: 'Recovery is behind by',
    about: DEFINITIONS.recovery_lag.text,
    unit: 's',
    empty: NO_API,
  };
  const left = share(select(SELF.githubRemaining), select(SELF.githubLimit));
  const limit = {
    ...{ title: 'Requests left of the rate limit', about: SELF.githubRemaining.help.replaceAll('`', '') },
    ...{ unit: 'percentunit', empty: NO_API },
  };
  const hook = {
    title: 'What GitHub saw of our webhook',
    about: SELF.hookDeliveries.help.replaceAll('`', ''),
  };
  const hookTime = {
    ...{ title: 'Deliveries as GitHub timed them, p95', about: SELF.hookDelivery.help.replaceAll('`', '') },
    ...{ unit: 's', empty: NO_LOG },
  };
  const failing = {
    ...{ title: 'Latest success and failure of each hook', about: SELF.hookLastFailure.help, empty: NO_LOG },
  };
  const ago = (metric: Metric) => age(metric, 'max', ['hook']);
  return {
    title: "GitHub's API, recovery, and the webhook as GitHub sees it",
    lines: [
      {
        height: 8,
        panels: [
          lines(lag, [{ expr: age(SELF.recoveryOldest, 'min'), legend: 'behind' }], { interval: '1m' }),
          barsBy('Recovered deliveries by source', SELF.recoveredDeliveries, 'source', NO_API),
          barsBy('Passes by outcome', SELF.recoveryPasses, 'outcome', NO_API),
          number(
            'Unreadable places',
            SELF.recoveryUnreadable.help,
            orNone(present(SELF.recoveryUnreadable)),
            1,
          ),
        ],
      },
      {
        height: 8,
        panels: [
          barsBy('Requests to GitHub by status', SELF.githubRequests, 'status', NO_API),
          lines(limit, [{ expr: left, legend: '{{credential}} {{resource}}' }], { interval: '1m' }),
          lineRate('Requests wait for GitHub, seconds per second', SELF.githubWait, 'priority', NO_API),
        ],
      },
      {
        height: 8,
        panels: [
          bars({ ...hook, unit: 'short', empty: NO_LOG }, [
            { expr: growth(SELF.hookDeliveries, ['hook', 'status']), legend: '{{hook}} {{status}}' },
          ]),
          lines(hookTime, [
            { expr: percentile(0.95, SELF.hookDelivery, ['hook'], { window: 'step' }), legend: '{{hook}}' },
          ]),
          table(
            failing,
            ['hook'],
            [
              { name: 'Latest success, ago', expr: ago(SELF.hookLastDelivery), unit: 's' },
              { name: 'Latest failure, ago', expr: ago(SELF.hookLastFailure), unit: 's' },
            ],
          ),
        ],
      },
    ],
  };
}
