import { type Loaded, servingProblems } from '../config/load-settings.ts';
import type { ConfigProblem } from '../config/problem.ts';
import { changeSettings } from '../config/reload-settings.ts';
import type { Settings } from '../config/settings.ts';
import type { Clock, Logger } from '../domain/contracts.ts';
import { AntError } from '../domain/errors.ts';
import { type GaugeReading, readingOf } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import type { Reload, ReloadOutcome } from '../domain/reload.ts';
import type { EngineHost } from '../engine-thread/engine-host.ts';
import type { LogLevel } from '../logger/open-logger.ts';
import type { WorkRelay } from '../tracing/work-relay.ts';
import { engineOptions } from './engine-options.ts';
import type { GitHubSync } from './github-sync.ts';
import { type AppRules, appRules } from './rules.ts';
import type { Snapshots } from './snapshots.ts';

/** Reads flags, environment and file as they are now. */
export type ReadSettings = () => Pick<Loaded, 'settings'> | { readonly problems: readonly ConfigProblem[] };

export interface ReloaderOptions {
  /** Those that the service starts with. */
  readonly settings: Settings;
  readonly read: ReadSettings;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Applies all of the settings or, when it throws an `AntError`, none. */
type Apply = (settings: Settings) => Promise<void>;

const STARTING: ReloadOutcome = { kind: 'unavailable', reason: 'The service is starting.' };
const STOPPING: ReloadOutcome = { kind: 'unavailable', reason: 'The service is stopping.' };

/**
 * Changes the configuration while the service runs: reads it, keeps the old values of what needs a restart,
 * and applies the rest. One at a time; requests meanwhile share one more, because the files may have changed
 * since they were read.
 */
export class Reloader {
  /** Rejects on a bug, after which nobody knows which settings apply. Never resolves. */
  readonly failed: Promise<never>;
  readonly #failure = Promise.withResolvers<never>();
  readonly #options: ReloaderOptions;
  #settings: Settings;
  /** Null: not started. */
  #apply: Apply | null = null;
  #underWay: Promise<ReloadOutcome> | null = null;
  #next: Promise<ReloadOutcome> | null = null;
  #isClosed = false;
  #isRight = true;
  #rightAtMs: number;

  constructor(options: ReloaderOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#rightAtMs = options.clock();
    this.failed = this.#failure.promise;
    this.failed.catch(() => undefined);
  }

  /** From now on `reload` does something. */
  start(apply: Apply): void {
    this.#apply = apply;
  }

  readonly reload: Reload = () => {
    if (this.#next !== null) return this.#next;
    if (this.#underWay === null) return this.#begin();
    this.#next = this.#underWay.then(() => {
      this.#next = null;
      return this.#begin();
    });
    return this.#next;
  };

  /** Begins nothing more, and resolves when what is under way is done. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#next;
    await this.#underWay;
  }

  readings(): GaugeReading[] {
    return [
      readingOf(SELF.configReloaded, [], Number(this.#isRight)),
      readingOf(SELF.configReloadedAt, [], this.#rightAtMs / 1000),
    ];
  }

  #begin(): Promise<ReloadOutcome> {
    if (this.#isClosed) return Promise.resolve(STOPPING);
    if (this.#apply === null) return Promise.resolve(STARTING);
    const underWay = this.#run(this.#apply).finally(() => {
      this.#underWay = null;
    });
    underWay.catch(this.#failure.reject);
    this.#underWay = underWay;
    return underWay;
  }

  async #run(apply: Apply): Promise<ReloadOutcome> {
    const outcome = await this.#attempt(apply);
    const { logger, clock } = this.#options;
    this.#isRight = outcome.kind === 'applied';
    if (outcome.kind !== 'applied') {
      logger.error('reload_failed', outcome);
      return outcome;
    }
    this.#rightAtMs = clock();
    const { applied, needsRestart } = outcome;
    logger.info('Configuration reloaded', { applied: asText(applied) });
    if (needsRestart.length > 0) logger.warn('restart_needed', { settings: asText(needsRestart) });
    return outcome;
  }

  async #attempt(apply: Apply): Promise<ReloadOutcome> {
    const read = this.#options.read();
    if ('problems' in read) return { kind: 'refused', problems: read.problems };
    const { settings, applied, needsRestart } = changeSettings(this.#settings, read.settings);
    const problems = servingProblems(settings);
    if (problems.length > 0) return { kind: 'refused', problems: problems.map(withRestart) };
    try {
      await apply(settings);
    } catch (error) {
      if (!(error instanceof AntError)) throw error;
      return error.code === 'config_invalid'
        ? refusal(error)
        : { kind: 'unavailable', reason: error.message };
    }
    this.#settings = settings;
    return { kind: 'applied', applied, needsRestart };
  }
}

/** Each of the new values is right, and those that change now do not go with those that can't. */
function withRestart(problem: ConfigProblem): ConfigProblem {
  return {
    ...problem,
    hint: 'restart the service with the new configuration: not all of it can change before',
  };
}

function refusal({ message, hint }: AntError): ReloadOutcome {
  const where = 'the settings together';
  return {
    kind: 'refused',
    problems: [{ where, what: message, hint: hint ?? 'docs/configuration.md explains each setting' }],
  };
}

/** What can change while the service runs. */
export interface ReloadedParts {
  readonly version: string;
  readonly limitBytes: number;
  readonly host: Pick<EngineHost, 'configure'>;
  readonly current: { rules: AppRules };
  readonly setLogLevel: (level: LogLevel) => void;
  readonly snapshots: Pick<Snapshots, 'pushEvery'>;
  readonly ownWork: Pick<WorkRelay, 'listen'>;
  readonly sync: Pick<GitHubSync, 'prepare' | 'switchTo'>;
}

/**
 * Changes all parts. What may fail comes first, and then nothing has changed; last comes what only a bug can
 * stop.
 */
export async function applySettings(
  next: Settings,
  { version, limitBytes, host, current, setLogLevel, snapshots, ownWork, sync }: ReloadedParts,
): Promise<void> {
  const rules = appRules(next);
  const engine = engineOptions(next, { version, limitBytes });
  const { github, recovery, storage, metrics } = next;
  const prepared = sync.prepare({ github, recovery, storage, metrics, network: rules.network });

  await host.configure(engine, next.log.level);

  current.rules = rules;
  setLogLevel(next.log.level);
  snapshots.pushEvery(rules.snapshotIntervals);
  ownWork.listen(rules.ownTraces);
  await sync.switchTo(prepared);
}

/**
 * One text: in a list, what stands behind the name of a secret is taken for the secret, and is not logged.
 */
function asText(names: readonly string[]): string {
  return names.join(', ');
}
