import type { RunObservation } from '../domain/observation.ts';
import type { RunEntry } from '../domain/trace-entry.ts';
import { timesOf } from './times.ts';

/** The entry of an attempt of a run, of what was reported of its end. */
export function runEntry(end: RunObservation): RunEntry {
  const { repository, workflow, runId, runAttempt, headBranch, headSha, forTrace } = end;
  const serviceName = forTrace?.serviceName ?? null;
  return {
    kind: 'run',
    origin: { repository, workflow, runId, runAttempt, headBranch, headSha, serviceName },
    ...timesOf([end.runStartedAtMs, end.createdAtMs], end.updatedAtMs, end.observedAtMs),
    conclusion: end.conclusion,
    event: end.event,
    runNumber: end.runNumber,
    workflowFile: end.workflowFile,
    refType: refTypeOf(end),
    pullRequest: forTrace?.pullRequest ?? null,
    reusedWorkflows: forTrace?.reusedWorkflows ?? [],
    actor: forTrace?.actor ?? null,
    triggeringActor: forTrace?.triggeringActor ?? null,
    author: forTrace?.author ?? null,
  };
}

/** A push and a dispatch do not say whether it is a branch or a tag that they are about. */
function refTypeOf({ event, headBranch, forTrace }: RunObservation): RunEntry['refType'] {
  if (event === 'release' || headBranch?.startsWith('refs/tags/')) return 'tag';
  const isBranch = event.startsWith('pull_request') || event === 'merge_group' || event === 'schedule';
  return isBranch || forTrace?.isDefaultBranch ? 'branch' : null;
}
