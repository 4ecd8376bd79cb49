import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Gate, type GateOptions } from './gate.ts';
import { type GitHubMemory, openGitHubMemory } from './memory.ts';
import { Pace } from './pace.ts';

const NOW = 1_000_000;
const ENTRY = {
  credentials: ['token'],
  resource: 'core',
  priority: 'recovery',
  points: 1,
  isNested: false,
} as const;

function gateWith({ budgets }: GitHubMemory): Gate {
  const options: Omit<GateOptions, 'budgets'> = {
    clock: () => NOW,
    sleep: () => new Promise(() => {}),
    concurrency: 1,
    reserve: 0,
    pace: new Pace(null, () => NOW),
    longestWaitMs: 1000,
  };
  return new Gate({ ...options, budgets });
}

test('a client that takes over knows the remaining rate limits', async () => {
  const memory = openGitHubMemory();
  const first = gateWith(memory);
  const pass = await first.enter(ENTRY);
  assert.ok('leave' in pass);
  const quota = { limit: 5000, remaining: 0, resetMs: NOW + 60_000 };
  pass.leave({ counted: { resource: 'core', quota }, limit: null });
  first.close();
  assert.deepEqual(await gateWith(memory).enter(ENTRY), { retryAtMs: NOW + 60_000 });
  assert.ok('leave' in (await gateWith(openGitHubMemory()).enter(ENTRY)));
});

test('a request cut off when another client takes over does not stay in flight', async () => {
  const memory = openGitHubMemory();
  const first = gateWith(memory);
  const pass = await first.enter(ENTRY);
  assert.ok('leave' in pass);
  first.close();
  pass.leave(null);
  assert.ok('leave' in (await gateWith(memory).enter(ENTRY)));
});
