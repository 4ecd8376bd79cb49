/*
 * Hours of the week in a time zone. Pure, but for the zone data of the runtime.
 */

export const HOURS_OF_WEEK = 168;
/** Every offset in use is a multiple of it, so no local hour begins within one. */
export const SLOT_MS = 15 * 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** 1970-01-01 was a Thursday; weeks begin on Monday. */
const FIRST_DAY = 3;

/** Whether the runtime knows a zone by this IANA name. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return !/^[+-]/.test(name);
  } catch {
    return false;
  }
}

/**
 * Answers the hour of the week (0: Monday from 0:00 to 1:00) that is local at a time. Times must ascend from
 * call to call, so that the offset is only looked up once a day, and more often on days on which it changes.
 */
export function openWeekHours(timeZone: string): (ms: number) => number {
  const offsetAt = openOffsets(timeZone);
  let until = Number.NEGATIVE_INFINITY;
  let offsetMs = 0;
  return (ms) => {
    if (ms >= until) {
      offsetMs = offsetAt(ms);
      until = offsetAt(ms + DAY_MS) === offsetMs ? ms + DAY_MS : slotAfter(ms);
    }
    const hours = Math.floor((ms + offsetMs) / HOUR_MS) + FIRST_DAY * 24;
    return ((hours % HOURS_OF_WEEK) + HOURS_OF_WEEK) % HOURS_OF_WEEK;
  };
}

/** The end of the slot that a time is in. */
export function slotAfter(ms: number): number {
  return (Math.floor(ms / SLOT_MS) + 1) * SLOT_MS;
}

/** How far local time is ahead of UTC. */
function openOffsets(timeZone: string): (ms: number) => number {
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  return (ms) => {
    const text = format.formatToParts(ms).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign = '+', hours = '0', minutes = '0'] = /GMT([+-])(\d\d):(\d\d)/.exec(text) ?? [];
    return Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  };
}
