import assert from 'node:assert/strict';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { messagesOf, recordingLogger } from '../../test/fixtures/logger.ts';
import { LOG_EVENTS } from '../domain/log-events/log-events.ts';
import { Descriptors, type DescriptorUse, fitConnections } from './descriptors.ts';

const MANY = { webhook: 2000, api: 1000 };

function open(
  context: TestContext,
  { look, wanted = MANY }: { look?: (() => DescriptorUse) | undefined; wanted?: typeof MANY },
) {
  const { logger, lines } = recordingLogger();
  const descriptors = new Descriptors({ wanted: () => wanted, logger, ...(look && { look }) });
  context.after(() => descriptors.close());
  return { descriptors, messages: () => messagesOf(lines), lines };
}

function readingIn(descriptors: Descriptors, name: string): number | undefined {
  return descriptors.readings().find(({ metric }) => metric === name)?.value;
}

test('as many connections are allowed as fit, webhooks before others, and always some', () => {
  for (const [free, webhook, api] of [
    [3000, 2000, 1000],
    [2999, 2000, 999],
    [2400, 1800, 600],
    [100, 75, 25],
    [10, 8, 8],
    [-500, 8, 8],
  ] as const)
    assert.deepEqual(fitConnections(MANY, free), { webhook, api }, String(free));
  assert.deepEqual(fitConnections({ webhook: 0, api: 1000 }, 100), { webhook: 0, api: 100 });
});

test('never more than wanted, nor more than there are where there is room for the least', () => {
  const wanted = fc.record({ webhook: fc.nat(5000), api: fc.nat(2000) });
  fc.assert(
    fc.property(wanted, fc.integer({ min: -100, max: 8000 }), (each, free) => {
      const { webhook, api } = fitConnections(each, free);
      assert.ok(webhook <= each.webhook && api <= each.api);
      assert.ok(webhook + api <= Math.max(free, 16));
      if (each.webhook + each.api <= free) assert.deepEqual([webhook, api], [each.webhook, each.api]);
    }),
  );
});

test('a limit that is too low is warned of once, with what would be enough; and again when it was enough meanwhile', (t) => {
  let limit = 1024;
  const { descriptors, messages, lines } = open(t, { look: () => ({ limit, next: 40 }) });
  descriptors.check();
  assert.deepEqual(messages(), [LOG_EVENTS.descriptors_scarce.message]);
  const { limit: told, needed, webhookConnections, apiConnections } = lines[0] as Record<string, unknown>;
  assert.deepEqual([told, needed, webhookConnections, apiConnections], [1024, 3168, 642, 214]);
  limit = 4096;
  descriptors.check();
  assert.deepEqual(descriptors.connections, MANY);
  limit = 1024;
  descriptors.check();
  assert.deepEqual(messages(), [
    LOG_EVENTS.descriptors_scarce.message,
    LOG_EVENTS.descriptors_scarce.message,
  ]);
});

test('when none are left it says so once, and that it is over when there are enough', (t) => {
  const use = { limit: 4096, next: 40 as number | null };
  const { descriptors, messages } = open(t, { look: () => ({ ...use }) });
  for (const [next, isShort] of [
    [4088, false],
    [4089, true],
    [null, true],
    [4081, true],
    [4080, false],
    [4088, false],
  ] as const) {
    use.next = next;
    descriptors.check();
    assert.equal(descriptors.shortage !== null, isShort, String(next));
    assert.equal(readingIn(descriptors, 'process_max_fds'), 4096);
  }
  assert.deepEqual(messages(), [LOG_EVENTS.descriptors_short.message, LOG_EVENTS.descriptors_back.message]);
});

test('a system that does not say has no limit, and a shortage only when none is left', (t) => {
  const use = { limit: null, next: 40 as number | null };
  const { descriptors, messages } = open(t, { look: () => use });
  assert.deepEqual([descriptors.connections, descriptors.shortage], [MANY, null]);
  assert.equal(readingIn(descriptors, 'process_max_fds'), undefined);
  assert.deepEqual(messages(), []);
  use.next = null;
  descriptors.check();
  assert.equal(descriptors.shortage, '0 file descriptors are left, so connections may not be accepted.');
});

test('open file descriptors are counted, without the one used for counting', (t) => {
  const { descriptors } = open(t, {});
  const descriptor = openSync('/dev/null', 'r');
  t.after(() => closeSync(descriptor));
  const all = Array.from({ length: 1024 }, (_, each) => each).filter(isOpen);
  assert.ok(all.includes(descriptor));
  assert.equal(readingIn(descriptors, 'process_open_fds'), all.length);
});

function isOpen(descriptor: number): boolean {
  try {
    fstatSync(descriptor);
    return true;
  } catch {
    return false;
  }
}
