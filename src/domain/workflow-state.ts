import { DOMAIN } from './catalogue.ts';
import { cutText } from './cut-text.ts';
import { isFailed } from './lifecycle/execution.ts';
import type { RunState } from './lifecycle/state.ts';
import { isHeld } from './lifecycle/status.ts';
import { type GaugeReading, readingOf } from './metric.ts';

/*
 * The state of the workflows on default branches. A workflow is a file in a repository, and a repository is
 * identified by its id: two files may have the same name, both may be renamed, and another repository may
 * take an old name. Names are those of the run that started last. Everything is a maximum over runs, so their
 * order of arrival does not matter.
 */

/** A run attempt. The one that started last determines the names. */
interface LatestAttempt {
  /** 0 if unknown. */
  readonly startedAtMs: number;
  readonly runId: number;
  readonly runAttempt: number;
}

/** What is known of one workflow. */
export interface WorkflowState extends LatestAttempt {
  /** The repository's id and the path of the file, in one text. */
  readonly key: string;
  /** The repository's id as text, or its name if no payload had the id. */
  readonly repositoryKey: string;
  readonly repository: string;
  readonly workflow: string;
  /** Null if no payload had it. */
  readonly file: string | null;
  readonly lastRunMs: number | null;
  readonly lastSuccessMs: number | null;
}

/** A run of the default branch that failed. */
export interface WorkflowFailure {
  readonly runId: number;
  readonly runAttempt: number;
  readonly endMs: number;
}

/** A known workflow with its failures since the latest success. */
export interface CountedWorkflow extends WorkflowState {
  readonly failures: number;
  /** When the first of them ended; null without any. */
  readonly failingSinceMs: number | null;
  /** The run among them that was created last; null without any. */
  readonly failedRunId: number | null;
}

/** What a run says about its workflow. */
export type WorkflowWords = Pick<RunState, 'repositoryId' | 'repository' | 'workflowFile' | 'workflow'>;

/** Of a key: indexes hold no long ones. */
const MAX_NAME = 500;

/** The workflow that a run belongs to. Without a path, workflows of the same name are one. */
export function workflowKeyOf({ repositoryId, repository, workflowFile, workflow }: WorkflowWords): string {
  return `${repositoryId ?? repository} ${workflowFile ?? `named ${cutText(workflow, MAX_NAME)}`}`;
}

/** The state of a workflow, updated with one of its runs. */
export function withRun(before: WorkflowState | undefined, run: RunState): WorkflowState {
  const end = endOf(run);
  const reported: WorkflowState = {
    key: workflowKeyOf(run),
    repositoryKey: String(run.repositoryId ?? run.repository),
    repository: run.repository,
    workflow: run.workflow,
    file: run.workflowFile,
    startedAtMs: run.runStartedAtMs ?? run.createdAtMs ?? 0,
    runId: run.runId,
    runAttempt: run.runAttempt,
    lastRunMs: end?.endMs ?? null,
    lastSuccessMs: end !== null && run.conclusion === 'success' ? end.endMs : null,
  };
  return before === undefined ? reported : merged(before, reported);
}

/**
 * Merges two states. The names and the key are those of the later one. A newer report of the same run
 * replaces the older one.
 */
export function merged(known: WorkflowState, reported: WorkflowState): WorkflowState {
  return {
    ...(compareAttempts(reported, known) >= 0 ? reported : known),
    lastRunMs: latest(known.lastRunMs, reported.lastRunMs),
    lastSuccessMs: latest(known.lastSuccessMs, reported.lastSuccessMs),
  };
}

/** The failure of its workflow that a run is, or null. */
export function failureOf(run: RunState): WorkflowFailure | null {
  const end = endOf(run);
  return end !== null && isFailed(run.conclusion) ? end : null;
}

/** Whether a failure counts: those before the latest success, or in the same second, do not. */
export function isSinceSuccess({ endMs }: WorkflowFailure, { lastSuccessMs }: WorkflowState): boolean {
  return lastSuccessMs === null || endMs > lastSuccessMs;
}

/** The gauges of all these workflows. */
export function workflowReadings(states: readonly CountedWorkflow[]): GaugeReading[] {
  return shownWorkflows(states).flatMap(readingsOf);
}

/**
 * The workflows that have run on a default branch, each with the latest name of its repository. Of repositories
 * whose latest names are equal, only the one that ran last still has that name: the workflows of the others
 * are left out.
 */
export function shownWorkflows<T extends WorkflowState>(
  states: readonly T[],
): (T & { readonly lastRunMs: number })[] {
  const byRepository = latestBy(states, ({ repositoryKey }) => repositoryKey);
  const owners = latestBy([...byRepository.values()], ({ repository }) => repository);
  return states.flatMap((state) => {
    const repository = byRepository.get(state.repositoryKey)?.repository ?? state.repository;
    const { lastRunMs } = state;
    return lastRunMs !== null && owners.get(repository)?.repositoryKey === state.repositoryKey
      ? [{ ...state, repository, lastRunMs }]
      : [];
  });
}

function readingsOf({
  repository,
  workflow,
  file,
  lastRunMs,
  lastSuccessMs,
  failures,
}: CountedWorkflow & { readonly lastRunMs: number }): GaugeReading[] {
  const labels = [repository, workflow, file ?? 'unknown'];
  return [
    readingOf(DOMAIN.lastRun, labels, lastRunMs / 1000),
    ...(lastSuccessMs === null ? [] : [readingOf(DOMAIN.lastSuccess, labels, lastSuccessMs / 1000)]),
    readingOf(DOMAIN.consecutiveFailures, labels, failures),
  ];
}

function latestBy<T extends LatestAttempt>(all: readonly T[], keyOf: (each: T) => string): Map<string, T> {
  const found = new Map<string, T>();
  for (const each of all) {
    const before = found.get(keyOf(each));
    if (before === undefined || compareAttempts(each, before) > 0) found.set(keyOf(each), each);
  }
  return found;
}

/** The end of a run that matters for its workflow: on the default branch, and not held for an approval. */
function endOf(run: RunState): WorkflowFailure | null {
  const { runId, runAttempt, branch, status, updatedAtMs: endMs } = run;
  if (branch !== 'default' || status !== 'completed' || endMs === null || isHeld(run)) return null;
  return { runId, runAttempt, endMs };
}

function compareAttempts(a: LatestAttempt, b: LatestAttempt): number {
  return a.startedAtMs - b.startedAtMs || a.runId - b.runId || a.runAttempt - b.runAttempt;
}

function latest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}
