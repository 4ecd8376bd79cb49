import { cutText, MAX_TEXT_LENGTH } from '../domain/cut-text.ts';

/*
 * Tolerant reading of GitHub's JSON: a field that is missing, null or of another type is null, never an
 * error.
 */

/**
 * GitHub Actions began in 2018; earlier times are zero values of some client, much later ones are corrupt.
 */
export const EARLIEST_MS = Date.UTC(2015, 0, 1);
export const LATEST_MS = Date.UTC(2100, 0, 1);
/** Clocks differ by less than this. */
const CLOCK_SKEW_MS = 24 * 3_600_000;

export type Json = Record<string, unknown>;

export function objectOf(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

/**
 * A non-empty text, in a form that databases and expositions carry unchanged. No name in GitHub Actions is
 * longer than the limit; a hostile one is cut.
 */
export function textOf(value: unknown): string | null {
  if (typeof value !== 'string' || value === '') return null;
  return cutText(value, MAX_TEXT_LENGTH).toWellFormed().replaceAll('\0', '\uFFFD');
}

/** An id or a count: a whole number that a JavaScript number holds exactly. */
export function integerOf(value: unknown): number | null {
  return Number.isSafeInteger(value) ? (value as number) : null;
}

/** The texts of an array; null items, which occur in old payloads, are skipped. */
export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(textOf).filter((text) => text !== null) : [];
}

/** `Date.parse` also takes texts without a zone, for the time here, and much else. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)$/;

const DAY = '2026-11-23';
const SECONDS = '2026-11-23T19:07:30';
const ZERO = '0'.charCodeAt(0);

/** Whether a time is in GitHub's format, or absent. Times may be in the format and yet impossible. */
export function isTimeOrNone(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && TIME.test(value));
}

/** A time such as `2026-11-23T19:07:30Z` in milliseconds since the epoch; null if it is after `latestMs`. */
export function timeMsOf(value: unknown, latestMs = LATEST_MS): number | null {
  if (typeof value !== 'string' || !TIME.test(value)) return null;
  const ms = msOf(value);
  return ms >= EARLIEST_MS && ms <= latestMs ? ms : null;
}

let lastDay = '';
let lastDayMs = Number.NaN;

/** As `Date.parse`. The times of a payload are mostly of one day, and `Date.parse` costs more than all else here. */
function msOf(time: string): number {
  const rest = time.slice(SECONDS.length);
  const [hour, minute, second] = [pairAt(time, 11), pairAt(time, 14), pairAt(time, 17)];
  const isPlain = (rest === 'Z' || rest === '.000Z') && hour < 24 && minute < 60 && second < 60;
  if (!isPlain) return Date.parse(time);
  const day = time.slice(0, DAY.length);
  if (day !== lastDay) {
    lastDay = day;
    lastDayMs = Date.parse(day);
  }
  return lastDayMs + ((hour * 60 + minute) * 60 + second) * 1000;
}

/** The number that two digits are. */
function pairAt(digits: string, at: number): number {
  return 10 * digits.charCodeAt(at) + digits.charCodeAt(at + 1) - 11 * ZERO;
}

/** The latest plausible time, in ms since the epoch, in what was received at `receivedAtMs`. */
export function latestMsOf(receivedAtMs: number): number {
  return Math.min(LATEST_MS, receivedAtMs + CLOCK_SKEW_MS);
}
