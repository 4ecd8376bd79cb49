import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messagesOf, recordingLogger } from '../../test/fixtures/logger.ts';
import { CUT_OFF } from '../domain/github-api.ts';
import { Report } from './report.ts';

test('a pass that the stop of the service cuts off is no warning; one that GitHub breaks off is', async () => {
  const { logger, lines } = recordingLogger();
  const clock = () => 0;
  const report = new Report({ clock, steady: clock, logger, meter: { add() {} } });
  for (const reason of [CUT_OFF, 'GitHub is down']) {
    const problem = { isComplete: false, isHopeless: false, isRefused: false, reason, hint: null } as const;
    const rest = { isImplausible: false, isGone: false, retryAtMs: null, recovered: 0 };
    await report.pass('hook_log', {}, async () => ({ ...problem, ...rest }));
  }
  const warned = lines.filter(({ level }) => level === 'warn');
  assert.deepEqual(messagesOf(warned), ['Recovery incomplete; continuing later']);
  assert.deepEqual(
    warned.map(({ reason }) => reason),
    ['GitHub is down'],
  );
});
