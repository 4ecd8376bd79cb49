import { LONGEST_RUN_MS } from '../domain/forgetting.ts';
import { ENTERPRISES } from '../domain/github-api.ts';
import { isoTime } from '../domain/iso-time.ts';
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

interface Counted {
  /** An organization, a repository as `owner/name`, or `enterprises/NAME`. */
  readonly owner: string;
  readonly status: string;
  readonly isBusy: boolean;
  readonly count: number;
}

/** Runners of one group in one state, as the gauge `runners` has them. */
export interface CountedRunners extends Counted {
  readonly group: string;
}

/** Runners with one label in one state, as the gauge `runners_by_label` has them. */
export interface LabelledRunners extends Counted {
  readonly label: string;
}

export interface IdleGroup {
  readonly owner: string;
  readonly group: string;
  /** When it was last seen with an idle runner. */
  readonly lastIdleAtMs: number;
}

export interface RunnersQuery {
  readonly window: Window;
  readonly filters: HistoryFilters;
  /** An IANA name. */
  readonly timeZone: string;
  readonly counted: readonly CountedRunners[];
  readonly labelled: readonly LabelledRunners[];
  readonly lastIdle: readonly IdleGroup[];
  /** Why nothing was counted; null if something was. */
  readonly missing: string | null;
}

type Group = Runners['groups'][number];
type Label = Runners['labels'][number];
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
    labels: labelsOf(query),
    idle_while_waiting: await idleGroups(reader, query, { groups, open }),
    heatmap: (await readWeekLoad(reader, query, open)).map(shownHour),
  };
}

function shownHour({ busyMs, peak, lengthMs }: WeekHour) {
  return { busy_seconds: busyMs / 1000, peak, seconds: lengthMs / 1000 };
}

function groupsOf({ counted, lastIdle, filters }: RunnersQuery, open: readonly OpenJob[]): Group[] {
  const shown = counted.filter(
    ({ owner, group }) => fits(filters.runnerGroup, group) && fitsOwner(filters.repository, owner),
  );
  const byGroup = Map.groupBy(shown, ({ owner, group }) => placeKey(owner, group));
  const idleAtMs = new Map(
    lastIdle.map(({ owner, group, lastIdleAtMs }) => [placeKey(owner, group), lastIdleAtMs]),
  );
  const running = open.filter(({ isStale, status }) => !isStale && status === 'in_progress');
  const takes = openTakes(counted);
  const groups = Array.from(byGroup, ([key, counts]): Group => {
    const { owner = '', group: runner_group = '' } = counts[0] ?? {};
    const jobs = running.filter((job) => job.runnerGroup === runner_group && takes(owner, runner_group, job));
    const atMs = idleAtMs.get(key);
    return {
      ...{ owner, runner_group, ...statesOf(counts) },
      jobs_running: jobs.length,
      last_idle_at: atMs === undefined ? null : isoTime(atMs),
    };
  });
  return fullestFirst(groups, ({ runner_group }) => runner_group);
}

/** Of the owners that are asked for; which group a label is in is not known. */
function labelsOf({ labelled, filters }: RunnersQuery): Label[] {
  const shown = labelled.filter(
    ({ owner, label }) => fitsOwner(filters.repository, owner) && fits(filters.label, label),
  );
  const labels = Array.from(
    Map.groupBy(shown, ({ owner, label }) => placeKey(owner, label)).values(),
    (counts): Label => ({
      owner: counts[0]?.owner ?? '',
      label: counts[0]?.label ?? '',
      ...statesOf(counts),
    }),
  );
  return fullestFirst(labels, ({ label }) => label);
}

function statesOf(counts: readonly Counted[]) {
  const sum = (fit: (each: Counted) => boolean) =>
    counts.filter(fit).reduce((total, { count }) => total + count, 0);
  const online = sum(({ status }) => status === 'online');
  const busy = sum(({ status, isBusy }) => status === 'online' && isBusy);
  const offline = sum(({ status }) => status !== 'online');
  return { online, busy, offline, saturation: online === 0 ? null : busy / online };
}

function fullestFirst<Row extends { readonly owner: string; readonly saturation: number | null }>(
  rows: Row[],
  nameOf: (row: Row) => string,
): Row[] {
  const key = (row: Row) => `${row.owner}\n${nameOf(row)}`;
  return rows.sort((a, b) => (b.saturation ?? 0) - (a.saturation ?? 0) || (key(a) < key(b) ? -1 : 1));
}

function placeKey(owner: string, name: string): string {
  return JSON.stringify([owner, name]);
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
  const takes = openTakes(query.counted);
  return idle.flatMap(({ owner, runner_group, online, busy }) =>
    Array.from(byLabels).flatMap(([runs_on, jobs]): Idle[] => {
      const own = jobs.filter((job) => takes(owner, runner_group, job));
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

/**
 * Whether the runners of an owner's group can run a job. Those of an enterprise run jobs of any organization that has
 * no group of the same name.
 */
function openTakes(
  counted: readonly CountedRunners[],
): (owner: string, group: string, job: OpenJob) => boolean {
  const groups = new Set(counted.map(({ owner, group }) => placeKey(owner, group)));
  return (owner, group, { repository }) => {
    const owners = [repository, ownerOf(repository)];
    return owner.startsWith(ENTERPRISES)
      ? !owners.some((each) => groups.has(placeKey(each, group)))
      : owners.includes(owner);
  };
}

function ownerOf(repository: string): string {
  return repository.split('/')[0] ?? repository;
}

function fits(asked: readonly string[], value: string): boolean {
  return asked.length === 0 || asked.includes(value);
}

/** Whether the runners of `owner` can be those of one of these repositories. */
function fitsOwner(repositories: readonly string[], owner: string): boolean {
  const isShared = repositories.length === 0 || owner.startsWith(ENTERPRISES);
  return isShared || repositories.some((each) => ownerOf(each) === ownerOf(owner));
}
