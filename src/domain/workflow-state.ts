import { DOMAIN } from './catalogue.ts';
import { isFailed } from './lifecycle/execution.ts';
import type { RunState } from './lifecycle/state.ts';
import { isHeld } from './lifecycle/status.ts';
import { type GaugeReading, readingOf } from './metric.ts';

/*
 * How the workflows of default branches are doing. A workflow is a file in a repository, and a repository is its id: two files may have
 * one name, both may be renamed, and the old name of a repository may be taken by a foreign one. Names are those of the run that
 * started last. All of it is a maximum over runs, so their order of arrival does not matter.
 */

/** A run attempt. The one that started last tells the names. */
interface Told {
  /** 0 where it is not known. */
  readonly startedAtMs: number;
  readonly runId: number;
  readonly runAttempt: number;
}

/** What is known of one workflow. */
export interface WorkflowState extends Told {
  /** The repository's id and the path of the file, in one text. */
  readonly key: string;
  /** The repository's id as text; its name where no payload told the id. */
  readonly repositoryKey: string;
  readonly repository: string;
  readonly workflow: string;
  /** Null where no payload told it. */
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

/** The states of the workflows that the service knows, each with its failures since the latest success. */
export interface CountedWorkflow extends WorkflowState {
  readonly failures: number;
}

/** Which workflow a run is of. Without a path, those of one name are one. */
export function workflowKeyOf(
  run: Pick<RunState, 'repositoryId' | 'repository' | 'workflowFile' | 'workflow'>,
): string {
  const { repositoryId, repository, workflowFile, workflow } = run;
  return `${repositoryId ?? repository} ${workflowFile ?? `named ${workflow}`}`;
}

/** What is known of a workflow once this is known of one of its runs. */
export function withRun(before: WorkflowState | undefined, run: RunState): WorkflowState {
  const end = endOf(run);
  const told: WorkflowState = {
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
  return before === undefined ? told : joined(before, told);
}

/**
 * Both together; the names and the key are those of the later one. What is told of one run again replaces
 * what was.
 */
export function joined(known: WorkflowState, told: WorkflowState): WorkflowState {
  return {
    ...(compareTold(told, known) >= 0 ? told : known),
    lastRunMs: latest(known.lastRunMs, told.lastRunMs),
    lastSuccessMs: latest(known.lastSuccessMs, told.lastSuccessMs),
  };
}

/** The failure that a run is for its workflow; null where it is none. */
export function failureOf(run: RunState): WorkflowFailure | null {
  const end = endOf(run);
  return end !== null && isFailed(run.conclusion) ? end : null;
}

/** Whether a failure counts: those before the latest success, or in the same second, are over. */
export function isSinceSuccess({ endMs }: WorkflowFailure, { lastSuccessMs }: WorkflowState): boolean {
  return lastSuccessMs === null || endMs > lastSuccessMs;
}

/**
 * The gauges of all these workflows. What stands under a name that another repository has by now is left out.
 */
export function workflowReadings(states: readonly CountedWorkflow[]): GaugeReading[] {
  const byRepository = latestBy(states, ({ repositoryKey }) => repositoryKey);
  const owners = latestBy([...byRepository.values()], ({ repository }) => repository);
  return states.flatMap((state) => {
    const repository = byRepository.get(state.repositoryKey)?.repository ?? state.repository;
    return owners.get(repository)?.repositoryKey === state.repositoryKey
      ? readingsOf(state, [repository, state.workflow, state.file ?? 'unknown'])
      : [];
  });
}

function readingsOf(
  { lastRunMs, lastSuccessMs, failures }: CountedWorkflow,
  labels: readonly string[],
): GaugeReading[] {
  if (lastRunMs === null) return [];
  return [
    readingOf(DOMAIN.lastRun, labels, lastRunMs / 1000),
    ...(lastSuccessMs === null ? [] : [readingOf(DOMAIN.lastSuccess, labels, lastSuccessMs / 1000)]),
    readingOf(DOMAIN.consecutiveFailures, labels, failures),
  ];
}

function latestBy<T extends Told>(all: readonly T[], keyOf: (each: T) => string): Map<string, T> {
  const found = new Map<string, T>();
  for (const each of all) {
    const before = found.get(keyOf(each));
    if (before === undefined || compareTold(each, before) > 0) found.set(keyOf(each), each);
  }
  return found;
}

/** The end of a run that says how its workflow does: on the default branch, and not held for an approval. */
function endOf(run: RunState): WorkflowFailure | null {
  const { runId, runAttempt, branch, status, updatedAtMs: endMs } = run;
  if (branch !== 'default' || status !== 'completed' || endMs === null || isHeld(run)) return null;
  return { runId, runAttempt, endMs };
}

function compareTold(a: Told, b: Told): number {
  return a.startedAtMs - b.startedAtMs || a.runId - b.runId || a.runAttempt - b.runAttempt;
}

function latest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}
