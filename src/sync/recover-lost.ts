import { forgettableBeforeMs } from '../domain/forgetting.ts';
import type { RetryCounts } from './backoff.ts';
import { OVERLAP_MS, openCheckpoints } from './checkpoints.ts';
import { Gaps } from './gaps.ts';
import { HookLogReader } from './hook-log-reader.ts';
import { listRepository } from './listing.ts';
import type { PassOptions } from './sync-options.ts';
import { findTargets, noteBlocked, noteTargets, type Targets } from './targets.ts';

export interface RecoverOptions extends PassOptions {
  /** What failed in earlier passes. */
  readonly retries: RetryCounts;
}

/** A run is listed by its creation, and may run on or be re-run long after. */
const LISTED_BEFORE_MS = 86_400_000;
/** A larger gap is an outage, which may use everything that the limits leave. */
const ROUTINE_MS = 3_600_000;
const INSTALLATIONS = 'what the App is installed on';

/**
 * One pass over everything: the hooks' logs first, because they have the events as they were sent; then the
 * runs of each repository whose gap no log covers. The very first pass only sets the checkpoints, to when
 * recovery started. Returns when the next pass may get what this one could not; null: any time.
 */
export async function recoverOnce(options: RecoverOptions): Promise<number | null> {
  const { engine, clock, report, signal } = options;
  const nowMs = clock();
  const checkpoints = await openCheckpoints(engine, nowMs, options);
  if (checkpoints.isFirst) {
    await checkpoints.setPass(checkpoints.beginMs);
    return null;
  }
  const targets = await findTargets(options);
  const gaps = new Gaps(checkpoints, report, nowMs);
  await gaps.add(targets.repositories);
  await noteTargets(targets, { checkpoints, report, nowMs });
  const retryTimes: number[] = [];
  const repeatAt = (atMs: number) => void retryTimes.push(atMs);
  await readLogs(options, new HookLogReader(options, { nowMs, checkpoints, gaps, repeatAt }), gaps, targets);
  for (const [name, checkpointMs] of gaps.entries()) {
    if (signal.aborted) return null;
    const outcome = await listGap(options, name, { checkpointMs, nowMs, beginMs: checkpoints.beginMs });
    if (!outcome.isComplete && outcome.retryAtMs !== null) repeatAt(outcome.retryAtMs);
    if (outcome.isComplete) await gaps.close(name);
    else await noteBlocked(name, outcome, { targets, checkpoints, report, nowMs });
  }
  // What could not be listed now counts as missed since the last pass. Where there is nothing to list, as while an App is
  // installed nowhere, or for an answer that says so by mistake, nothing was learned.
  if (targets.problem === null && targets.repositories.length > 0) await checkpoints.setPass(nowMs);
  return retryTimes.length === 0 ? null : Math.min(...retryTimes);
}

/** The App's hook, then those of owners, then those of repositories, as far as each is needed. */
async function readLogs(
  { history, retries }: RecoverOptions,
  logs: HookLogReader,
  gaps: Gaps,
  { ofApp, problem }: Targets,
): Promise<void> {
  const app = history.appHook();
  if (app !== null) {
    const isInstalled = (name: string) => ofApp.has(name.toLowerCase());
    await logs.read(app, gaps.names.filter(isInstalled));
    const others = gaps.names.filter((name) => !isInstalled(name));
    if (problem === null) retries.passed(INSTALLATIONS);
    else logs.postpone(INSTALLATIONS, problem, others);
  }
  for (const [owner, names] of byOwner(gaps.names)) await logs.readAll(owner, names);
  for (const name of gaps.names) await logs.readAll(name, [name]);
}

function byOwner(names: Iterable<string>): Map<string, string[]> {
  return Map.groupBy(names, (name) => name.split('/')[0] ?? '');
}

/**
 * Reads the runs that may have changed since the checkpoint. What ended a day before it, or before recovery
 * began on this database, does not belong to the gap: it is known, or is not meant to be.
 */
async function listGap(
  options: RecoverOptions,
  repository: string,
  {
    checkpointMs,
    nowMs,
    beginMs,
  }: { readonly checkpointMs: number; readonly nowMs: number; readonly beginMs: number },
) {
  const { report, logger, retentionMs } = options;
  const createdSinceMs = Math.max(checkpointMs - LISTED_BEFORE_MS, forgettableBeforeMs(retentionMs, nowMs));
  return report.pass('listing', { repository }, () =>
    listRepository({
      ...options,
      repository,
      sinceMs: Math.max(createdSinceMs, beginMs - OVERLAP_MS),
      createdSinceMs,
      knownUntilMs: checkpointMs - OVERLAP_MS,
      priority: nowMs - checkpointMs > ROUTINE_MS ? 'recovery' : 'reconcile',
      onProgress: (progress) => logger.debug('Listing runs', { repository, ...progress }),
    }),
  );
}
