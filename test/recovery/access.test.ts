import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Policy } from '../../simulator/rest/policies.ts';
import type { SimulatedGitHub } from '../../simulator/rest/simulated-github.ts';
import type { World } from '../../simulator/world.ts';
import { TOKEN } from '../fixtures/simulated-rest.ts';
import { freePort } from '../free-port.ts';
import { startAntWatcher } from '../run-ant-watcher.ts';
import { linesOf, sumOf } from '../samples.ts';
import { DISPATCHES, type LossyGitHub, openLossyGitHub, withoutGates, worldOf } from './lossy-github.ts';

/*
 * Access is withdrawn while repositories are polled, for each reason that GitHub may have, and comes back
 * later. The real process is watched from outside; events in the world go on all the time.
 */

const HOUR_MS = 3_600_000;
const MARK = 'ant_watcher_recovery_oldest_mark_timestamp_seconds';
const UNREADABLE = 'ant_watcher_recovery_unreadable_places';
const ORGANIZATION = 'lumen-works';
const PRIVATE = 'mira-holt/log-reader';
const POLLED = {
  ANT_WATCHER_WEBHOOK_SECRET: '',
  ANT_WATCHER_GITHUB_POLL_INTERVAL: '1s',
  ANT_WATCHER_GITHUB_REPOSITORIES: 'lumen-works/*,lumen-works/web-shop,mira-holt/*',
};

/** What closes the access, what GitHub says then, and the matching hint. */
interface Case {
  readonly close: (github: SimulatedGitHub, tokens: string[]) => void;
  readonly open: (github: SimulatedGitHub, tokens: string[]) => void;
  readonly said: RegExp;
  readonly hint: RegExp;
}

function byPolicy(policy: Policy, said: RegExp, hint: RegExp, place = ORGANIZATION): Case {
  return {
    ...{ said, hint },
    close: ({ policies }) => void policies.set(place, policy),
    open: ({ policies }) => void policies.delete(place),
  };
}

const WITHDRAWN: Case = {
  close: ({ withdrawn }) => void withdrawn.add('actions'),
  open: ({ withdrawn }) => void withdrawn.delete('actions'),
  said: /403 Resource not accessible by (integration|personal access token)/,
  hint: /grant it Actions: read \(repository\)/,
};
const IP = byPolicy(
  'ip allow list',
  /403 Although .* IP allow list enabled/,
  /add the address .* allow list/,
);
const BLOCKED = byPolicy('blocked', /451 Repository access blocked/, /has blocked/, 'lumen-works/web-shop');

const CASES: Readonly<Record<'token' | 'App', Readonly<Record<string, Case>>>> = {
  token: {
    'a repository that is blocked': BLOCKED,
    'a token that lost its access': byPolicy('hidden', /404: it does not exist/, /give the token access/),
    'an IP allow list': IP,
    'single sign-on': byPolicy('SAML', /403 Resource protected by organization SAML/, /authorize the token/),
    'a policy for tokens': byPolicy(
      'classic tokens forbidden',
      /403 .*forbids access/,
      /policy for personal/,
    ),
    'a permission that was withdrawn': WITHDRAWN,
    'a token that has expired': {
      close: (_, tokens) => void tokens.pop(),
      open: (_, tokens) => void tokens.push(TOKEN),
      said: /401 Bad credentials/,
      hint: /renew github\.token/,
    },
  },
  App: {
    'an IP allow list': IP,
    'a permission that was withdrawn': WITHDRAWN,
    'an installation that is suspended': byPolicy(
      'suspended',
      /403 This installation has been susp/,
      /unsuspend/,
    ),
    'an installation that was removed': byPolicy(
      'removed',
      /it needs the App's installation/,
      /install the App/,
    ),
  },
};

for (const login of ['token', 'App'] as const)
  for (const [name, { close, open, said, hint }] of Object.entries(CASES[login]))
    test(`access with a ${login} is withdrawn, reported with GitHub's words while the mark stays, and the gap is closed later: ${name}`, async () => {
      const world = withPrivate(withoutGates(worldOf(`access ${login}`, { runs: 60 })), PRIVATE);
      let worldMs = world.endMs - 4 * HOUR_MS;
      const tokens = [TOKEN];
      await using lossy = await openLossyGitHub({
        ...{ world, env: POLLED, token: login === 'token', personalTokens: tokens },
        ...{ clock: () => worldMs, hereClock: Date.now },
      });
      await until(lossy, ({ isOk, mark }) => isOk && mark > 0, 'it is polled');
      const closedAtMs = Date.now();
      close(lossy.github, tokens);
      worldMs += 2 * HOUR_MS;
      const isReported = (seen: Look) => !seen.isOk && seen.unreadable > 0;
      const { reason } = await until(lossy, isReported, 'reported by /health and /metrics');
      assert.match(reason, said);
      assert.match(reason, hint);
      const diagnosis = await diagnose(lossy);
      assert.match(diagnosis, said);
      assert.match(diagnosis, hint);
      const { mark, status } = await look(lossy);
      assert.ok(mark > 0 && mark * 1000 <= closedAtMs, 'the mark');
      assert.equal(status, 'degraded');
      open(lossy.github, tokens);
      worldMs = world.endMs;
      const opened = await until(lossy, (seen) => seen.isOk && seen.mark * 1000 > closedAtMs, 'read again');
      assert.deepEqual([opened.unreadable, opened.status], [0, 'ok']);
      const { samples, faults } = await lossy.whole([DISPATCHES]);
      assert.deepEqual(faults, []);
      assert.ok(linesOf(samples, 'github_actions_').some((line) => line.includes(PRIVATE)));
    });

test("of another person's repositories only the public ones are listed, and that is reported", async () => {
  const world = withPrivate(withoutGates(worldOf('left out', { runs: 40 })), PRIVATE);
  await using lossy = await openLossyGitHub({
    ...{
      world,
      env: POLLED,
      token: true,
      clock: () => world.endMs,
      hereClock: Date.now,
      tokenOwner: 'jonas-ek',
    },
  });
  const { samples } = await lossy.whole([DISPATCHES, 'github_actions_']);
  assert.ok(!linesOf(samples, 'github_actions_').some((line) => line.includes(PRIVATE)));
  assert.match(await diagnose(lossy), /no repository of mira-holt is seen/);
});

interface Look {
  readonly status: string;
  readonly isOk: boolean;
  readonly reason: string;
  readonly mark: number;
  readonly unreadable: number;
}

async function look({ service }: LossyGitHub): Promise<Look> {
  const health = await (await service.get('/health')).json();
  const { status, checks } = health as {
    status: string;
    checks: { github: { ok: boolean; reason?: string } };
  };
  const samples = await service.metrics();
  return {
    status,
    isOk: checks.github.ok,
    reason: checks.github.reason ?? '',
    mark: sumOf(samples, MARK, {}),
    unreadable: sumOf(samples, UNREADABLE, {}),
  };
}

async function until(lossy: LossyGitHub, isSo: (seen: Look) => boolean, what: string): Promise<Look> {
  const deadlineMs = Date.now() + 90_000;
  for (;;) {
    const seen = await look(lossy);
    if (isSo(seen)) return seen;
    if (Date.now() > deadlineMs) throw new Error(`In vain: ${what} ${JSON.stringify(seen)}`);
    await sleep(100);
  }
}

/** What `doctor` says. */
async function diagnose({ env, service }: LossyGitHub): Promise<string> {
  const ports = { ANT_WATCHER_API_PORT: String(await freePort()), ANT_WATCHER_API_HOST: '127.0.0.1' };
  using doctor = startAntWatcher(['doctor'], { cwd: service.folder, env: { ...env, ...ports } });
  return (await doctor.ended()).stdout;
}

/** The same world in which that repository is private. */
function withPrivate(world: World, fullName: string): World {
  const repositories = world.population.repositories.map((each) =>
    each.fullName === fullName ? { ...each, private: true } : each,
  );
  const forks = new Map([...world.population.forks].filter(([name]) => name !== fullName));
  const population = { ...world.population, repositories, forks };
  return {
    ...world,
    population,
    *births() {
      for (const birth of world.births()) yield { ...birth, population };
    },
  };
}
