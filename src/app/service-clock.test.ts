import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordingLogger } from '../../test/fixtures/logger.ts';
import { AntError } from '../domain/errors.ts';
import type { ServerTime } from '../github/server-time.ts';
import { ServiceClock } from './service-clock.ts';

const HOUR_MS = 3_600_000;

/** A machine whose clock is ahead by so much, at a GitHub that answers this. */
async function open(aheadMs: number, answers: readonly ServerTime[], { provenMs = 0, failures = 0 } = {}) {
  const { logger, lines } = recordingLogger();
  const corrected: number[] = [];
  const marks = new Map([['clock/proven', provenMs]]);
  let [asked, left] = [0, failures];
  const clock = new ServiceClock(() => Date.now() + aheadMs);
  await clock.start({
    engine: {
      async correctClock(byMs) {
        left -= 1;
        if (left >= 0) throw new AntError('store_unavailable', 'disk full');
        corrected.push(Math.round(byMs / HOUR_MS));
      },
      readMark: async (name) => marks.get(name) || null,
      writeMark: async (name, atMs) => void marks.set(name, atMs),
    },
    meter: { add() {} },
    logger,
    canAsk: () => answers.length > 0,
    async askGitHub() {
      asked += 1;
      return answers[asked - 1] ?? { reason: 'no answer' };
    },
    wake() {},
  });
  return { clock, corrected, marks, lines, asked: () => asked };
}

const now = (isFromGitHub = true): ServerTime => ({ ms: Date.now(), isFromGitHub });
const errorOf = ({ time }: ServiceClock) => Math.round((time.clock() - Date.now()) / HOUR_MS) + 0;

test('a wrong clock is corrected by two answers, in the engine too, and that is logged and stored', async () => {
  const { clock, corrected, marks, lines } = await open(4 * HOUR_MS, [now(), now()]);
  assert.equal(await clock.confirm(), true);
  assert.equal(errorOf(clock), 0);
  assert.match(clock.problem() ?? '', /14400 s ahead of/);
  await clock.close();
  assert.deepEqual(corrected, [-4]);
  assert.ok(Math.abs((marks.get('clock/proven') ?? 0) - Date.now()) < 60_000);
  assert.match(JSON.stringify(lines), /"Time corrected","seconds":-14400,"witness":"github"/);
});

test('a right clock takes one question, and is not asked about again', async () => {
  const { clock, asked } = await open(0, [now(), now()]);
  assert.deepEqual([await clock.confirm(), await clock.confirm(), asked()], [true, true, 1]);
  assert.equal(clock.problem(), null);
  await clock.close();
});

test('without an answer nothing is confirmed; where there is nobody to ask, nothing waits', async () => {
  const { clock, lines } = await open(4 * HOUR_MS, [
    { reason: 'refused' },
    { reason: 'refused' },
    now(),
    now(),
  ]);
  assert.deepEqual([await clock.confirm(), await clock.confirm()], [false, false]);
  assert.match(clock.waitsBecause() ?? '', /^GitHub does not answer: refused\./);
  const silent = lines.filter((line) => JSON.stringify(line).includes('GitHub does not answer'));
  assert.equal(silent.length, 1, 'it is logged once');
  assert.equal(await clock.confirm(), true);
  assert.equal(clock.waitsBecause(), null);
  await clock.close();
  const alone = await open(4 * HOUR_MS, []);
  assert.deepEqual([await alone.clock.confirm(), alone.asked()], [true, 0]);
  await alone.clock.close();
});

test('a proxy that answers in place of GitHub corrects nothing', async () => {
  const { clock, corrected } = await open(4 * HOUR_MS, [now(false), now(false)]);
  assert.equal(await clock.confirm(), true);
  assert.deepEqual([errorOf(clock), corrected], [4, []]);
  await clock.close();
});

test('what the process before had proven is the least', async () => {
  const { clock } = await open(-48 * HOUR_MS, [], { provenMs: Date.now() - HOUR_MS });
  assert.deepEqual([errorOf(clock), Math.round((Date.now() - clock.time.proven()) / HOUR_MS)], [-1, 1]);
  await clock.close();
});

test('a correction that the store can not take is tried again', async () => {
  const { clock, corrected } = await open(4 * HOUR_MS, [now(), now()], { failures: 1 });
  await clock.confirm();
  while (corrected.length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(corrected, [-4]);
  await clock.close();
});
