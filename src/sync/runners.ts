import { DOMAIN } from '../domain/catalogue.ts';
import type { Clock, Engine, Logger } from '../domain/contracts.ts';
import {
  type ApiResult,
  ENTERPRISES,
  type GitHub,
  type GitHubRunners,
  type RunnerList,
} from '../domain/github-api.ts';
import { type GaugeReading, readingOf } from '../domain/metric.ts';
import { SparingLog } from '../logger/sparing-log.ts';
import { repeatEvery } from '../timing/repeat.ts';
import { unlessUnavailable } from '../timing/retry.ts';
import type { AccessProblems } from './access-problems.ts';
import { LastIdle, type Notes } from './last-idle.ts';
import { problemOf, type SyncProblem } from './outcome.ts';
import type { RepositoryPattern } from './targets.ts';

/*
 * Self-hosted runners, counted once a minute. No webhook reports them.
 */

export interface RunnerWatchOptions {
  readonly runners: GitHubRunners;
  /** Organizations, `enterprises/NAME`, and repositories as `owner/name`, that may have runners. */
  readonly targets: () => Promise<readonly string[]>;
  /** Whether to count by label too. */
  readonly byLabel: boolean;
  readonly notes: Notes;
  readonly clock: Clock;
  /** As `ServiceTime.steady`. */
  readonly steady: Clock;
  readonly logger: Logger;
  /** Where to note what can't be read. */
  readonly accessProblems: Pick<AccessProblems, 'note' | 'clear'>;
}

const EVERY_MS = 60_000;
/** A long list is read less often: a request for each page, and about six hundred an hour. */
const RUNNERS_IN_TIME = 1000;
/** A target without runners that we may read is left alone for this long. */
const UNREADABLE_RETRY_MS = 3_600_000;
/** Where runners were seen before, access may come back: try again after this long. */
const TRY_AGAIN_MS = 5 * 60_000;
/** After so many missed counts, a count is no longer shown. */
const FORGET_AFTER = 5;

/** Why no runners are counted where there is nothing to log in with. */
export const RUNNERS_NOT_ASKED =
  'Only GitHub knows the runners, and it is not asked: set ANT_WATCHER_GITHUB_TOKEN, or a GitHub App, with the permission to read self-hosted runners.';

interface Seen {
  readonly atMs: number;
  readonly list: RunnerList;
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
  readonly #lastIdle: LastIdle;
  readonly #restsUntilMs = new Map<string, number>();
  readonly #failures: SparingLog;
  /** Why the runners of a target can't be read. */
  readonly #refused = new Map<string, SyncProblem>();
  /** Targets whose runners we could read at least once. */
  readonly #readable = new Set<string>();
  #isStopped = false;

  constructor(options: RunnerWatchOptions) {
    this.#options = options;
    this.#lastIdle = new LastIdle(options.notes);
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
      const answer = await this.#options.runners.listOf(target);
      if (!this.#isStopped) this.#take(target, answer);
    }
    await this.#unlessPaused(() => this.#lastIdle.write(this.#options.clock()), undefined);
  }

  /**
   * How many there are now, and when a group last had a free one. Targets that could not be read for a while
   * are left out: a number would be a guess.
   */
  readings(): GaugeReading[] {
    const nowMs = this.#options.steady();
    return [...this.#seen]
      .filter(([, { atMs, list }]) => nowMs - atMs <= FORGET_AFTER * everyMs(list))
      .flatMap(([owner, { list }]) => [
        ...list.counts.map(({ group, status, isBusy, count }) =>
          readingOf(DOMAIN.runners, [owner, group, status, String(isBusy)], count),
        ),
        ...(this.#options.byLabel ? list.byLabel : []).map(({ label, status, isBusy, count }) =>
          readingOf(DOMAIN.runnersByLabel, [owner, label, status, String(isBusy)], count),
        ),
        ...this.#lastIdle.readings(owner),
      ]);
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

  /** What was last idle is read first: it must not be written before. */
  #targets(): Promise<readonly string[]> {
    return this.#unlessPaused(async () => {
      await this.#lastIdle.read();
      return this.#options.targets();
    }, []);
  }

  #unlessPaused<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
    return unlessUnavailable(work, (err) => {
      this.#options.logger.warn('runners_paused', { err });
      return otherwise;
    });
  }

  /** The client logs what we never could read; withdrawn access is noted as a problem. */
  #take(target: string, answer: ApiResult<RunnerList>): void {
    const nowMs = this.#options.steady();
    if (answer.kind === 'failed') {
      this.#restsUntilMs.set(target, answer.retryAtMs ?? 0);
      this.#failures.log({ target, reason: answer.reason }, { key: target });
      return;
    }
    this.#failures.end(target);
    if (answer.kind === 'ok') {
      this.#seen.set(target, { atMs: nowMs, list: answer.data });
      const restMs = everyMs(answer.data) - EVERY_MS;
      // Looks are not exactly a minute apart.
      this.#restsUntilMs.set(target, restMs === 0 ? nowMs : nowMs + restMs + EVERY_MS / 2);
      this.#lastIdle.note(target, answer.data.groups, this.#options.clock());
      this.#readable.add(target);
      this.#options.accessProblems.clear(`runners of ${target}`);
      return;
    }
    this.#refused.set(target, problemOf(answer));
    const isWithdrawn = answer.kind === 'forbidden' && this.#readable.has(target);
    // An enterprise is read because somebody named it; a user has no runners.
    const isUnknown = answer.kind === 'missing' && target.startsWith(ENTERPRISES);
    if (isWithdrawn || isUnknown)
      this.#options.accessProblems.note(`runners of ${target}`, problemOf(answer), { isExtra: true });
    this.#seen.delete(target);
    this.#restsUntilMs.set(target, nowMs + (isWithdrawn ? TRY_AGAIN_MS : UNREADABLE_RETRY_MS));
  }
}

/** The settings that name what has runners. */
export interface RunnerPlaces {
  readonly repositories: readonly RepositoryPattern[];
  readonly enterprises: readonly string[];
}

function everyMs({ total }: RunnerList): number {
  return EVERY_MS * Math.max(1, total / RUNNERS_IN_TIME);
}

/**
 * What may have runners: enterprises that are named, owners that the App is installed at, that are named, or that deliveries were of; and
 * repositories that are named.
 */
export async function runnerTargets(
  github: Pick<GitHub, 'credentials'>,
  engine: Pick<Engine, 'knownRepositories'>,
  { repositories: named, enterprises }: RunnerPlaces,
): Promise<readonly string[]> {
  const credentials = await github.credentials();
  const installed = credentials.kind === 'ok' ? credentials.data.flatMap(({ owner }) => owner ?? []) : [];
  const known = (await engine.knownRepositories()).map(({ name }) => name.split('/')[0] ?? name);
  const repositories = named.flatMap(({ owner, name }) => (name === null ? [] : `${owner}/${name}`));
  const whole = enterprises.map((name) => ENTERPRISES + name);
  return [
    ...new Set([...whole, ...installed, ...named.map(({ owner }) => owner), ...known, ...repositories]),
  ];
}
