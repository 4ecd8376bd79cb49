import { DEFINITIONS } from '../../src/domain/definitions.ts';
import { SELF } from '../../src/domain/own-metrics.ts';
import { THRESHOLDS } from '../prometheus/thresholds.ts';
import type { Section } from './board.ts';
import { redFrom } from './colours.ts';
import { stat } from './panels.ts';
import { age, orNone, percentile, present } from './promql.ts';

/** Whether everything has arrived and is counted. */
export function trustSection(): Section {
  const words = (title: string, about: string, limit: number, empty: string) => ({
    ...{ title, about, unit: 's', thresholds: redFrom(limit), empty },
  });
  const fromGitHub = words(
    ...(['From GitHub, p95', DEFINITIONS.delivery_lag.text, THRESHOLDS.behindSeconds] as const),
    'No delivery in this time',
  );
  const unprocessed = { title: 'Not processed', about: DEFINITIONS.unprocessed.text, unit: 'short' };
  const recovery = words(
    ...(['Recovery is behind by', DEFINITIONS.recovery_lag.text, THRESHOLDS.recoverySeconds] as const),
    "GitHub's API is not used",
  );
  const push = words(
    ...(['Samples wait for', SELF.outboxOldest.help, THRESHOLDS.receiverAwaySeconds] as const),
    'No sample waits',
  );
  return {
    title: 'Can these numbers be trusted?',
    lines: [
      {
        height: 4,
        panels: [
          stat(fromGitHub, percentile(0.95, SELF.deliveryLag, [], { window: 'range' })),
          stat(unprocessed, orNone(present(SELF.queueDeliveries))),
          stat(recovery, age(SELF.recoveryOldest, 'min')),
          stat(push, age(SELF.outboxOldest, 'min')),
        ],
      },
    ],
  };
}
