import type { Backfill } from '../domain/backfill.ts';
import type { Clock, Engine, Logger, Meter } from '../domain/contracts.ts';
import type { GitHub } from '../domain/github-api.ts';
import type { GaugeReading } from '../domain/metric.ts';
import { realSleep } from '../github/client/gate.ts';
import type { GitHubMemory } from '../github/client/memory.ts';
import { openGitHub } from '../github/client/open-github.ts';
import { openHistory } from '../github/history.ts';
import { openInquiry } from '../github/inquiry.ts';
import { openRunners } from '../github/runners.ts';
import type { Network } from '../outbound/network.ts';
import { BackfillRunner } from '../sync/backfill.ts';
import { startReconciliation } from '../sync/reconcile.ts';
import { startRunnerWatch } from '../sync/runners.ts';
import { startRecovery } from '../sync/sync-loop.ts';
import type { RepositoryPattern } from '../sync/targets.ts';
import { Troubles } from '../sync/troubles.ts';

/** The values of the settings that say what is read from GitHub's API, and how. */
export interface RecoveryValues {
  readonly github: {
    readonly apiUrl: string;
    readonly token: string | null;
    readonly appId: string;
    readonly appPrivateKey: string | null;
    readonly repositories: readonly RepositoryPattern[];
    readonly concurrency: number;
    readonly timeoutMs: number;
    readonly reservePercent: number;
    readonly pollIntervalMs: number;
  };
  readonly recovery: { readonly intervalMs: number; readonly reconcileAfterMs: number | null };
  readonly network: Network;
  readonly storage: { readonly retentionMs: number | null };
}

export interface RecoveryNeeds {
  readonly version: string;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly meter: Meter;
}

/** Whatever asks GitHub's API by itself. */
export interface RunningRecovery extends AsyncDisposable {
  /** Rejects when it fails for good. Never resolves. */
  readonly failed: Promise<never>;
  /** How it and the rate limits are, for the exposition. */
  readings(): GaugeReading[];
  /** A sentence for each credential that GitHub does not take at present, and for each reason why places can't be read. */
  refusals(): readonly string[];
  readonly backfill: Backfill;
}

/** The client, where there is something to log in with. */
export function openGitHubOf(
  { github, network }: RecoveryValues,
  needs: RecoveryNeeds & { readonly memory: GitHubMemory },
): GitHub | null {
  const { token, appId, appPrivateKey } = github;
  const app = appPrivateKey === null ? null : { id: appId, privateKeyPem: appPrivateKey };
  if (token === null && app === null) return null;
  return openGitHub({ ...github, ...needs, network, app, reserve: github.reservePercent / 100 });
}

/** Starts to fetch what webhooks lost or, where there are none, to poll. */
export function openRecovery(
  github: GitHub,
  mode: 'recover' | 'poll',
  { github: values, recovery, storage }: RecoveryValues,
  needs: RecoveryNeeds,
): RunningRecovery {
  const history = openHistory({ ...needs, github, hasApp: values.appPrivateKey !== null });
  const troubles = new Troubles(needs);
  const running = startRecovery({
    ...needs,
    troubles,
    mode,
    history,
    patterns: values.repositories,
    intervalMs: mode === 'recover' ? recovery.intervalMs : values.pollIntervalMs,
    retentionMs: storage.retentionMs,
    sleep: realSleep,
    endRequests: () => github.close(),
  });
  const { reconcileAfterMs: afterMs } = recovery;
  const inquiry = openInquiry(github, needs.clock);
  const reconciliation = afterMs === null ? null : startReconciliation({ ...needs, inquiry, afterMs });
  const places = () => placesOfRunners(github, needs.engine, values.repositories);
  const watch = startRunnerWatch({ ...needs, runners: openRunners(github), places, troubles });
  const backfill = new BackfillRunner({
    ...needs,
    history,
    patterns: values.repositories,
    retentionMs: storage.retentionMs,
    sleep: realSleep,
  });
  return {
    backfill,
    failed: running.failed,
    refusals: () => [...github.refusals(), ...troubles.sentences()],
    readings: () => [...github.readings(), ...running.readings(), ...watch.readings()],
    async [Symbol.asyncDispose]() {
      // What is under way is cut short by the first, and not waited for.
      await Promise.all([running.close(), reconciliation?.close(), watch.close(), backfill.close()]);
    },
  };
}

/** Owners that the App is installed at, that are named, or that deliveries told of; and repositories that are named. */
async function placesOfRunners(
  github: GitHub,
  engine: Pick<Engine, 'knownRepositories'>,
  named: readonly RepositoryPattern[],
): Promise<readonly string[]> {
  const credentials = await github.credentials();
  const installed = credentials.kind === 'ok' ? credentials.data.flatMap(({ owner }) => owner ?? []) : [];
  const told = (await engine.knownRepositories()).map(({ name }) => name.split('/')[0] ?? name);
  const repositories = named.flatMap(({ owner, name }) => (name === null ? [] : `${owner}/${name}`));
  return [...new Set([...installed, ...named.map(({ owner }) => owner), ...told, ...repositories])];
}
