import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAILED, FORBIDDEN, fakeGitHub, ok } from '../../test/fixtures/history.ts';
import { recordingLogger } from '../../test/fixtures/logger.ts';
import { findTargets, type Targets } from './targets.ts';

test('the reason why an owner could not be listed is logged once, and again when it changes', async () => {
  const { logger, lines } = recordingLogger();
  const { history } = fakeGitHub();
  const engine = { knownRepositories: async () => [] };
  const patterns = [{ owner: 'Dana', name: null }];
  let targets: Targets | null = null;
  for (const answer of [FAILED, FAILED, FORBIDDEN, FORBIDDEN, ok({ names: [], leftOut: null }), FAILED]) {
    Object.assign(history, { repositoriesOf: async () => answer, installations: async () => ok([]) });
    targets = await findTargets({ history, engine, patterns, logger }, targets);
  }
  assert.deepEqual(
    lines.filter(({ level }) => level === 'warn').map(({ reason }) => reason),
    ['no luck', 'GitHub answered 403 `o` has an IP allow list enabled', 'no luck'],
  );
});
