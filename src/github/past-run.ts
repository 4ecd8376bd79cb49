import type { Delivery } from '../domain/delivery.ts';
import type { PastDelivery } from '../domain/github-history.ts';
import { type Json, latestMsOf, timeMsOf } from './fields.ts';
import {
  attemptEndMs,
  attemptOf,
  isOfEarlier,
  jobDelivery,
  type RepositoryContext,
  runDelivery,
  wholeRunDelivery,
} from './rest-deliveries.ts';

/** A run as the API returns it. */
export interface WholeRun {
  /** The latest first; earlier ones may be missing. */
  readonly attempts: readonly Json[];
  /** The jobs of all attempts. */
  readonly jobs: readonly Json[];
}

/** All jobs and then all attempts, each with the end of its attempt. */
export function pastDeliveries(run: WholeRun, context: RepositoryContext, nowMs: number): PastDelivery[] {
  const ofJobs = run.jobs.map((job) => ({
    delivery: jobDelivery(job, context, nowMs),
    ...(carriedOver(job, run) ?? partOf(attemptOf(job), run, nowMs)),
  }));
  const ofAttempts = run.attempts.map((attempt) => ({
    delivery: deliveryOf(attempt, run, context, nowMs),
    ...partOf(attemptOf(attempt), run, nowMs),
  }));
  return [...ofJobs, ...ofAttempts].flatMap(({ delivery, ...part }) =>
    delivery === null ? [] : [{ delivery, ...part }],
  );
}

/** A delivery about something that has not ended. */
export function goingOn(delivery: Delivery): PastDelivery {
  return { delivery, runAttempt: null, endedAtMs: null };
}

/** The delivery that marks that all of it was read. */
export function markOf(run: WholeRun, context: RepositoryContext, nowMs: number): Delivery | null {
  const [latest] = run.attempts;
  const delivery = latest === undefined ? null : deliveryOf(latest, run, context, nowMs);
  return latest === undefined || delivery === null ? null : wholeRunDelivery(latest, delivery);
}

function deliveryOf(attempt: Json, run: WholeRun, context: RepositoryContext, nowMs: number) {
  return runDelivery(attempt, jobsOf(attemptOf(attempt), run), context, nowMs);
}

function jobsOf(number: number, { jobs }: WholeRun): readonly Json[] {
  return jobs.filter((job) => attemptOf(job) === number);
}

function attemptIn({ attempts }: WholeRun, number: number): Json | undefined {
  return attempts.find((attempt) => attemptOf(attempt) === number);
}

type Part = Omit<PastDelivery, 'delivery'>;

function partOf(number: number, run: WholeRun, nowMs: number): Part {
  return { runAttempt: number, endedAtMs: endOf(number, run, nowMs) };
}

/** Null if the job was not carried over. */
function carriedOver(job: Json, run: WholeRun): Part | null {
  const attempt = attemptIn(run, attemptOf(job));
  if (attempt === undefined || !isOfEarlier(job, attempt)) return null;
  return { runAttempt: null, endedAtMs: timeMsOf(job['completed_at']) };
}

/** If the attempt is missing, its jobs show the end. */
function endOf(number: number, run: WholeRun, nowMs: number): number | null {
  const jobs = jobsOf(number, run);
  const attempt = attemptIn(run, number);
  if (attempt !== undefined) return attemptEndMs(attempt, jobs, nowMs);
  const ends = jobs.map((job) => timeMsOf(job['completed_at'], latestMsOf(nowMs)));
  return ends.includes(null) ? null : Math.max(...ends.map(Number));
}
