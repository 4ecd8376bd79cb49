import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTimeZone, openWeekHours, SLOT_MS } from './week-hours.ts';

/** By the runtime's own calendar, one moment at a time. */
function openNaive(timeZone: string): (ms: number) => number {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    hour12: false,
  });
  return (ms) => {
    const parts = format.formatToParts(ms);
    const [weekday = '', hour = ''] = ['weekday', 'hour'].map(
      (name) => parts.find(({ type }) => type === name)?.value,
    );
    return ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(weekday) * 24 + (Number(hour) % 24);
  };
}

test('the hour of the week is the local one, also on days that are an hour longer or shorter', () => {
  const zones = [
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Asia/Kathmandu',
    'Australia/Lord_Howe',
    'Pacific/Apia',
  ];
  // From before the clocks change in autumn until after they have, and the same in spring.
  for (const start of ['2026-10-20T00:15:00Z', '2026-03-05T00:00:00Z', '1969-12-20T00:00:00Z'])
    for (const zone of zones) {
      const [hourOf, naive] = [openWeekHours(zone), openNaive(zone)];
      const fromMs = Date.parse(start);
      for (let ms = fromMs + 7 * 60_000; ms < fromMs + 27 * 86_400_000; ms += SLOT_MS)
        assert.equal(hourOf(ms), naive(ms), `${zone} ${new Date(ms).toISOString()}`);
    }
});

test('only names of the IANA are time zones', () => {
  assert.ok(isTimeZone('Europe/Berlin') && isTimeZone('UTC'));
  for (const name of ['Mars/Olympus', '', '+02:00', 'Europe']) assert.ok(!isTimeZone(name), name);
});
