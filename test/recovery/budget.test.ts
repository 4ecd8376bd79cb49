import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSimulatedGitHub } from '../../simulator/rest/simulated-github.ts';
import { pastWorld, runsOf } from '../../simulator/world.ts';
import { openHistory } from '../../src/github/history.ts';
import { listRepository } from '../../src/sync/listing.ts';
import { openTestClient } from '../fixtures/fake-github.ts';
import { fakeEngine, surroundings } from '../fixtures/history.ts';
import { END_MS, TOKEN } from '../fixtures/simulated-rest.ts';
import { BUDGETS } from './request-budgets.ts';

/*
 * How much of the rate limit recovery costs, as docs/recover.md says.
 */

const HOUR_MS = 3_600_000;
const DOCUMENT = join(import.meta.dirname, '../../docs/recover.md');

test('a thousand runs cost a request each, one for each earlier attempt, ten for the list and two for the repository', async (context) => {
  const world = pastWorld({
    seed: 'budget',
    runs: 1000,
    inFlight: 0,
    endMs: END_MS,
    spanMs: 48 * HOUR_MS,
    repositories: 1,
  });
  const limits = { perHour: 100_000, pointsPerMinute: 100_000 };
  await using github = await openSimulatedGitHub({
    world,
    clock: () => END_MS,
    personalTokens: [TOKEN],
    limits,
  });
  await using client = openTestClient(github.url, { token: TOKEN }, { nowMs: END_MS });
  const history = openHistory({
    github: client.github,
    hasApp: false,
    clock: () => END_MS,
    steady: () => END_MS,
  });
  const repository = world.population.repositories[0]?.fullName ?? '';
  const engine = fakeEngine();
  const list = () =>
    listRepository({ ...surroundings(), history, engine, repository, sinceMs: 0, priority: 'recovery' });

  const pass = await list();
  assert.deepEqual([pass.isComplete, pass.listed], [true, 1000]);
  const runs = [...runsOf(world)];
  const extra = runs.reduce((sum, { attempts }) => sum + attempts.length - 1, 0);
  assert.equal(github.requests.total(), 1000 + extra + 10 + 2);
  context.diagnostic(
    `${github.requests.total()} requests for 1,000 runs with ${extra} re-runs, ${engine.accepted.length} deliveries`,
  );

  const before = github.requests.total();
  await list();
  const unsettled = pass.unsettled.length;
  assert.ok(github.requests.total() - before <= 10 + 2 * unsettled);
});

test('the document has the asserted budgets, and the measured costs are within them', () => {
  const text = readFileSync(DOCUMENT, 'utf8');
  for (const { name, perThousandRuns, perWebhook } of Object.values(BUDGETS)) {
    const row = text.split('\n').find((line) => line.startsWith(`| ${name} |`));
    assert.ok(row !== undefined, `there is no row "${name}"`);
    const figures = row
      .split('|')
      .slice(2, -1)
      .map((cell) => Number(cell.replaceAll(',', '')));
    const [runsAllowed, runsMeasured, webhookAllowed, webhookMeasured] = figures;
    assert.deepEqual([runsAllowed, webhookAllowed], [perThousandRuns, perWebhook], name);
    assert.ok(Number(runsMeasured) <= perThousandRuns && Number(webhookMeasured) <= perWebhook, name);
  }
});
