import type { Clock, Engine, Logger } from '../domain/contracts.ts';
import type { GitHubHistory, Hook } from '../domain/github-history.ts';
import { recoverFromLog } from './hook-log.ts';
import { listRepository } from './listing.ts';
import { type Marks, OVERLAP_MS, openMarks } from './marks.ts';
import type { Outcome } from './outcome.ts';
import { findPlaces, type RepositoryPattern } from './places.ts';
import type { Report } from './report.ts';

export interface RecoverOptions {
  readonly history: GitHubHistory;
  readonly engine: Pick<Engine, 'accept' | 'unseen' | 'readMark' | 'writeMark' | 'knownRepositories'>;
  readonly patterns: readonly RepositoryPattern[];
  /** States that are older are forgotten and would count again; null: none are. */
  readonly retentionMs: number | null;
  readonly report: Report;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** A run is listed by its creation and may go on, or be started again, for long after it. */
const LISTED_BEFORE_MS = 86_400_000;
/** A larger gap is an outage, which may use all that the limits leave. */
const ROUTINE_MS = 3_600_000;

/**
 * One pass over everything: the logs of the hooks first, because they have the events as they were sent; then the runs of each
 * repository whose gap no log covers. The first pass of all only sets the marks. Answers when the next pass may get what this one could not; null: no matter when.
 */
export async function recoverOnce(options: RecoverOptions): Promise<number | null> {
  const { engine, clock, report, signal } = options;
  const nowMs = clock();
  const marks = await openMarks(engine, nowMs);
  if (marks.isFirst) {
    await marks.setPass(nowMs);
    return null;
  }
  const { repositories, ofApp } = await findPlaces(options);
  const gaps = new Map<string, number>();
  for (const name of repositories) gaps.set(name, await marks.ofRepository(name));
  const retries: number[] = [];
  const note = (outcome: Outcome): void => {
    if (!outcome.isComplete && outcome.retryAtMs !== null) retries.push(outcome.retryAtMs);
  };
  const logs = new LogReading(options, marks, nowMs, note);

  async function cover(hooks: readonly Hook[], names: readonly string[]): Promise<void> {
    const sinceMs = await logs.read(hooks);
    for (const name of names) {
      // The log begins where the gap does, or before.
      if (sinceMs <= (gaps.get(name) ?? 0)) await close(name);
    }
  }
  async function close(name: string): Promise<void> {
    gaps.delete(name);
    await marks.setRepository(name, nowMs);
    report.marks.set(name, nowMs);
  }

  const app = options.history.appHook();
  if (app !== null)
    await cover(
      [app],
      repositories.filter((name) => ofApp.has(name.toLowerCase())),
    );
  for (const [owner, names] of byOwner(gaps.keys())) await cover(await logs.hooksOf(owner), names);
  for (const name of [...gaps.keys()]) await cover(await logs.hooksOf(name), [name]);
  for (const [name, markMs] of [...gaps]) {
    if (signal.aborted) return null;
    report.marks.set(name, markMs);
    const outcome = await listGap(options, name, markMs, nowMs);
    note(outcome);
    if (outcome.isComplete) await close(name);
    else if (outcome.isHopeless) report.marks.delete(name);
  }
  await marks.setPass(nowMs);
  return retries.length === 0 ? null : Math.min(...retries);
}

/** Reads the logs of hooks, each once in a pass. */
class LogReading {
  readonly #options: RecoverOptions;
  readonly #marks: Marks;
  readonly #nowMs: number;
  readonly #note: (outcome: Outcome) => void;
  /** Owners whose hooks we may not read: there is no use in asking for each repository. */
  readonly #closed = new Set<string>();

  constructor(options: RecoverOptions, marks: Marks, nowMs: number, note: (outcome: Outcome) => void) {
    this.#options = options;
    this.#marks = marks;
    this.#nowMs = nowMs;
    this.#note = note;
  }

  /** The hooks of an owner, or of a repository; none where we may not read them. */
  async hooksOf(place: string): Promise<readonly Hook[]> {
    const isRepository = place.includes('/');
    const [owner = ''] = place.split('/');
    if (this.#options.signal.aborted || (isRepository && this.#closed.has(owner))) return [];
    const hooks = await this.#options.history.hooksOf(place);
    if (isRepository && hooks.kind === 'forbidden') this.#closed.add(owner);
    return hooks.kind === 'ok' ? hooks.data : [];
  }

  /** The earliest moment from which on one of the hooks has everything; `Infinity`: none has. */
  async read(hooks: readonly Hook[]): Promise<number> {
    let sinceMs = Number.POSITIVE_INFINITY;
    for (const hook of hooks) sinceMs = Math.min(sinceMs, await this.#readOne(hook));
    return sinceMs;
  }

  async #readOne(hook: Hook): Promise<number> {
    const { report } = this.#options;
    const markMs = await this.#marks.ofHook(hook.name);
    const sinceMs = Math.max((markMs ?? this.#marks.beginMs) - OVERLAP_MS, this.#marks.beginMs);
    const wish = { hook, sinceMs, isOurs: markMs !== null || hook.owner === null };
    const pass = await report.pass('hook_log', { hook: hook.name }, () =>
      recoverFromLog(wish, this.#options),
    );
    this.#note(pass);
    const { coveredSinceMs, isInUse } = pass;
    // An App's hook that is switched off has an empty log.
    const isProven = markMs !== null || isInUse;
    if (!pass.isComplete || coveredSinceMs === null || !isProven) return Number.POSITIVE_INFINITY;
    await this.#marks.setHook(hook.name, this.#nowMs);
    return coveredSinceMs;
  }
}

function byOwner(names: Iterable<string>): Map<string, string[]> {
  return Map.groupBy(names, (name) => name.split('/')[0] ?? '');
}

/** Reads the runs that may tell something from the mark on. */
async function listGap(options: RecoverOptions, repository: string, markMs: number, nowMs: number) {
  const { report, logger, retentionMs } = options;
  const oldestMs = retentionMs === null ? 0 : nowMs - retentionMs;
  return report.pass('listing', { repository }, () =>
    listRepository({
      ...options,
      repository,
      sinceMs: Math.max(markMs - LISTED_BEFORE_MS, oldestMs),
      knownUntilMs: markMs - OVERLAP_MS,
      priority: nowMs - markMs > ROUTINE_MS ? 'recovery' : 'reconcile',
      onProgress: (progress) => logger.debug('Runs are listed', { repository, ...progress }),
    }),
  );
}
