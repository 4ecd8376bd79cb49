import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messagesOf, recordingLogger } from '../../test/fixtures/logger.ts';
import { type Increment, IncrementSums } from '../domain/metric.ts';
import { countingLogger, LOG_EVENT_ZEROS } from './counting-logger.ts';

function labelsOf(increments: readonly Increment[]): string[] {
  return increments.map(({ labels, delta }) => `${labels.join(' ')} ${delta}`);
}

test('warnings and errors are counted by level and code, including those of a child', () => {
  const { logger, lines } = recordingLogger();
  const sums = new IncrementSums();
  const counting = countingLogger(logger, { add: (increments) => sums.add(increments) });
  counting.warn('delivery_retried');
  counting.child({ x: 1 }).warn('delivery_retried');
  counting.error('delivery_parked');
  counting.info('Ready');
  counting.debug('Expired runs deleted');
  assert.deepEqual(labelsOf(sums.take()), ['warn delivery_retried 2', 'error delivery_parked 1']);
  assert.equal(messagesOf(lines).length, 5);
});

test('each event is at 0 before its first occurrence', () => {
  const zeros = labelsOf(LOG_EVENT_ZEROS);
  assert.ok(zeros.includes('warn delivery_retried 0') && zeros.includes('error delivery_parked 0'));
  assert.equal(new Set(zeros).size, zeros.length);
});
