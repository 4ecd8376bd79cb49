import type { FailureCause } from './failure-cause.ts';

/*
 * What becomes spans: one entry for each job that ended, for each attempt of a run that ended, and for what a job
 * waited if that became certain only after its end. An entry contains all that its spans are made of, as plain JSON:
 * nothing is read again when it is sent. Which steps and runs have spans is decided when an entry is made; under
 * which names and ids, when it is sent.
 */

/** The attempt of a run that spans belong to, as GitHub's payloads of runs and of jobs both tell it. */
export interface TraceOrigin {
  /** `owner/name`. */
  readonly repository: string;
  /** The label of the workflow (workflow-name.ts). */
  readonly workflow: string;
  readonly runId: number;
  readonly runAttempt: number;
  readonly headBranch: string | null;
  readonly headSha: string | null;
  /** The repository's custom property `service_name`. */
  readonly serviceName: string | null;
}

/** When something ran, in milliseconds since 1970. The end is never before the start. */
export interface TraceTimes {
  readonly startMs: number;
  readonly endMs: number;
  /** GitHub's own times can't be true: the end was before the start, or years after it. */
  readonly isClamped: boolean;
}

/** An attempt of a run that ended: the root of its trace. */
export interface RunEntry extends TraceTimes {
  readonly kind: 'run';
  readonly origin: TraceOrigin;
  readonly conclusion: string | null;
  /** The event that triggered it: `push`, `schedule`, … */
  readonly event: string;
  readonly runNumber: number | null;
  /** The path of the workflow's file. */
  readonly workflowFile: string | null;
  /** Null if it is not certain. */
  readonly refType: 'branch' | 'tag' | null;
  /** The number of its pull request; null unless there is exactly one. */
  readonly pullRequest: number | null;
  /** The paths of reusable workflows that it called, with their versions. */
  readonly reusedWorkflows: readonly string[];
  /** Who triggered the run, and this attempt of it; null if the payload does not say. */
  readonly actor: string | null;
  readonly triggeringActor: string | null;
  /** The name of who wrote the commit. */
  readonly author: string | null;
}

/** What the spans of a job are found and named by. */
export interface TracedJob {
  readonly origin: TraceOrigin;
  readonly jobId: number;
  /** As GitHub spells it, with the matrix suffix. */
  readonly name: string;
  /** While it waited for an approval; null if it did not, or that is not certain yet. */
  readonly approval: TraceTimes | null;
  /** While it waited for a runner; null if none took it, or that is not certain yet. */
  readonly queue: TraceTimes | null;
}

/** A job that ended. It starts when it was created. */
export interface JobEntry extends TracedJob, TraceTimes {
  readonly kind: 'job';
  /** Its name as metrics have it: without matrix values and ids. */
  readonly group: string;
  readonly conclusion: string | null;
  /** The labels that it asked for, in the given order. */
  readonly runsOn: readonly string[];
  readonly runnerId: number | null;
  readonly runnerName: string | null;
  readonly runnerGroupId: number | null;
  readonly runnerGroup: string | null;
  /** Its queue time as counted; null if a gate may have held it. */
  readonly queueMs: number | null;
  /** Null if it did not fail, or an event that is still to come may say why. */
  readonly failureCause: FailureCause | null;
  /** The first step that failed. */
  readonly failedStep: string | null;
  /** Null if it is free, or its price unknown. */
  readonly sku: string | null;
  readonly billedSeconds: number | null;
  /** Those that have spans, in the order of their numbers. */
  readonly steps: readonly TracedStep[];
}

export interface TracedStep extends TraceTimes {
  readonly number: number;
  readonly name: string;
  readonly conclusion: string | null;
  /** Another step of the job that ran has the same name and a lower number. */
  readonly isRepeat: boolean;
}

/** What a job waited, when that became certain only after its `JobEntry` was made. At least one is not null. */
export interface WaitEntry extends TracedJob {
  readonly kind: 'wait';
}

export type TraceEntry = RunEntry | JobEntry | WaitEntry;

/** How many spans the entry becomes; at least 1. */
export function spanCount(entry: TraceEntry): number {
  if (entry.kind === 'run') return 1;
  const waits = Number(entry.approval !== null) + Number(entry.queue !== null);
  return entry.kind === 'wait' ? waits : 1 + waits + entry.steps.length;
}
