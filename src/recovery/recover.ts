import type { Clock, Engine, Logger } from '../domain/contracts.ts';
import type { GitHubHistory } from '../domain/github-history.ts';
import { Gaps } from './gaps.ts';
import { listRepository } from './listing.ts';
import { LogReading } from './log-reading.ts';
import { OVERLAP_MS, openMarks } from './marks.ts';
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
 * repository whose gap no log covers. The first pass of all only sets the marks. Answers when
 * the next pass may get what this one could not; null: no matter when.
 */
export async function recoverOnce(options: RecoverOptions): Promise<number | null> {
  const { engine, clock, report, signal } = options;
  const nowMs = clock();
  const marks = await openMarks(engine, nowMs);
  if (marks.isFirst) {
    await marks.setPass(nowMs);
    return null;
  }
  const { repositories, ofApp, isComplete } = await findPlaces(options);
  const gaps = new Gaps(marks, report, nowMs);
  await gaps.add(repositories);
  const retries: number[] = [];
  const note = (outcome: Outcome): void => {
    if (!outcome.isComplete && outcome.retryAtMs !== null) retries.push(outcome.retryAtMs);
  };
  await readLogs(options, new LogReading(options, marks, nowMs, note), gaps, ofApp);
  for (const [name, markMs] of gaps.entries()) {
    if (signal.aborted) return null;
    const outcome = await listGap(options, name, markMs, nowMs);
    note(outcome);
    if (outcome.isComplete) await gaps.close(name);
    else if (outcome.isHopeless && !outcome.isRefused) gaps.giveUp(name);
  }
  // What could not be listed now counts as missed from the last pass on.
  if (isComplete) await marks.setPass(nowMs);
  return retries.length === 0 ? null : Math.min(...retries);
}

/** The hook of the App, then those of owners, then those of repositories, as far as each is needed. */
async function readLogs(
  { history }: RecoverOptions,
  logs: LogReading,
  gaps: Gaps,
  ofApp: ReadonlySet<string>,
): Promise<void> {
  const app = history.appHook();
  const installedOn = gaps.names.filter((name) => ofApp.has(name.toLowerCase()));
  if (app !== null) await gaps.cover(await logs.read([app]), installedOn);
  for (const [owner, names] of byOwner(gaps.names))
    await gaps.cover(await logs.read(await logs.hooksOf(owner)), names);
  for (const name of gaps.names) await gaps.cover(await logs.read(await logs.hooksOf(name)), [name]);
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
