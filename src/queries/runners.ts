import { LONGEST_RUN_MS } from '../domain/forgetting.ts';
import { rankOf } from '../domain/now-diff.ts';
import type { Runners } from '../domain/openapi-types.ts';
import {
  type HistoryFilters,
  type HistoryReader,
  NO_FILTERS,
  type OpenJob,
  type Window,
} from '../domain/queries.ts';
import { headOf } from './answer.ts';
import { openIntervals } from './intervals.ts';
import { type WeekHour, weekLoad } from './week-load.ts';

/*
 * The self-hosted runners as GitHub counted them last, beside the jobs that wait for them, and how busy
 * runners of all kinds were by hour of the week.
 */

/** Runners of one group in one state, as the gauge `runners` has them. */
export interface CountedRunners {
  /** An organization, or a repository as `owner/name`. */
  readonly owner: string;
  readonly group: string;
  readonly status: string;
  readonly isBusy: boolean;
  readonly count: number;
}

export interface RunnersQuery {
  readonly window: Window;
  readonly filters: HistoryFilters;
  /** An IANA name. */
  readonly timeZone: string;
  readonly counted: readonly CountedRunners[];
  /** Why nothing was counted; null if something was. */
  readonly missing: string | null;
}

type Group = Runners['groups'][number];
type Idle = Runners['idle_while_waiting'][number];

/** A runner needs a moment to take a job, and runners are counted once a minute. */
const PATIENCE_MS = 60_000;

export async function runners(reader: HistoryReader, query: RunnersQuery): Promise<Runners> {
  const { window, timeZone, filters } = query;
  const open = (await reader.openJobs(filters)).filter(({ isStale }) => !isStale);
  const history = await readIntervals(reader, query, open);
  const groups = groupsOf(query, await reader.openJobs(NO_FILTERS));
  const { starts, ends } = history;
  return {
    ...headOf(reader, window, null),
    tz: timeZone,
    missing: query.missing,
    groups,
    idle_while_waiting: idleGroups(groups, { open, ranOn: history.ranOn, nowMs: reader.nowMs }),
    heatmap: weekLoad(starts, ends, await knownPart(reader, window, starts), timeZone).map(shownHour),
  };
}

function shownHour({ busyMs, peak, lengthMs }: WeekHour) {
  return { busy_seconds: busyMs / 1000, peak, seconds: lengthMs / 1000 };
}

/** The part of the window that the history knows. */
async function knownPart(reader: HistoryReader, window: Window, starts: Float64Array): Promise<Window> {
  const beginsAtMs = Math.min((await reader.beginsAtMs()) ?? reader.nowMs, starts[0] ?? reader.nowMs);
  const toMs = Math.min(window.toMs, reader.nowMs);
  return { fromMs: Math.min(toMs, Math.max(window.fromMs, beginsAtMs)), toMs };
}

function groupsOf({ counted, filters }: RunnersQuery, open: readonly OpenJob[]): Group[] {
  const shown = counted.filter(
    ({ owner, group }) => fits(filters.runnerGroup, group) && fitsOwner(filters.repository, owner),
  );
  const byGroup = Map.groupBy(shown, ({ owner, group }) => JSON.stringify([owner, group]));
  const running = open.filter(({ isStale, status }) => !isStale && status === 'in_progress');
  const groups = Array.from(byGroup.values(), (counts): Group => {
    const { owner = '', group: runner_group = '' } = counts[0] ?? {};
    const sum = (fit: (each: CountedRunners) => boolean) =>
      counts.filter(fit).reduce((total, { count }) => total + count, 0);
    const online = sum(({ status }) => status === 'online');
    const busy = sum(({ status, isBusy }) => status === 'online' && isBusy);
    const jobs = running.filter((job) => job.runnerGroup === runner_group && isOf(job, owner));
    return {
      owner,
      runner_group,
      online,
      busy,
      offline: sum(({ status }) => status !== 'online'),
      jobs_running: jobs.length,
      saturation: online === 0 ? null : busy / online,
    };
  });
  return groups.sort((a, b) => (b.saturation ?? 0) - (a.saturation ?? 0) || compareNames(a, b));
}

function compareNames(a: Group, b: Group): number {
  return `${a.owner}\n${a.runner_group}` < `${b.owner}\n${b.runner_group}` ? -1 : 1;
}

interface Waiting {
  readonly open: readonly OpenJob[];
  /** The groups that ran jobs of a repository and labels (`ranKey`). */
  readonly ranOn: ReadonlySet<string>;
  readonly nowMs: number;
}

function idleGroups(groups: readonly Group[], { open, ranOn, nowMs }: Waiting): Idle[] {
  const waiting = open.filter(
    ({ status, beganAtMs }) => rankOf(status) === 0 && nowMs - beganAtMs > PATIENCE_MS,
  );
  const byLabels = Map.groupBy(waiting, ({ runsOn }) => runsOn);
  return groups.flatMap(({ owner, runner_group, online, busy }) => {
    if (online <= busy) return [];
    return Array.from(byLabels).flatMap(([runs_on, jobs]): Idle[] => {
      const own = jobs.filter((job) => isOf(job, owner));
      const hasRun = own.some((job) => ranOn.has(ranKey(ownerOf(job.repository), runs_on, runner_group)));
      return hasRun ? [{ owner, runs_on, queued: own.length, runner_group, idle: online - busy }] : [];
    });
  });
}

function ranKey(owner: string, runsOn: string, group: string): string {
  return JSON.stringify([owner, runsOn, group]);
}

/** When jobs began and ended in the window, each ascending, and where they ran. */
async function readIntervals(
  reader: HistoryReader,
  { window, filters }: RunnersQuery,
  open: readonly OpenJob[],
) {
  const intervals = openIntervals(window);
  const places = new Map<string, readonly [repository: number, runsOn: number, group: number]>();
  // What ran in the window may have ended after it.
  const ended = { fromMs: window.fromMs, toMs: window.toMs + LONGEST_RUN_MS };
  const columns = ['endedAtMs', 'durationMs', 'repository', 'runsOn', 'runnerGroup'] as const;
  for await (const batch of reader.finishedJobs(ended, filters, columns)) {
    for (let row = 0; row < batch.size; row += 1) {
      const durationMs = batch.durationMs[row] ?? Number.NaN;
      const endMs = batch.endedAtMs[row] ?? 0;
      if (Number.isNaN(durationMs)) continue;
      intervals.add(endMs - durationMs, endMs);
      const place = [
        batch.repository[row] ?? 0,
        batch.runsOn[row] ?? 0,
        batch.runnerGroup[row] ?? 0,
      ] as const;
      places.set(place.join(), place);
    }
  }
  for (const { status, startedAtMs } of open)
    if (status === 'in_progress' && startedAtMs !== null) intervals.add(startedAtMs, reader.nowMs);
  const names = await reader.texts(new Set([...places.values()].flat()));
  const name = (id: number) => names.get(id) ?? '';
  const ran = Array.from(places.values(), ([repository, runsOn, group]) =>
    ranKey(ownerOf(name(repository)), name(runsOn), name(group)),
  );
  const running = open
    .filter(({ status }) => status === 'in_progress')
    .map(({ repository, runsOn, runnerGroup }) => ranKey(ownerOf(repository), runsOn, runnerGroup));
  return { ...intervals.sorted(), ranOn: new Set([...ran, ...running]) };
}

function isOf({ repository }: OpenJob, owner: string): boolean {
  return owner === repository || owner === ownerOf(repository);
}

function ownerOf(repository: string): string {
  return repository.split('/')[0] ?? repository;
}

function fits(asked: readonly string[], value: string): boolean {
  return asked.length === 0 || asked.includes(value);
}

/** Whether the runners of `owner` can be those of one of these repositories. */
function fitsOwner(repositories: readonly string[], owner: string): boolean {
  return repositories.length === 0 || repositories.some((each) => ownerOf(each) === ownerOf(owner));
}
