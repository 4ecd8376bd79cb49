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
import { TupleIds } from './tuple-ids.ts';
import { readWeekLoad, type WeekHour } from './week-load.ts';

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
  const groups = groupsOf(query, await reader.openJobs(NO_FILTERS));
  return {
    ...headOf(reader, window, null),
    tz: timeZone,
    missing: query.missing,
    groups,
    idle_while_waiting: await idleGroups(reader, query, { groups, open }),
    heatmap: (await readWeekLoad(reader, query, open)).map(shownHour),
  };
}

function shownHour({ busyMs, peak, lengthMs }: WeekHour) {
  return { busy_seconds: busyMs / 1000, peak, seconds: lengthMs / 1000 };
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

interface Now {
  readonly groups: readonly Group[];
  readonly open: readonly OpenJob[];
}

async function idleGroups(
  reader: HistoryReader,
  query: RunnersQuery,
  { groups, open }: Now,
): Promise<Idle[]> {
  const idle = groups.filter(({ online, busy }) => online > busy);
  const waiting = open.filter(
    ({ status, beganAtMs }) => rankOf(status) === 0 && reader.nowMs - beganAtMs > PATIENCE_MS,
  );
  if (idle.length === 0 || waiting.length === 0) return [];
  const byLabels = Map.groupBy(waiting, ({ runsOn }) => runsOn);
  const ranOn = await readPlaces(reader, query, { labels: [...byLabels.keys()], open });
  return idle.flatMap(({ owner, runner_group, online, busy }) =>
    Array.from(byLabels).flatMap(([runs_on, jobs]): Idle[] => {
      const own = jobs.filter((job) => isOf(job, owner));
      const hasRun = own.some((job) => ranOn.has(ranKey(ownerOf(job.repository), runs_on, runner_group)));
      return hasRun ? [{ owner, runs_on, queued: own.length, runner_group, idle: online - busy }] : [];
    }),
  );
}

/** The groups that took jobs of a repository with these labels: the `ranKey` of each. */
async function readPlaces(
  reader: HistoryReader,
  { window, filters }: RunnersQuery,
  { labels, open }: { readonly labels: readonly string[]; readonly open: readonly OpenJob[] },
): Promise<ReadonlySet<string>> {
  const places = new TupleIds();
  // What ran in the window may have ended after it.
  const ended = { fromMs: window.fromMs, toMs: window.toMs + LONGEST_RUN_MS };
  const columns = ['durationMs', 'repository', 'runsOn', 'runnerGroup'] as const;
  for await (const { size, ...batch } of reader.finishedJobs(
    ended,
    { ...filters, runsOn: labels },
    columns,
  )) {
    const { durationMs, repository, runsOn, runnerGroup } = batch;
    for (let row = 0; row < size; row += 1)
      if (!Number.isNaN(durationMs[row]))
        places.idOf(repository[row] as number, runsOn[row], runnerGroup[row]);
  }
  const tuples = Array.from({ length: places.size }, (_, id) => places.tupleOf(id));
  const names = await reader.texts(tuples.flat());
  const name = (id: number) => names.get(id) ?? '';
  const ran = tuples.map(([repository, runsOn, group]) =>
    ranKey(ownerOf(name(repository)), name(runsOn), name(group)),
  );
  const running = open
    .filter(({ status }) => status === 'in_progress')
    .map(({ repository, runsOn, runnerGroup }) => ranKey(ownerOf(repository), runsOn, runnerGroup));
  return new Set([...ran, ...running]);
}

function ranKey(owner: string, runsOn: string, group: string): string {
  return JSON.stringify([owner, runsOn, group]);
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
