import { DEFINITIONS } from '../../src/domain/definitions.ts';
import { SELF } from '../../src/domain/own-metrics.ts';
import { THRESHOLDS } from '../prometheus/thresholds.ts';
import type { Board, Line } from './board.ts';
import { redFrom } from './colours.ts';
import type { Thresholds } from './dashboard-json.ts';
import { stat, table, type Unplaced } from './panels.ts';
import { age, aggregate, counted, orNone, present, select } from './promql.ts';
import { deliveriesSection, lag, pushSection } from './self-deliveries.ts';
import { number, plain, seconds } from './self-panels.ts';
import { processSection } from './self-process.ts';
import { recoverySection } from './self-recovery.ts';

const NO_API = "GitHub's API is not used";

/** Is ant-watcher well: does it get everything, count everything, and hand everything on? */
export function self(): Board {
  return {
    uid: 'ant-watcher-self',
    title: 'ant-watcher itself',
    description: 'Does it get everything, count everything, and hand everything on?',
    tags: ['ant-watcher', 'ant-watcher-events'],
    view: '/health-page',
    hasFilters: false,
    sections: [
      { title: 'Is it well?', lines: statLines() },
      deliveriesSection(),
      recoverySection(),
      pushSection(),
      processSection(),
    ],
  };
}

function statLines(): Line[] {
  const refused = { reason: ['wrong_signature', 'missing_signature', 'store_unavailable', 'overloaded'] };
  return [
    {
      height: 4,
      panels: [
        number('Not processed', DEFINITIONS.unprocessed.text, orNone(present(SELF.queueDeliveries))),
        number(
          'Parked',
          SELF.queueDeliveries.help,
          orNone(present(SELF.queueDeliveries, [], { state: 'parked' })),
          1,
        ),
        number('Refused', SELF.rejections.help, counted(SELF.rejections, [], refused), 1),
        number(
          'Errors in the log',
          plain(SELF.logEvents),
          counted(SELF.logEvents, [], { level: 'error' }),
          1,
        ),
        number(
          'Beyond the limit of series',
          plain(SELF.seriesDropped),
          orNone(counted(SELF.seriesDropped)),
          1,
        ),
        storeWritable(),
      ],
    },
    {
      height: 4,
      panels: [
        seconds(
          'From GitHub, p95',
          DEFINITIONS.delivery_lag.text,
          lag('range', 0.95),
          THRESHOLDS.behindSeconds,
          'No delivery in this time',
        ),
        seconds(
          'Recovery is behind by',
          DEFINITIONS.recovery_lag.text,
          age(SELF.recoveryOldest, 'min'),
          THRESHOLDS.recoverySeconds,
          NO_API,
        ),
        seconds(
          'Samples wait for',
          SELF.outboxOldest.help,
          age(SELF.outboxOldest, 'min'),
          THRESHOLDS.receiverAwaySeconds,
          'No sample waits',
        ),
        clock(),
        certificate(),
        version(),
      ],
    },
  ];
}

function storeWritable(): Unplaced {
  const words = { title: 'Database not writable', about: SELF.storeWritable.help, unit: 'short' };
  return stat(
    { ...words, thresholds: redFrom(1) },
    `1 - ${aggregate('min', [], select(SELF.storeWritable))}`,
  );
}

function clock(): Unplaced {
  const offset = aggregate('max', [], `abs(${select(SELF.clockOffset)})`);
  return seconds(
    'Clock is wrong by',
    SELF.clockOffset.help,
    offset,
    THRESHOLDS.clockSeconds,
    'Not known yet',
  );
}

/** Counts down, so that less is worse. */
function certificate(): Unplaced {
  const thresholds: Thresholds = {
    mode: 'absolute',
    steps: [
      { value: null, color: 'red' },
      { value: THRESHOLDS.certificateSeconds, color: 'text' },
    ],
  };
  const words = { title: 'Certificate expires in', about: SELF.tlsExpiry.help, unit: 's', thresholds };
  return stat(
    { ...words, empty: 'No certificate of its own' },
    `${aggregate('min', [], select(SELF.tlsExpiry))} - time()`,
  );
}

function version(): Unplaced {
  return table(
    { title: 'Runs', about: SELF.buildInfo.help },
    ['version', 'node'],
    [
      {
        name: 'Processes',
        expr: aggregate('count', ['version', 'node'], select(SELF.buildInfo)),
        unit: 'short',
      },
    ],
  );
}
