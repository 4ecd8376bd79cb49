import type { Job, JobMoment, JobPlan, Runner } from './model.ts';
import type { Random } from './random.ts';

/** What draws and ids come from. */
type Source = Pick<JobCircumstances, 'random' | 'nextId'>;

/** What a job depends on. */
export interface JobCircumstances {
  readonly random: Random;
  readonly runId: number;
  /** Returns a new job id on each call. */
  readonly nextId: () => number;
  /** When somebody cancels the run; `Infinity` if nobody does. */
  readonly cancelMs: number;
  /** Makes failures rarer (a re-run of a flaky job mostly passes). */
  readonly failureFactor: number;
  /** The share of gates that somebody rejects. */
  readonly refusals: number;
}

const TIMEOUT_SECONDS = 1800;
const NOT_STARTED = 0.003;
/** A group may have no runner, or not exist at all. */
const NO_RUNNER_IN_GROUP = 0.05;
const SECOND = 1000;

/** The time after which this job no longer changes. */
export function endOf(job: Job): number {
  return job.moments.at(-1)?.atMs ?? job.completedMs;
}

/** A job that becomes ready to run at `readyMs`, with everything that happens to it. */
export function liveJob(
  name: string,
  labels: readonly string[],
  plan: JobPlan,
  readyMs: number,
  circumstances: JobCircumstances,
): Job {
  const { random, nextId, cancelMs, refusals } = circumstances;
  const moments = waitForRunner(plan, readyMs, random);
  const queuedMs = moments.at(-1)?.atMs ?? readyMs;
  const startMs = queuedMs + queueSeconds(labels, random) * SECOND;
  const draft = { id: nextId(), name, plan, labels, createdMs: readyMs, carriedOver: false };
  const isRefused = plan.environment !== undefined && refusals > 0 && random.chance(refusals);
  if (isRefused && queuedMs <= cancelMs) return unstarted(draft, moments.slice(0, -1), queuedMs, 'rejected');
  if (cancelMs < startMs) return unstarted(draft, moments, cancelMs, null);
  if (random.chance(labels.length === 0 ? NO_RUNNER_IN_GROUP : NOT_STARTED))
    return unstarted(draft, moments, Math.max(startMs, queuedMs), 'startup');
  const { seconds, conclusion, failure } = execute(plan, circumstances);
  const naturalEndMs = startMs + seconds * SECOND;
  const cancelled = cancelMs < naturalEndMs;
  const endMs = cancelled ? cancelMs + random.int(1, 8) * SECOND : naturalEndMs;
  return {
    ...draft,
    kind: 'ran',
    runner: runnerFor(labels, random),
    startedMs: startMs,
    // Clocks of two machines: short jobs now and then end before they begin.
    completedMs: endMs - startMs <= 3 * SECOND && random.chance(0.1) ? startMs - SECOND : endMs,
    conclusion: cancelled ? 'cancelled' : conclusion,
    failure: cancelled ? null : failure,
    moments: [
      ...moments,
      { action: 'in_progress', status: 'in_progress', atMs: Math.max(startMs, queuedMs) },
      completedAt(Math.max(endMs, queuedMs)),
    ],
  };
}

/**
 * A job that no runner took: it was cancelled before, or GitHub or a gate refused to start it (then it
 * failed).
 */
export function unstarted(
  draft: Pick<Job, 'id' | 'name' | 'plan' | 'labels' | 'createdMs' | 'carriedOver'>,
  moments: readonly JobMoment[],
  endMs: number,
  failure: 'startup' | 'rejected' | null,
): Job {
  return {
    ...draft,
    kind: 'not_started',
    runner: null,
    startedMs: endMs,
    completedMs: endMs,
    conclusion: failure === null ? 'cancelled' : 'failure',
    failure,
    moments: [...moments.filter((each) => each.atMs <= endMs), completedAt(endMs)],
  };
}

/**
 * A job that its condition, a failed job before it or a cancellation kept from running. GitHub only reports
 * its end.
 */
export function skippedJob(name: string, plan: JobPlan, atMs: number, circumstances: Source): Job {
  // GitHub often creates it a second after it "ended".
  const endMs = circumstances.random.chance(0.4) ? atMs - SECOND : atMs;
  return {
    id: circumstances.nextId(),
    name,
    plan,
    kind: 'skipped',
    labels: [],
    runner: null,
    createdMs: atMs,
    startedMs: endMs,
    completedMs: endMs,
    conclusion: 'skipped',
    failure: null,
    carriedOver: false,
    moments: [completedAt(atMs)],
  };
}

/** The check run that a reporter makes within `host`: reported as if it were a job. */
export function checkRunOf(name: string, host: Job, circumstances: JobCircumstances): Job {
  const atMs = Math.max(host.startedMs, endOf(host) - 4 * SECOND);
  return {
    ...host,
    id: circumstances.nextId(),
    name,
    plan: null,
    kind: 'check_run',
    labels: [],
    runner: null,
    createdMs: atMs,
    startedMs: atMs,
    completedMs: atMs + SECOND,
    conclusion: circumstances.random.chance(0.85) ? 'success' : 'failure',
    failure: null,
    moments: [completedAt(atMs + SECOND)],
  };
}

/** What GitHub reports about `job` when a later attempt, begun at `attemptMs`, does not run it again. */
export function carryOver(job: Job, attemptMs: number, circumstances: Source): Job {
  const { random, nextId } = circumstances;
  return {
    ...job,
    id: nextId(),
    // GitHub may report the old creation or a new one, so both occur.
    createdMs: random.chance(0.5) ? job.createdMs : attemptMs,
    carriedOver: true,
    moments: [completedAt(attemptMs + random.int(0, 2) * SECOND)],
  };
}

export function completedAt(atMs: number): JobMoment {
  return { action: 'completed', status: 'completed', atMs };
}

/** `queued`, and with an environment `waiting` and, once approved, `queued` again. */
function waitForRunner(plan: JobPlan, readyMs: number, random: Random): JobMoment[] {
  const queued: JobMoment = { action: 'queued', status: 'queued', atMs: readyMs };
  if (plan.environment === undefined) return [queued];
  const waitingMs = readyMs + SECOND;
  const approvedMs = waitingMs + clamp(random.around(200, 0.9), 5, 1500) * SECOND;
  return [
    random.chance(0.3) ? { ...queued, status: 'waiting' } : queued,
    { action: 'waiting', status: 'waiting', atMs: waitingMs },
    { action: 'queued', status: 'queued', atMs: approvedMs },
  ];
}

function queueSeconds(labels: readonly string[], random: Random): number {
  // Clocks of two machines: an idle runner may start the job before it was created.
  if (random.chance(0.01)) return -1;
  return isHosted(labels) ? clamp(random.around(6, 0.8), 1, 300) : clamp(random.around(25, 1.1), 0, 900);
}

/** What happens to a job on a runner, if nobody cancels it. */
function execute(
  plan: JobPlan,
  { random, failureFactor }: JobCircumstances,
): { seconds: number } & Pick<Job, 'conclusion' | 'failure'> {
  const seconds = clamp(random.around(plan.medianSeconds, 0.4), 1, TIMEOUT_SECONDS - 1);
  if (random.chance(0.004)) return { seconds: TIMEOUT_SECONDS, conclusion: 'timed_out', failure: 'timeout' };
  const isLost = random.chance(0.004);
  const hasFailed = isLost || random.chance(plan.failures * failureFactor);
  if (!hasFailed) return { seconds, conclusion: 'success', failure: null };
  const part = Math.ceil(seconds * (0.2 + 0.8 * random.next()));
  return { seconds: part, conclusion: 'failure', failure: isLost ? 'runner_lost' : 'step' };
}

function isHosted(labels: readonly string[]): boolean {
  return labels.some((label) => /^(ubuntu|windows|macos)-/.test(label));
}

function runnerFor(labels: readonly string[], random: Random): Runner {
  if (labels.some((label) => label.endsWith('-cores'))) {
    const id = 4000 + random.int(1, 90);
    return { id, name: `${labels[0]}_${random.hex(12)}`, groupId: 9, groupName: 'Default Larger Runners' };
  }
  if (isHosted(labels)) {
    const id = random.int(1, 60);
    return { id, name: `GitHub Actions ${id}`, groupId: 2, groupName: 'GitHub Actions' };
  }
  if (labels.length === 0) {
    const id = 600 + random.int(1, 12);
    return { id, name: `gpu-${id}.lumen.internal`, groupId: 8, groupName: 'GPU machines' };
  }
  if (labels.includes('self-hosted')) {
    const id = 300 + random.int(1, 12);
    return { id, name: `build-${id}.lumen.internal`, groupId: 5, groupName: 'Build machines' };
  }
  // Ephemeral runners: a new id and name for each job.
  const id = 100_000 + random.int(1, 800_000);
  return {
    id,
    name: `${labels[0]}-${random.hex(5)}-runner-${random.hex(5)}`,
    groupId: 7,
    groupName: 'Default',
  };
}

export function clamp(seconds: number, least: number, most: number): number {
  return Math.round(Math.min(Math.max(seconds, least), most));
}
