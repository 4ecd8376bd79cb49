import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServerClock } from './response-headers.ts';

const NOW = Date.UTC(2026, 10, 29, 12);

test("only GitHub's own answers show what time it is: no cache's, no proxy's, none without a time", () => {
  const heard: number[] = [];
  const clock = new ServerClock(
    () => NOW + 500,
    (dateMs) => void heard.push(dateMs),
  );
  const date = new Date(NOW - 3_600_000).toUTCString();
  const own = { Date: date, 'X-GitHub-Request-Id': '8D2F' };
  for (const headers of [{ Date: date }, { ...own, Age: '60' }, { ...own, Date: 'noon' }, {}])
    clock.observe(new Headers(headers));
  assert.deepEqual(heard, []);
  clock.observe(new Headers(own));
  assert.deepEqual([heard, clock.nowMs()], [[NOW - 3_600_000], NOW - 3_600_000]);
});
