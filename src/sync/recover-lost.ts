import type { Clock, Engine, Logger, Meter, RecoveryNotes } from '../domain/contracts.ts';
import { forgettableBeforeMs } from '../domain/forgetting.ts';
import type { GitHubHistory } from '../domain/github-history.ts';
import { countOf } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import type { Trials } from './backoff.ts';
import { Gaps, OVERLAP_MS, openMarks } from './checkpoints.ts';
import { LogReading } from './hook-log-reader.ts';
import { listRepository } from './listing.ts';
import type { Report } from './report.ts';
import {
  findPlaces,
  forgetOthers,
  noteBlocked,
  noteOwners,
  type Places,
  type RepositoryPattern,
} from './targets.ts';

export interface RecoverOptions {
  readonly history: GitHubHistory;
  readonly engine: Pick<Engine, 'accept' | 'unseen' | 'explainRun' | keyof RecoveryNotes>;
  readonly patterns: readonly RepositoryPattern[];
  /** States that are older are forgotten and would count again; null: none are. */
  readonly retentionMs: number | null;
  readonly report: Report;
  /** What failed in earlier passes. */
  readonly trials: Trials;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly meter: Meter;
  readonly signal: AbortSignal;
}

/** A run is listed by its creation and may go on, or be started again, for long after it. */
const LISTED_BEFORE_MS = 86_400_000;
/** A larger gap is an outage, which may use all that the limits leave. */
const ROUTINE_MS = 3_600_000;
const INSTALLATIONS = 'what the App is installed on';

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
  const places = await findPlaces(options);
  const gaps = new Gaps(marks, report, nowMs);
  await gaps.add(places.repositories);
  await noteOwners(places, marks, report, nowMs);
  forgetOthers(places, report);
  const retries: number[] = [];
  const askFor = (atMs: number) => void retries.push(atMs);
  await readLogs(options, new LogReading(options, { nowMs, marks, gaps, askFor }), gaps, places);
  for (const [name, markMs] of gaps.entries()) {
    if (signal.aborted) return null;
    const outcome = await listGap(options, name, { markMs, nowMs, beginMs: marks.beginMs });
    if (!outcome.isComplete && outcome.retryAtMs !== null) askFor(outcome.retryAtMs);
    if (outcome.isComplete) await gaps.close(name);
    else await noteBlocked(name, outcome, { places, marks, report, nowMs });
  }
  // What could not be listed now counts as missed from the last pass on.
  if (places.problem === null) await marks.setPass(nowMs);
  return retries.length === 0 ? null : Math.min(...retries);
}

/** The hook of the App, then those of owners, then those of repositories, as far as each is needed. */
async function readLogs(
  { history, trials }: RecoverOptions,
  logs: LogReading,
  gaps: Gaps,
  { ofApp, problem }: Places,
): Promise<void> {
  const app = history.appHook();
  if (app !== null) {
    const isInstalled = (name: string) => ofApp.has(name.toLowerCase());
    await logs.read(app, gaps.names.filter(isInstalled));
    const others = gaps.names.filter((name) => !isInstalled(name));
    if (problem === null) trials.passed(INSTALLATIONS);
    else logs.waitFor(INSTALLATIONS, problem, others);
  }
  for (const [owner, names] of byOwner(gaps.names)) await logs.readAll(owner, names);
  for (const name of gaps.names) await logs.readAll(name, [name]);
}

function byOwner(names: Iterable<string>): Map<string, string[]> {
  return Map.groupBy(names, (name) => name.split('/')[0] ?? '');
}

/**
 * Reads the runs that may tell something from the mark on. What ended a day before it, or before recovery began on this database, is none
 * of this gap: it is known, or not to be known.
 */
async function listGap(
  options: RecoverOptions,
  repository: string,
  { markMs, nowMs, beginMs }: { readonly markMs: number; readonly nowMs: number; readonly beginMs: number },
) {
  const { report, logger, meter, retentionMs } = options;
  const oldestMs = retentionMs === null ? 0 : forgettableBeforeMs(retentionMs, nowMs);
  const createdSinceMs = Math.max(markMs - LISTED_BEFORE_MS, oldestMs);
  const pass = await report.pass('listing', { repository }, () =>
    listRepository({
      ...options,
      repository,
      sinceMs: Math.max(createdSinceMs, beginMs - OVERLAP_MS),
      createdSinceMs,
      knownUntilMs: markMs - OVERLAP_MS,
      priority: nowMs - markMs > ROUTINE_MS ? 'recovery' : 'reconcile',
      onProgress: (progress) => logger.debug('Runs are listed', { repository, ...progress }),
    }),
  );
  if (pass.isComplete && pass.tooOld > 0)
    meter.add([countOf(SELF.ignoredObservations, ['too_old'], pass.tooOld)]);
  return pass;
}
