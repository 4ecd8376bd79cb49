import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordingLogger } from '../../test/fixtures/logger.ts';
import type { Outbox } from '../domain/outbox-contract.ts';
import type { TraceEntry } from '../domain/trace-entry.ts';
import { Sinks } from './sinks.ts';
import { SPAN_STREAM } from './stream.ts';

const OPTIONS = {
  ...{ batchSize: 1, batchAgeMs: 1, resendWindowMs: 1, closeGraceMs: 1 },
  ...{ maxSizeBytes: 1, maxAgeMs: 1 },
};

test('what is given up at every turn while a receiver is away is one line a minute, and none of it is untold', async () => {
  const lost = [3, 0, 4, 5];
  const outbox: Partial<Outbox<TraceEntry>> = { trim: async () => lost.shift() ?? 0 };
  const { logger, lines } = recordingLogger();
  const sinks = new Sinks<TraceEntry>(OPTIONS, [], {
    outbox: outbox as Outbox<TraceEntry>,
    stream: SPAN_STREAM,
    meter: { add() {} },
    time: { clock: () => 0, proven: () => 0 },
    logger,
    lead: { isHeld: true },
    lastSent: new Map(),
  });
  for (let turn = 0; turn < 4; turn += 1) await sinks.trim();
  const line = { level: 'error', message: 'Spans dropped from the outbox' };
  assert.deepEqual(lines, [{ ...line, count: 3 }]);
  await sinks.close();
  assert.deepEqual(lines, [
    { ...line, count: 3 },
    { ...line, count: 9 },
  ]);
});
