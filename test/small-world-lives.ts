/*
 * What happens to the jobs of small worlds.
 */

const SECOND = 1000;

/** What becomes of a job. */
export const LIVES = [
  'ran',
  'running',
  'queued',
  'gated',
  'waiting',
  'rejected',
  'gated and unstarted',
  'skipped',
  'unstarted',
  'check_run',
] as const;
type Life = (typeof LIVES)[number];

export interface JobPlan {
  readonly life: Life;
  readonly name: string;
  readonly conclusion: string;
  readonly queueS: number;
  readonly durationS: number;
  /**
   * It has an environment, whether there is a gate or not; of a check run: it is reported while in progress
   * too.
   */
  readonly hasEnvironment: boolean;
  /**
   * In an attempt after the first: the job at that position in the attempt before is reported again instead.
   */
  readonly carries: 'nothing' | 'with its creation' | 'with a new creation';
}

export interface Moment {
  readonly action: string;
  readonly status: string;
  readonly atMs: number;
}

/** A job with its times, as it really happened in some attempt. */
export interface Lived {
  readonly plan: JobPlan;
  readonly createdMs: number;
  readonly startedMs: number;
  readonly completedMs: number;
  readonly releasedMs: number;
  readonly runnerId: number | null;
  readonly moments: readonly Moment[];
}

/**
 * A job as it happens in an attempt that begins at `startMs`. A later attempt may get the runner of an
 * earlier one, but at any time each runner has one job.
 */
export function live(plan: JobPlan, runnerId: number, startMs: number): Lived {
  const job = timesOf(plan, runnerId, startMs);
  return { ...job, moments: momentsOf(job) };
}

/** Lives behind a gate. */
const GATED: readonly Life[] = ['gated', 'waiting', 'rejected', 'gated and unstarted'];

/** Whether its payloads name a deployment: those of a check run never do. */
export function hasEnvironment(plan: JobPlan): boolean {
  return plan.life !== 'check_run' && (plan.hasEnvironment || GATED.includes(plan.life));
}

function timesOf(plan: JobPlan, runnerId: number, startMs: number): Omit<Lived, 'moments'> {
  const createdMs = startMs + 2 * SECOND;
  const isGated = GATED.includes(plan.life);
  const releasedMs = createdMs + (isGated ? 100 * SECOND : 0);
  const hasRunner = plan.life === 'ran' || plan.life === 'gated' || plan.life === 'running';
  const unstartedMs = (plan.life === 'skipped' ? createdMs : releasedMs) + endS(plan, runnerId) * SECOND;
  const startedMs = hasRunner ? releasedMs + plan.queueS * SECOND : unstartedMs;
  return {
    plan,
    createdMs,
    startedMs,
    completedMs: hasRunner ? startedMs + plan.durationS * SECOND : startedMs,
    releasedMs,
    runnerId: hasRunner ? runnerId : null,
  };
}

/**
 * When a job without a runner ends, after its creation or release; skipped ones often end a second earlier.
 * No two that fail in one attempt do so in the same second: only their ids would show which of them a gate
 * refused.
 */
function endS({ life, queueS }: JobPlan, place: number): number {
  return life === 'skipped' ? Math.min(0, Math.max(-1, queueS)) : Math.max(0, queueS) * 4 + place;
}

function momentsOf({
  plan: { life, hasEnvironment },
  createdMs,
  releasedMs,
  startedMs,
  completedMs,
}: Omit<Lived, 'moments'>): Moment[] {
  const queued = { action: 'queued', status: 'queued', atMs: createdMs };
  const waiting = { action: 'waiting', status: 'waiting', atMs: createdMs + SECOND };
  const running = { action: 'in_progress', status: 'in_progress', atMs: startedMs };
  const completed = { action: 'completed', status: 'completed', atMs: completedMs };
  switch (life) {
    case 'queued':
      return [queued];
    case 'waiting':
      return [hasEnvironment ? { ...queued, status: 'waiting' } : queued, waiting];
    case 'running':
      return [queued, running];
    case 'ran':
      return [queued, running, completed];
    case 'gated':
      return [queued, waiting, { ...queued, atMs: releasedMs }, running, completed];
    case 'rejected':
      return [queued, waiting, completed];
    case 'gated and unstarted':
      return [queued, waiting, { ...queued, atMs: releasedMs }, completed];
    case 'unstarted':
      return [queued, completed];
    case 'check_run':
      return hasEnvironment ? [running, completed] : [completed];
    default:
      return [completed];
  }
}

/** The same job as a later attempt, begun at `startMs`, reports it again. */
export function carriedOver(job: Lived, { carries }: JobPlan, startMs: number): Lived {
  return {
    ...job,
    // Both the old creation and a new one occur.
    createdMs: carries === 'with a new creation' ? startMs : job.createdMs,
    moments: [{ action: 'completed', status: 'completed', atMs: startMs + SECOND }],
  };
}
