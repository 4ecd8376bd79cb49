import type { Logger, Meter } from '../domain/contracts.ts';
import { LOG_EVENTS, type LogCode } from '../domain/log-events/log-events.ts';
import { countOf, type Increment, zeroOf } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';

/** Makes all series of the counter of log events. */
export const LOG_EVENT_ZEROS: readonly Increment[] = Object.entries(LOG_EVENTS).map(([code, { level }]) =>
  zeroOf(SELF.logEvents, [level, code]),
);

/** The same logger, which counts its warnings and errors, also those that `log.level` leaves out. */
export function countingLogger(logger: Logger, meter: Meter): Logger {
  const count = (code: LogCode) => meter.add([countOf(SELF.logEvents, [LOG_EVENTS[code].level, code])]);
  return {
    debug: logger.debug,
    info: logger.info,
    warn(code, fields) {
      count(code);
      logger.warn(code, fields);
    },
    error(code, fields) {
      count(code);
      logger.error(code, fields);
    },
    child: (fields) => countingLogger(logger.child(fields), meter),
  };
}
