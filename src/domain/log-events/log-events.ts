import { DELIVERY_EVENTS } from './delivery-events.ts';
import { GITHUB_EVENTS } from './github-events.ts';
import { PROCESS_EVENTS } from './process-events.ts';
import { STORAGE_EVENTS } from './storage-events.ts';

/*
 * Every warning and error of the log, by its code. The code is in each line and in the metric
 * ant_watcher_log_events_total. It differs from every code of an error: one code has one meaning.
 */

export const LOG_EVENTS = {
  ...PROCESS_EVENTS,
  ...DELIVERY_EVENTS,
  ...STORAGE_EVENTS,
  ...GITHUB_EVENTS,
};

type CodesOf<Level extends string> = {
  [Code in keyof typeof LOG_EVENTS]: (typeof LOG_EVENTS)[Code]['level'] extends Level ? Code : never;
}[keyof typeof LOG_EVENTS];

export type LogCode = keyof typeof LOG_EVENTS;
export type WarnCode = CodesOf<'warn'>;
export type ErrorLogCode = CodesOf<'error'>;
