import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messagesOf, recordingLogger, SILENT } from '../../test/fixtures/logger.ts';
import type { Increment } from '../domain/metric.ts';
import type { SendOutcome } from '../domain/send-outcome.ts';
import { type SnapshotReceiver, SnapshotSender } from './snapshot-sender.ts';

const TEXT = new Uint8Array();

type Snapshots = SnapshotReceiver<Uint8Array>;

function receiverThat(snapshot: Snapshots['snapshot']): Snapshots {
  return { snapshot };
}

/** Does not answer until it is aborted. */
const HANGING = receiverThat(
  (_, __, signal) =>
    new Promise<SendOutcome>((resolve) => {
      const givenUp = { kind: 'retry', reason: 'given up', retryAfterMs: null } as const;
      signal?.addEventListener('abort', () => resolve(givenUp));
    }),
);

test('a hanging receiver does not delay the others, is skipped meanwhile, and can be stopped', async () => {
  const taken: number[] = [];
  const counted: string[] = [];
  const meter = {
    add: (increments: readonly Increment[]) =>
      void counted.push(...increments.map(({ labels }) => labels.join(' '))),
  };
  const well = receiverThat(async (_, atMs) => {
    taken.push(atMs);
    return { kind: 'sent' };
  });
  const sender = new SnapshotSender(
    [
      { sink: 'hangs', receiver: HANGING },
      { sink: 'well', receiver: well },
    ],
    meter,
    SILENT,
  );
  for (const atMs of [1, 2]) {
    sender.send(TEXT, atMs);
    await new Promise(setImmediate);
  }
  assert.deepEqual(taken, [1, 2]);
  assert.deepEqual(counted, ['well sent', 'hangs skipped', 'well sent']);
  await sender.end();
  assert.equal(counted.length, 3);
});

test('the first of a series of failures and their end are logged; all are counted', async () => {
  const { logger, lines } = recordingLogger();
  const counted: string[] = [];
  const meter = {
    add: (increments: readonly Increment[]) =>
      void counted.push(...increments.map(({ labels }) => labels.join(' '))),
  };
  const failing = [true, true, true, false, false, true];
  const receiver = receiverThat(async () =>
    failing.shift() ? { kind: 'retry', reason: '503', retryAfterMs: null } : { kind: 'sent' },
  );
  const sender = new SnapshotSender([{ sink: 'a', receiver }], meter, logger);
  while (failing.length > 0) {
    sender.send(TEXT, 1);
    await new Promise(setImmediate);
  }
  assert.deepEqual(messagesOf(lines), [
    'Snapshot not accepted by the receiver',
    'Receiver accepts snapshots again',
    'Snapshot not accepted by the receiver',
  ]);
  assert.deepEqual(counted, ['a retry', 'a retry', 'a retry', 'a sent', 'a sent', 'a retry']);
});

test('a snapshot of which a part is not accepted counts as rejected, with the reason of the receiver', async () => {
  const { logger, lines } = recordingLogger();
  const counted: string[] = [];
  const meter = {
    add: (increments: readonly Increment[]) =>
      void counted.push(...increments.map(({ labels }) => labels.join(' '))),
  };
  const rejected = { count: 2, reason: 'too many attributes' };
  const receiver = receiverThat(async () => ({ kind: 'sent', rejected }));
  const sender = new SnapshotSender([{ sink: 'a', receiver }], meter, logger);
  sender.send(TEXT, 1);
  await new Promise(setImmediate);
  assert.deepEqual(counted, ['a rejected']);
  assert.deepEqual(
    lines.map(({ sink, reason }) => [sink, reason]),
    [['a', rejected.reason]],
  );
});
