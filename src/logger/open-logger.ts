import type { Logger } from '../domain/contracts.ts';
import { LOG_EVENTS, type LogCode } from '../domain/log-events/log-events.ts';
import { formatText } from './format-text.ts';
import { type LineDestination, openLineWriter } from './line-writer.ts';
import { safeFields, safeText } from './safe-fields.ts';

/** From the least to the most urgent. */
const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LEVELS)[number];
/** `json`: one object a line. `text`: one line for a person. */
export type LogFormat = 'json' | 'text';

export interface LoggerOptions {
  /** The least level that is written, asked for each line. */
  readonly level: () => LogLevel;
  readonly format: LogFormat;
  /** In every line. */
  readonly fields?: object;
  /** Standard output by default. */
  readonly destination?: LineDestination;
}

const STDOUT = 1;

/**
 * A logger whose lines hold `level`, `time` (ISO 8601), `msg` and the fields; those of warnings and errors
 * hold their `code`, too. Secrets are taken out of everything, and an error in any field is written as type,
 * message, code, hint, stack and cause. Writing is synchronous and never fails.
 */
export function openLogger({ level, format, fields = {}, destination }: LoggerOptions): Logger {
  const lines = destination ?? openLineWriter(STDOUT);
  const write = (line: string) => lines.write(format === 'json' ? line : formatText(line));
  return loggerOf(write, level, safeFields(fields));
}

function loggerOf(write: (line: string) => void, least: () => LogLevel, base: object): Logger {
  function log(level: LogLevel, message: string, fields: object): void {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(least())) return;
    const line = {
      level,
      time: new Date().toISOString(),
      ...base,
      ...safeFields(fields),
      msg: safeText(message),
    };
    write(`${JSON.stringify(line)}\n`);
  }
  function logEvent(code: LogCode, fields: object): void {
    const { level, message } = LOG_EVENTS[code];
    log(level, message, { ...fields, code });
  }
  return {
    debug: (message, fields = {}) => log('debug', message, fields),
    info: (message, fields = {}) => log('info', message, fields),
    warn: (code, fields = {}) => logEvent(code, fields),
    error: (code, fields = {}) => logEvent(code, fields),
    child: (fields) => loggerOf(write, least, { ...base, ...safeFields(fields) }),
  };
}
