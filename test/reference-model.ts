import { countCost, countWaste, wasteOf } from './reference-costs.ts';
import { countDeployments } from './reference-deployments.ts';
import { countFailedStep, countReason, type ReasonOf } from './reference-failures.ts';
import { type Confirmed, countActiveJob, countActiveRun, type Look, latest } from './reference-in-flight.ts';
import { nameOf, runsOnOf } from './reference-labels.ts';
import { Numbers } from './reference-numbers.ts';
import {
  type JobReport,
  type Json,
  jobReport,
  type RunReport,
  repositoryOf,
  runReport,
  text,
  workflowOfRun,
} from './reference-reports.ts';
import { countSettled } from './reference-settled.ts';
import { countWorkflows } from './reference-workflows.ts';
import { expectJob, expectRun } from './reference-zeros.ts';

/*
 * What the domain metrics must show when these webhooks, and no others, have arrived: by the rules of
 * docs/meaning.md (docs/correctness.md gives the reasons), written as naively as possible, by loops over
 * everything that is known at the end. Shares no code with the service and restates names, labels, buckets
 * and prices on purpose.
 */

/** A job, as all webhooks about it together describe it. */
export interface KnownJob {
  readonly reports: readonly JobReport[];
  /** One of the reports, for what all of them agree in. */
  readonly any: JobReport;
  readonly status: string;
  readonly createdMs: number | null;
  readonly startedMs: number | null;
  readonly runner: string;
  readonly hasRun: boolean;
  readonly completion: JobReport | undefined;
  /** It is known to have been behind a gate. */
  readonly hasWaited: boolean;
  /** When it was released, if that is known. */
  readonly releasedMs: number | null;
}

export const SAME_MOMENT_MS = 5000;
export const FAILURES = ['failure', 'timed_out', 'startup_failure'];
/**
 * The sample lines of all domain metrics, sorted, at `nowMs`, given what GitHub has confirmed; `hasBases` as
 * `metrics.branch_bases`.
 */
export function expectedLines(
  sent: readonly { readonly guid: string; readonly event: string; readonly body: string }[],
  nowMs: number,
  confirmed: Confirmed = new Map(),
  reasonOf: ReasonOf | null = null,
  hasBases = false,
): string[] {
  const numbers = new Numbers();
  const once = [...new Map(sent.map((each) => [each.guid, each])).values()];
  const jobs: JobReport[] = [];
  const runs: RunReport[] = [];
  for (const { guid, event, body } of once) {
    const payload = JSON.parse(body) as Json;
    if (event === 'workflow_job') jobs.push(jobReport(guid, payload));
    if (event === 'workflow_run') runs.push(runReport(guid, payload, hasBases));
    if (event === 'workflow_dispatch') countDispatch(numbers, payload);
  }
  countDeployments(numbers, once);
  for (const report of runs) expectRun(numbers, report);
  for (const report of jobs) if (!mayBeCheckRun(report)) expectJob(numbers, report);
  countWorkflows(numbers, runs);
  // What nothing proves to be a job is another tool's check run.
  const known = grouped(jobs, ({ id }) => String(id))
    .filter((reports) => !reports.every(mayBeCheckRun))
    .map(knownJob);
  for (const reports of grouped(runs, ({ run, attempt }) => `${run}/${attempt}`))
    countRun(numbers, reports, known, { nowMs, confirmed });
  for (const job of known) {
    countGate(numbers, job);
    countActiveJob(numbers, job, { nowMs, confirmed });
  }
  for (const namesakes of grouped(known, ({ any }) => `${any.run}/${any.name}`))
    countEnds(numbers, namesakes, reasonOf);
  return numbers.lines();
}

function countDispatch(numbers: Numbers, payload: Json): void {
  const file = text(payload['workflow']) ?? 'unknown';
  const path = file.includes('/') ? file : `.github/workflows/${file}`;
  const workflow = workflowOfRun(path, null, null);
  numbers.add('dispatches_total', { repository: repositoryOf(payload), workflow });
}

function countRun(
  numbers: Numbers,
  reports: readonly RunReport[],
  jobs: readonly KnownJob[],
  look: Look,
): void {
  const [any] = reports as [RunReport];
  const { repository, workflow } = any;
  const ends = reports.filter((report) => report.status === 'completed');
  const hold = ends.find(isHold);
  const end = ends.find((report) => !isHold(report));
  for (const each of [hold, end]) {
    if (each === undefined) continue;
    const { event, branch, conclusion } = each;
    numbers.add('runs_total', { repository, workflow, event, branch, conclusion });
    const labels = { repository, workflow, branch, conclusion };
    numbers.observe('run_duration_seconds', labels, between(each.startedMs, each.updatedMs));
  }
  if (end !== undefined) countSettled(numbers, end, jobs);
  // What is held may continue: it is no further than what waits.
  const { status } = latest(reports.map((each) => (isHold(each) ? { ...each, status: 'held' } : each)));
  if (end !== undefined || status === 'held') return;
  countActiveRun(numbers, reports, status, look);
}

/** Held until somebody approves it, which is reported as an end. */
export function isHold({ status, conclusion }: RunReport): boolean {
  return status === 'completed' && conclusion === 'action_required';
}

/** The time behind a gate. */
function countGate(numbers: Numbers, { any, createdMs, releasedMs }: KnownJob): void {
  const { repository, workflow } = any;
  numbers.observe('job_approval_seconds', { repository, workflow }, between(createdMs, releasedMs));
}

/**
 * What is counted once per execution: `namesakes` are the jobs of one name in one run, over all its attempts.
 */
function countEnds(numbers: Numbers, namesakes: readonly KnownJob[], reasonOf: ReasonOf | null): void {
  countQueues(numbers, namesakes);
  const ends = namesakes.flatMap(({ completion }) => (completion === undefined ? [] : [completion]));
  countFlakes(numbers, ends);
  const executions = grouped(ends, executionOf);
  for (const reports of executions) {
    const [any] = reports as [JobReport];
    for (const end of ofFullestAttempt(reports)) countWaste(numbers, end, wasteOf(reports, namesakes));
    const jobs = namesakes.filter(
      (job) => job.completion && executionOf(job.completion) === executionOf(any),
    );
    for (const end of ofFullestAttempt(reports)) {
      const cause = causeOf(end, jobs);
      countEnd(numbers, end, cause);
      if (reasonOf !== null) countReason(numbers, end, cause, reasonOf);
    }
  }
}

export function executionOf(end: JobReport): string {
  return [end.startedMs, end.completedMs, end.runnerId, end.runnerName, end.conclusion].join();
}

function countEnd(numbers: Numbers, end: JobReport, cause: string | null): void {
  const { repository, workflow, conclusion, startedMs, completedMs } = end;
  const job_name = nameOf(end);
  const runs_on = runsOnOf(end);
  numbers.add('jobs_total', { repository, workflow, job_name, runs_on, conclusion });
  if (cause !== null) {
    numbers.add('job_failures_total', { repository, workflow, job_name, cause });
    countFailedStep(numbers, end);
  }
  const ms = hasRun(end) ? between(startedMs, completedMs) : null;
  if (ms === null) return;
  numbers.observe('job_duration_seconds', { repository, workflow, job_name, conclusion }, ms);
  const runner_group = end.runnerGroup ?? 'unknown';
  if (ms > 0) numbers.add('runner_busy_seconds_total', { repository, runs_on, runner_group }, ms / 1000);
  countCost(numbers, end, ms);
}

function countQueues(numbers: Numbers, namesakes: readonly KnownJob[]): void {
  const started = namesakes.filter(({ hasRun, startedMs }) => hasRun && startedMs !== null);
  for (const execution of grouped(started, ({ startedMs, runner }) => `${startedMs} ${runner}`)) {
    const isGated = execution.some(({ hasWaited }) => hasWaited);
    const queued = execution
      .filter(({ createdMs, startedMs }) => (createdMs ?? 0) - (startedMs ?? 0) <= SAME_MOMENT_MS)
      .map(({ any, createdMs, startedMs, releasedMs }) => ({
        attempt: any.attempt,
        labels: {
          repository: any.repository,
          workflow: any.workflow,
          runs_on: runsOnOf(any),
        },
        queueMs: between(isGated ? releasedMs : createdMs, startedMs),
      }))
      .filter(({ queueMs }) => queueMs !== null);
    for (const { labels, queueMs } of ofFullestAttempt(queued))
      numbers.observe('job_queue_seconds', labels, queueMs);
  }
}

/** A failure in one attempt and then a success that began in a later one, as often as that happens. */
function countFlakes(numbers: Numbers, ends: readonly JobReport[]): void {
  for (let flake = 0; flake < mostFlakes(ends); flake += 1) {
    const { repository, workflow } = ends[0] as JobReport;
    const job_name = nameOf(ends[0] as JobReport);
    numbers.add('flaky_jobs_total', { repository, workflow, job_name });
  }
}

function mostFlakes(ends: readonly JobReport[], last?: JobReport): number {
  const after = (end: JobReport | undefined) => (next: JobReport) =>
    end === undefined || (next.attempt > end.attempt && (next.startedMs ?? 0) >= (end.completedMs ?? 0));
  const failures = ends.filter(({ conclusion }) => FAILURES.includes(conclusion)).filter(after(last));
  const flakes = failures.flatMap((failure) =>
    ends
      .filter(({ conclusion }) => conclusion === 'success')
      .filter(after(failure))
      .map((success) => 1 + mostFlakes(ends, success)),
  );
  return Math.max(0, ...flakes);
}

/** `jobs`: all that report this execution. */
function causeOf(end: JobReport, jobs: readonly KnownJob[]): string | null {
  if (end.conclusion === 'timed_out') return 'timeout';
  if (end.conclusion === 'startup_failure') return 'startup';
  if (end.conclusion !== 'failure') return null;
  if (!hasRun(end)) {
    const isLetThrough = jobs.some(({ releasedMs }) => releasedMs !== null);
    return !isLetThrough && jobs.some(({ hasWaited }) => hasWaited) ? 'rejected' : 'startup';
  }
  return end.steps.some(({ conclusion }) => conclusion === 'failure') ? 'step' : 'runner_lost';
}

function knownJob(reports: readonly JobReport[]): KnownJob {
  const atRunner = reports.filter(({ status }) => status === 'in_progress' || status === 'completed');
  const [first] = atRunner;
  const heard = (status: string) =>
    reports.filter((report) => report.status === status).sort((a, b) => b.heardMs - a.heardMs)[0];
  const waiting = heard('waiting');
  const queued = heard('queued');
  const isReleased = waiting !== undefined && queued !== undefined && queued.heardMs > waiting.heardMs;
  return {
    reports,
    // Skipped jobs and the like have no labels; none are taken from other reports.
    any: reports.find(({ labels }) => labels.length > 0) ?? (reports[0] as JobReport),
    status: latest(reports).status,
    createdMs: reports.find(({ createdMs }) => createdMs !== null)?.createdMs ?? null,
    startedMs: first?.startedMs ?? null,
    runner: `${first?.runnerId} ${first?.runnerName}`,
    hasRun: atRunner.some(hasRun),
    completion: heard('completed'),
    hasWaited: waiting !== undefined,
    releasedMs: isReleased ? (queued.deployedMs ?? queued.heardMs) : null,
  };
}

export function hasRun({ status, conclusion, steps, runnerId }: JobReport): boolean {
  if (status !== 'in_progress' && status !== 'completed') return false;
  return conclusion !== 'skipped' && (steps.length > 0 || (runnerId ?? 0) > 0);
}

function mayBeCheckRun(job: JobReport): boolean {
  const { status, conclusion, labels, steps, runnerId, hasDeployment } = job;
  if (status !== 'in_progress' && status !== 'completed') return false;
  if (conclusion === 'skipped' || conclusion === 'cancelled') return false;
  return labels.length === 0 && steps.length === 0 && runnerId === null && !hasDeployment;
}

/** One execution may be reported again in later attempts, but each attempt reports each execution once. */
function ofFullestAttempt<T extends { readonly attempt: number }>(reports: readonly T[]): readonly T[] {
  const attempts = grouped(reports, ({ attempt }) => String(attempt));
  return attempts.sort((a, b) => b.length - a.length)[0] ?? [];
}

export function between(startMs: number | null, endMs: number | null): number | null {
  return startMs === null || endMs === null ? null : Math.max(0, endMs - startMs);
}

export function grouped<T>(all: readonly T[], keyOf: (each: T) => string): T[][] {
  return [...Map.groupBy(all, keyOf).values()];
}
