import { DOMAIN } from '../domain/catalogue.ts';
import type { Clock, Engine, Logger } from '../domain/contracts.ts';
import type { ApiResult, GitHub, GitHubRunners, RunnerCount } from '../domain/github-api.ts';
import { type GaugeReading, readingOf } from '../domain/metric.ts';
import { SparingLog } from '../logger/sparing-log.ts';
import { repeatEvery } from '../timing/repeat.ts';
import { unlessUnavailable } from '../timing/retry.ts';
import type { AccessProblems } from './access-problems.ts';
import { problemOf, type SyncProblem } from './outcome.ts';
import type { RepositoryPattern } from './targets.ts';

/*
 * Self-hosted runners, counted once a minute. No webhook reports them.
 */

export interface RunnerWatchOptions {
  readonly runners: GitHubRunners;
  /** Organizations, and repositories as `owner/name`, that may have runners. */
  readonly targets: () => Promise<readonly string[]>;
  /** As `ServiceTime.steady`. */
  readonly steady: Clock;
  readonly logger: Logger;
  /** Where to note what can't be read. */
  readonly accessProblems: Pick<AccessProblems, 'note' | 'clear'>;
}

const EVERY_MS = 60_000;
/** A target without runners that we may read is left alone for this long. */
const UNREADABLE_RETRY_MS = 3_600_000;
/** Where runners were seen before, access may come back: try again after this long. */
const TRY_AGAIN_MS = 5 * 60_000;
/** A count older than this is no longer shown. */
const FORGET_MS = 5 * 60_000;

/** Why no runners are counted where there is nothing to log in with. */
export const RUNNERS_NOT_ASKED =
  'Only GitHub knows the runners, and it is not asked: set ANT_WATCHER_GITHUB_TOKEN, or a GitHub App, with the permission to read self-hosted runners.';

interface Seen {
  readonly atMs: number;
  readonly counts: readonly RunnerCount[];
}

/** Looks now, and then once a minute. */
export function startRunnerWatch(options: RunnerWatchOptions): RunnerWatch & { close(): Promise<void> } {
  const watch = new RunnerWatch(options);
  const looks = repeatEvery(EVERY_MS, () => watch.look(), { firstAfterMs: 0 });
  return Object.assign(watch, {
    async close() {
      watch.stop();
      await looks.close();
    },
  });
}

export class RunnerWatch {
  readonly #options: RunnerWatchOptions;
  readonly #seen = new Map<string, Seen>();
  readonly #restsUntilMs = new Map<string, number>();
  readonly #failures: SparingLog;
  /** Why the runners of a target can't be read. */
  readonly #refused = new Map<string, SyncProblem>();
  /** Targets whose runners we could read at least once. */
  readonly #readable = new Set<string>();
  #isStopped = false;

  constructor(options: RunnerWatchOptions) {
    this.#options = options;
    this.#failures = new SparingLog((fields) => options.logger.warn('runners_not_counted', fields), null);
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Counts the runners of each target that may have some. */
  async look(): Promise<void> {
    for (const target of await this.#targets()) {
      if (this.#isStopped) return;
      if (this.#options.steady() < (this.#restsUntilMs.get(target) ?? 0)) continue;
      const answer = await this.#options.runners.countsOf(target);
      if (!this.#isStopped) this.#take(target, answer);
    }
  }

  /**
   * How many there are now. Targets that could not be read for a while are left out: a number would be a
   * guess.
   */
  readings(): GaugeReading[] {
    const sinceMs = this.#options.steady() - FORGET_MS;
    return [...this.#seen]
      .filter(([, { atMs }]) => atMs >= sinceMs)
      .flatMap(([owner, { counts }]) =>
        counts.map(({ group, status, isBusy, count }) =>
          readingOf(DOMAIN.runners, [owner, group, status, String(isBusy)], count),
        ),
      );
  }

  /** Why no runners are counted; null if some target's could be. */
  missing(): string | null {
    if (this.#seen.size > 0) return null;
    const [target] = this.#refused.keys();
    // A user has no runners: where there is an organization too, its refusal says more.
    const [found = [target ?? '', null] as const] = [...this.#refused].filter(([, { isGone }]) => !isGone);
    const [name, problem] = found;
    if (problem !== null) {
      const hint = problem.hint === null ? '' : `: ${problem.hint}`;
      return `GitHub does not list the runners of ${name} (${problem.reason})${hint}.`;
    }
    return target === undefined
      ? 'Runners have not been counted yet.'
      : `GitHub knows no self-hosted runners of ${target} that this login may see.`;
  }

  #targets(): Promise<readonly string[]> {
    const { targets, logger } = this.#options;
    return unlessUnavailable(targets, (err) => {
      logger.warn('runners_paused', { err });
      return [];
    });
  }

  /** The client logs what we never could read; withdrawn access is noted as a problem. */
  #take(target: string, answer: ApiResult<readonly RunnerCount[]>): void {
    const nowMs = this.#options.steady();
    if (answer.kind === 'failed') {
      this.#restsUntilMs.set(target, answer.retryAtMs ?? 0);
      this.#failures.log({ target, reason: answer.reason }, { key: target });
      return;
    }
    this.#failures.end(target);
    if (answer.kind === 'ok') {
      this.#seen.set(target, { atMs: nowMs, counts: answer.data });
      this.#readable.add(target);
      this.#options.accessProblems.clear(`runners of ${target}`);
      return;
    }
    this.#refused.set(target, problemOf(answer));
    const isWithdrawn = answer.kind === 'forbidden' && this.#readable.has(target);
    if (isWithdrawn) this.#options.accessProblems.note(`runners of ${target}`, problemOf(answer));
    this.#seen.delete(target);
    this.#restsUntilMs.set(target, nowMs + (isWithdrawn ? TRY_AGAIN_MS : UNREADABLE_RETRY_MS));
  }
}

/**
 * What may have runners: owners that the App is installed at, that are named, or that deliveries were of; and
 * repositories that are named.
 */
export async function runnerTargets(
  github: Pick<GitHub, 'credentials'>,
  engine: Pick<Engine, 'knownRepositories'>,
  named: readonly RepositoryPattern[],
): Promise<readonly string[]> {
  const credentials = await github.credentials();
  const installed = credentials.kind === 'ok' ? credentials.data.flatMap(({ owner }) => owner ?? []) : [];
  const known = (await engine.knownRepositories()).map(({ name }) => name.split('/')[0] ?? name);
  const repositories = named.flatMap(({ owner, name }) => (name === null ? [] : `${owner}/${name}`));
  return [...new Set([...installed, ...named.map(({ owner }) => owner), ...known, ...repositories])];
}
