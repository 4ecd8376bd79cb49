import type { Attempt, Job, Run } from './model.ts';
import { runsOf, type World } from './world.ts';

/*
 * What the domain metrics must show of a world. Written from design.md alone, in the most naive way, and sharing no
 * code with the service: it restates names, labels and buckets on purpose.
 */

const BUCKETS_SECONDS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 10800, 21600];
const QUEUE_LIMIT_MS = 24 * 3600 * 1000;
const RUN_LIMIT_MS = 35 * 24 * 3600 * 1000;

/**
 * The expected metrics as Prometheus text 0.0.4, when every delivery of the complete world has arrived, at `nowMs`
 * (the world's end unless told). Families and series are sorted; there are no series without a value.
 */
export function truthOf(world: World, nowMs: number = world.endMs): string {
  return truthOfRuns(runsOf(world), world.endMs, nowMs);
}

/** The same of the given runs, as far as they happened until `endMs`. */
export function truthOfRuns(runs: Iterable<Run>, endMs: number, nowMs: number): string {
  const truth = new Truth();
  for (const run of runs) tellRun(truth, run, endMs, nowMs);
  return truth.text();
}

function tellRun(truth: Truth, run: Run, endMs: number, nowMs: number): void {
  const repository = run.repository.fullName;
  if (run.event === 'workflow_dispatch') {
    truth.count('github_actions_dispatches_total', { repository, workflow: run.workflow.path });
  }
  for (const attempt of run.attempts) {
    tellAttempt(truth, run, attempt, endMs);
    for (const job of attempt.jobs) {
      if (job.kind !== 'check_run' && !job.carriedOver) tellJob(truth, run, job, endMs, nowMs);
    }
  }
}

function tellAttempt(truth: Truth, run: Run, attempt: Attempt, endMs: number): void {
  const last = attempt.moments.filter((moment) => moment.atMs <= endMs).at(-1);
  if (last === undefined) return;
  const repository = run.repository.fullName;
  const workflow = run.workflow.name ?? run.workflow.path;
  if (last.status !== 'completed') {
    truth.count('github_actions_active_runs', { repository, workflow, status: last.status });
    return;
  }
  const { conclusion } = attempt;
  const { event } = run;
  const branch = branchOf(run);
  truth.count('github_actions_runs_total', { repository, workflow, event, branch, conclusion });
  const labels = { repository, workflow, branch, conclusion };
  truth.observe('github_actions_run_duration_seconds', labels, last.atMs - attempt.startedMs);
}

function tellJob(truth: Truth, run: Run, job: Job, endMs: number, nowMs: number): void {
  const last = job.moments.filter((moment) => moment.atMs <= endMs).at(-1);
  if (last === undefined) return;
  const repository = run.repository.fullName;
  const workflow = run.workflow.name ?? 'unknown';
  const runs_on = job.labels.join(',') || 'none';
  const approvedMs = approvalOf(job, endMs);
  if (approvedMs !== null) {
    const labels = { repository, workflow };
    truth.observe('github_actions_job_approval_seconds', labels, approvedMs - job.createdMs);
  }
  if (job.kind === 'ran' && (last.status === 'in_progress' || last.status === 'completed')) {
    const labels = { repository, workflow, runs_on };
    truth.observe('github_actions_job_queue_seconds', labels, job.startedMs - (approvedMs ?? job.createdMs));
  }
  if (last.status === 'completed') {
    const { conclusion } = job;
    const name = job.name.replace(/ \([^()]*\)$/, '');
    truth.count('github_actions_jobs_total', { repository, workflow, job: name, runs_on, conclusion });
    if (job.kind !== 'ran') return;
    const labels = { repository, workflow, job: name, conclusion };
    truth.observe('github_actions_job_duration_seconds', labels, job.completedMs - job.startedMs);
    return;
  }
  const { status } = last;
  const sinceMs = status === 'in_progress' ? job.startedMs : job.createdMs;
  if (nowMs - sinceMs > (status === 'queued' ? QUEUE_LIMIT_MS : RUN_LIMIT_MS)) {
    truth.count('github_actions_stale_jobs', { repository, status });
    return;
  }
  truth.count('github_actions_active_jobs', { repository, workflow, runs_on, status });
  truth.least('github_actions_oldest_active_job_timestamp_seconds', { runs_on, status }, sinceMs / 1000);
}

/** When the gate let the job through: it waited, and after that was queued once more. */
function approvalOf(job: Job, endMs: number): number | null {
  const moments = job.moments.filter((moment) => moment.atMs <= endMs);
  const waited = moments.findIndex((moment) => moment.action === 'waiting');
  if (waited === -1) return null;
  return moments.slice(waited).find((moment) => moment.action === 'queued')?.atMs ?? null;
}

function branchOf(run: Run): string {
  if (run.event.startsWith('pull_request')) return 'pull_request';
  return run.headBranch === run.repository.defaultBranch ? 'default' : 'other';
}

type Labels = Readonly<Record<string, string>>;

/** Collects values by metric and labels. */
class Truth {
  readonly #values = new Map<string, Map<string, number>>();
  readonly #durations = new Map<string, Map<string, number[]>>();

  count(metric: string, labels: Labels): void {
    const series = inside(this.#values, metric);
    const key = labelText(labels);
    series.set(key, (series.get(key) ?? 0) + 1);
  }

  least(metric: string, labels: Labels, value: number): void {
    const series = inside(this.#values, metric);
    const key = labelText(labels);
    series.set(key, Math.min(series.get(key) ?? value, value));
  }

  observe(metric: string, labels: Labels, durationMs: number): void {
    const series = inside(this.#durations, metric);
    const key = labelText(labels);
    const found = series.get(key) ?? [];
    // GitHub's clocks disagree by a second now and then: a negative duration counts as none.
    found.push(Math.max(0, durationMs / 1000));
    series.set(key, found);
  }

  text(): string {
    const lines: string[] = [];
    for (const metric of [...this.#values.keys(), ...this.#durations.keys()].sort()) {
      const values = this.#values.get(metric);
      if (values !== undefined) {
        lines.push(`# TYPE ${metric} ${metric.endsWith('_total') ? 'counter' : 'gauge'}`);
        for (const [labels, value] of sorted(values)) lines.push(`${metric}{${labels}} ${value}`);
        continue;
      }
      lines.push(`# TYPE ${metric} histogram`);
      for (const [labels, seconds] of sorted(inside(this.#durations, metric))) {
        lines.push(...histogramLines(metric, labels, seconds));
      }
    }
    return lines.map((line) => `${line}\n`).join('');
  }
}

function histogramLines(metric: string, labels: string, seconds: readonly number[]): string[] {
  const sum = seconds.reduce((total, each) => total + each, 0);
  return [
    ...BUCKETS_SECONDS.map((bound) => {
      const count = seconds.filter((each) => each <= bound).length;
      return `${metric}_bucket{${labels},le="${bound}"} ${count}`;
    }),
    `${metric}_bucket{${labels},le="+Inf"} ${seconds.length}`,
    `${metric}_sum{${labels}} ${sum}`,
    `${metric}_count{${labels}} ${seconds.length}`,
  ];
}

function labelText(labels: Labels): string {
  const escaped = (value: string) =>
    value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',');
}

function inside<T>(families: Map<string, Map<string, T>>, metric: string): Map<string, T> {
  const found = families.get(metric) ?? new Map<string, T>();
  families.set(metric, found);
  return found;
}

function sorted<T>(series: ReadonlyMap<string, T>): [string, T][] {
  return [...series].sort(([a], [b]) => (a < b ? -1 : 1));
}
