import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LimitOptions } from '../../simulator/rest/limits.ts';
import { openSimulatedGitHub } from '../../simulator/rest/simulated-github.ts';
import { pastWorld } from '../../simulator/world.ts';
import { sumOf } from '../samples.ts';
import { type Service, startService } from '../service.ts';

/*
 * What a newcomer sees who has a token and a repository, and nothing else.
 */

const HOUR_MS = 3_600_000;
const TOKEN = 'ghp_simulated';

async function begin({
  limits = {},
  slowMs = 0,
}: {
  readonly limits?: LimitOptions;
  readonly slowMs?: number;
}) {
  const endMs = Date.now();
  const world = pastWorld({
    seed: 'new',
    runs: 150,
    inFlight: 0,
    spanMs: 20 * HOUR_MS,
    endMs,
    repositories: 1,
  });
  const github = await openSimulatedGitHub({ world, clock: Date.now, personalTokens: [TOKEN], limits });
  Object.assign(github.faults, { slowMs, shares: { slow: slowMs > 0 ? 1 : 0 } });
  const service = await startService({
    env: {
      ANT_WATCHER_WEBHOOK_SECRET: '',
      ANT_WATCHER_GITHUB_TOKEN: TOKEN,
      ANT_WATCHER_GITHUB_API_URL: github.url,
      ANT_WATCHER_GITHUB_REPOSITORIES: world.population.repositories[0]?.fullName ?? '',
    },
  });
  return {
    github,
    service,
    async [Symbol.asyncDispose]() {
      await service[Symbol.asyncDispose]();
      await github[Symbol.asyncDispose]();
    },
  };
}

async function statusOf(service: Service) {
  return (await (await service.get('/api/v1/status')).json()) as {
    readonly first_read: { readonly share: number; readonly runs_read: number } | null;
  };
}

test('the last day fills in while its progress is shown, until it is over', async () => {
  await using newcomer = await begin({ slowMs: 200 });
  const { service } = newcomer;
  const shares = new Set<number>();
  while (!service.log.includes('"msg":"The last day is read"')) {
    const { first_read: progress } = await statusOf(service);
    if (progress !== null && progress.share > 0) shares.add(progress.share);
    await sleep(20);
  }
  const seen = [...shares];
  assert.ok(seen.length > 0);
  assert.deepEqual(
    seen,
    seen.toSorted((a, b) => a - b),
  );
  assert.ok(sumOf(await service.settled(), 'github_actions_runs_total') >= 150);
  assert.equal((await statusOf(service)).first_read, null);
});

test('a rate limit that others have used up is said at once', async () => {
  await using newcomer = await begin({ limits: { perHour: 1 } });
  const { service } = newcomer;
  for (;;) {
    const { checks } = (await (await service.get('/health')).json()) as {
      checks: { github: { reason?: string } };
    };
    const { reason } = checks.github;
    if (reason === undefined) await sleep(50);
    else return assert.match(reason, /can't be read \(the rate limit leaves nothing/);
  }
});
