import { deliveriesOf } from '../../simulator/deliveries.ts';
import type { Job, Run } from '../../simulator/model.ts';
import { executionsOf, placeOf, queueMsOf, runsOnOf } from '../../simulator/truth-reported.ts';
import { runsOf, type World } from '../../simulator/world.ts';
import type { Service } from '../service.ts';

/*
 * What the world says itself of its queues, with no line of the service: every job as it lived, and naive
 * computations over those.
 */

/** Times are seconds since the epoch. */
export interface Life {
  readonly id: number;
  readonly name: string;
  readonly runsOn: string;
  readonly repository: string;
  readonly workflow: string;
  /** Since when it waited for a runner; null if that cannot be known. */
  readonly queued: number | null;
  /** Null: no runner took it. */
  readonly started: number | null;
  readonly ended: number;
}

/** All jobs of a world in which everything has ended. */
export function livesOf(world: World): Life[] {
  return [...runsOf(world)].flatMap((run) =>
    run.attempts.flatMap(executionsOf).flatMap((job) => lifeOf(run, job, world.endMs) ?? []),
  );
}

function lifeOf(run: Run, job: Job, endMs: number): Life | null {
  if (job.kind === 'skipped') return null;
  const isAtRunner = job.kind === 'ran';
  const queueMs = queueMsOf(job, endMs);
  const isGated =
    job.moments.some(({ action }) => action === 'waiting') || job.plan?.environment !== undefined;
  const withoutRunner = isGated ? null : job.createdMs / 1000;
  return {
    id: job.id,
    name: job.name,
    runsOn: runsOnOf(run, job),
    ...placeOf(run),
    // GitHub's clocks differ: a start before the creation is no wait.
    queued: isAtRunner
      ? queueMs === null
        ? null
        : (job.startedMs - Math.max(0, queueMs)) / 1000
      : withoutRunner,
    started: isAtRunner ? job.startedMs / 1000 : null,
    ended: job.completedMs / 1000,
  };
}

/** The smallest value that so many of all are not above. */
export function rank(values: readonly number[], share: number): number | null {
  const isEnough = (each: number) => values.filter((other) => other <= each).length >= share * values.length;
  return values.toSorted((a, b) => a - b).find(isEnough) ?? null;
}

/** The queue times of those that started in a window. */
export function waitsIn(lives: readonly Life[], from: number, to: number): number[] {
  return lives.flatMap(({ queued, started }) =>
    queued !== null && started !== null && started >= from && started < to ? [started - queued] : [],
  );
}

/** How many there were in each second on average, from one time until before another. */
export function averageOf(
  lives: readonly Life[],
  of: (life: Life) => readonly [number | null, number],
  [from, to]: readonly [number, number],
): number {
  const seconds = lives.reduce((sum, life) => {
    const [begin, end] = of(life);
    return begin === null ? sum : sum + Math.max(0, Math.min(end, to) - Math.max(begin, from));
  }, 0);
  return seconds / (to - from);
}

/** The waits with so many runners, from second to second. */
export function replayed(lives: readonly Life[], runners: number, from: number, to: number): number[] {
  const jobs = lives
    .flatMap(({ queued, started, ended }) =>
      queued === null || started === null || queued < from || queued >= to
        ? []
        : [{ queued, started, lasts: ended - started }],
    )
    .sort((a, b) => a.queued - b.queued || a.started - b.started);
  const freeAt: number[] = Array(runners).fill(from);
  return jobs.map(({ queued, lasts }) => {
    freeAt.sort((a, b) => a - b);
    const start = Math.max(queued, freeAt[0] ?? 0);
    freeAt[0] = start + lasts;
    return start - queued;
  });
}

interface Again {
  readonly action: 'queued' | 'completed';
  readonly id: number;
  readonly label: string;
}

/** A job of the world that a runner took, once more as another one of that name and label. */
export async function postAgain(service: Service, world: World, { action, id, label }: Again): Promise<void> {
  for (const { event, body } of deliveriesOf(world)) {
    const payload = JSON.parse(body());
    const { workflow_job: job, deployment } = payload;
    const fits = event === 'workflow_job' && payload.action === action && deployment == null;
    if (!fits || (action === 'completed' && job.runner_id === null)) continue;
    const again = { ...job, id, name: label, labels: [label] };
    await service.post(event, JSON.stringify({ ...payload, workflow_job: again }));
    await service.settled();
    return;
  }
}
