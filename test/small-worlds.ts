import fc from 'fast-check';
import { deliveryId } from '../simulator/delivery-id.ts';
import type { Webhook } from './pipeline.ts';
import { readable } from './readable.ts';
import { heardMs } from './reference-reports.ts';
import { type DeploymentPlan, deploymentPlans, makeDeployment } from './small-world-deployments.ts';
import { carriedOver, hasEnvironment, type JobPlan, LIVES, type Lived, live } from './small-world-lives.ts';
import { jobObject, LABELS, runMoments, timeText } from './small-world-payload.ts';
import { REPOSITORIES, WORKFLOWS, type WorkflowFields } from './small-world-places.ts';

/*
 * Small worlds for fast-check, that shrink to the few jobs and deliveries which a failure needs. Everything
 * that tells jobs apart at GitHub is here: gates that open and gates that are refused, re-runs with
 * carried-over jobs, skipped and cancelled jobs, jobs that no runner took, with labels and without, check
 * runs, damaged and missing times, what never ends.
 *
 * Left out: two reports of the same job and status that contradict each other (two conclusions, two ends),
 * since nothing decides which is right, and jobs of one name in one run that ask for different labels.
 */

export const NOW = Date.UTC(2026, 10, 20, 12);
const SECOND = 1000;
const ATTEMPT_MS = 3_000_000;

export interface AttemptPlan {
  readonly jobs: readonly JobPlan[];
  readonly conclusion: string | null;
  /** It was held for an approval first. */
  readonly isApproved: boolean;
  /**
   * The status in which it was first reported: `pending` behind another run of its concurrency group,
   * `waiting` behind a gate.
   */
  readonly opening: 'queued' | 'pending' | 'waiting';
  /** It is still as first reported. */
  readonly isStuck: boolean;
}

interface RunPlan {
  readonly repository: number;
  readonly workflow: WorkflowFields;
  readonly event: string;
  readonly branch: string;
  /** Where the pull requests of the branch go, and the repository that they are in. */
  readonly pullRequests: readonly { readonly base: string; readonly isElsewhere: boolean }[];
  /**
   * Jobs have no `created_at`, no `workflow_name` and, in the first attempt, no `run_attempt`, as in 2021.
   */
  readonly isOld: boolean;
  /** All jobs have the same name, as those of a matrix may. */
  readonly isOneName: boolean;
  readonly attempts: readonly AttemptPlan[];
}

const jobPlan: fc.Arbitrary<JobPlan> = fc.record({
  life: fc.constantFrom(...LIVES),
  name: fc.constantFrom(...Object.keys(LABELS)),
  conclusion: fc.constantFrom('success', 'failure', 'cancelled', 'timed_out'),
  queueS: fc.oneof(fc.constant(0), fc.integer({ min: -3, max: 90 })),
  durationS: fc.integer({ min: -2, max: 400 }),
  hasEnvironment: fc.boolean(),
  carries: fc.constantFrom('nothing', 'with its creation', 'with a new creation'),
});

const attemptPlan: fc.Arbitrary<AttemptPlan> = fc.record({
  jobs: fc.array(jobPlan, { maxLength: 3 }),
  conclusion: fc.constantFrom('success', 'failure', 'startup_failure', 'action_required', null),
  isApproved: fc.boolean(),
  opening: fc.constantFrom('queued', 'pending', 'waiting'),
  isStuck: fc.integer({ min: 0, max: 4 }).map((chance) => chance === 4),
});

const runPlan: fc.Arbitrary<RunPlan> = fc.record({
  repository: fc.nat(REPOSITORIES.length - 1),
  workflow: fc.constantFrom(...Object.values(WORKFLOWS)),
  event: fc.constantFrom('push', 'pull_request', 'workflow_dispatch', 'merge_group'),
  branch: fc.constantFrom(
    ...['main', 'topic', 'gh-readonly-queue/main/pr-7-0a1b', 'gh-readonly-queue/release/1/pr-8-0a1b'],
  ),
  pullRequests: fc.array(
    fc.record({ base: fc.constantFrom('main', 'release/1'), isElsewhere: fc.boolean() }),
    { maxLength: 2 },
  ),
  isOld: fc.boolean(),
  isOneName: fc.boolean(),
  attempts: fc.array(attemptPlan, { minLength: 1, maxLength: 4 }),
});

/** All deliveries of some runs, in the order in which they were made. */
export const smallWorlds: fc.Arbitrary<readonly Webhook[]> = fc
  .tuple(fc.array(runPlan, { minLength: 1, maxLength: 3 }), deploymentPlans)
  .map(([runs, deployments]) => webhooksOf(runs, deployments));

/** The same content under another id, made at the same moment: as when another kind of hook gets it too. */
export function underOtherId(sent: Webhook): Webhook {
  const turned = [...sent.guid.slice(-12)].map((digit) => (15 - Number.parseInt(digit, 16)).toString(16));
  return { ...sent, guid: sent.guid.slice(0, -12) + turned.join('') };
}

/** Makes deliveries with ids of their own. */
class WebhookMaker {
  readonly sent: Webhook[] = [];
  #ids = 0;
  #madeMs = 0;

  nextId(): number {
    this.#ids += 1;
    return this.#ids;
  }

  /** Starts with another object: the ids of one object's deliveries are in the order of its events. */
  turn(): void {
    this.#madeMs = 0;
  }

  make(event: string, atMs: number, payload: object): void {
    this.#madeMs = Math.max(atMs + 400, this.#madeMs + 1);
    const chance = this.nextId().toString(16).padStart(16, '0');
    this.sent.push({ event, guid: deliveryId(this.#madeMs, chance), body: JSON.stringify(payload) });
  }
}

function webhooksOf(plans: readonly RunPlan[], deployments: readonly DeploymentPlan[]): readonly Webhook[] {
  const maker = new WebhookMaker();
  for (const [index, plan] of plans.entries()) countRun(maker, plan, index);
  for (const [index, plan] of deployments.entries()) {
    maker.turn();
    makeDeployment(maker.make.bind(maker), plan, index, NOW - ATTEMPT_MS - index * 31 * SECOND);
  }
  return readable(maker.sent.sort((a, b) => heardMs(a.guid) - heardMs(b.guid)));
}

function countRun(maker: WebhookMaker, plan: RunPlan, index: number): void {
  const runId = 5_000_000_000 + index;
  const repository = REPOSITORIES[plan.repository];
  maker.turn();
  const bornMs = NOW - 5 * ATTEMPT_MS + index * 17 * SECOND;
  if (plan.event === 'workflow_dispatch') {
    maker.make(plan.event, bornMs, { workflow: plan.workflow.dispatch, repository });
  }
  let before: readonly Lived[] = [];
  for (const [place, attempt] of plan.attempts.entries()) {
    const startMs = bornMs + place * ATTEMPT_MS;
    makeAttempt(maker, plan, attempt, { runId, number: place + 1, bornMs, startMs });
    const jobs: Lived[] = [];
    for (const [at, job] of attempt.jobs.entries()) {
      const carried = job.carries === 'nothing' ? undefined : before[at];
      const named = plan.isOneName ? { ...job, name: 'build' } : job;
      const isOver = carried?.moments.at(-1)?.status === 'completed';
      const lived = isOver && carried ? carriedOver(carried, job, startMs) : live(named, at + 1, startMs);
      jobs.push(lived);
      makeJob(maker, lived, { ...plan, runId, attempt: place + 1, repository });
    }
    before = jobs;
  }
}

function makeAttempt(
  maker: WebhookMaker,
  { repository, workflow, event, branch, pullRequests }: RunPlan,
  attempt: AttemptPlan,
  { runId, number, bornMs, startMs }: { runId: number; number: number; bornMs: number; startMs: number },
): void {
  const moments = runMoments(attempt, startMs);
  maker.turn();
  for (const { action, status, atMs, conclusion: ending = null } of moments) {
    const run = {
      id: runId,
      name: workflow.title(runId),
      path: workflow.path,
      run_number: 7,
      run_attempt: number,
      event,
      status,
      conclusion: ending,
      head_branch: branch,
      pull_requests: pullRequests.map(({ base, isElsewhere }, index) => ({
        number: index + 1,
        base: { ref: base, repo: { id: isElsewhere ? 99 : REPOSITORIES[repository]?.id } },
      })),
      created_at: timeText(bornMs),
      run_started_at: timeText(startMs),
      updated_at: timeText(atMs),
    };
    maker.make('workflow_run', atMs, {
      action,
      workflow_run: run,
      workflow: { name: workflow.name, path: workflow.path },
      repository: REPOSITORIES[repository],
    });
  }
}

function makeJob(
  maker: WebhookMaker,
  job: Lived,
  of: {
    runId: number;
    attempt: number;
    repository: object | undefined;
    workflow: WorkflowFields;
    isOld: boolean;
  },
): void {
  const { plan, createdMs, releasedMs } = job;
  const jobId = 100_000_000_000 + maker.nextId();
  maker.turn();
  for (const { action, status, atMs } of job.moments) {
    const deployedMs = atMs >= releasedMs ? releasedMs : createdMs;
    maker.make('workflow_job', atMs, {
      action,
      workflow_job: {
        id: jobId,
        run_id: of.runId,
        ...(of.isOld && of.attempt === 1 ? {} : { run_attempt: of.attempt }),
        ...(of.isOld ? {} : { workflow_name: of.workflow.title(of.runId), created_at: timeText(createdMs) }),
        ...jobObject(job, status, of.runId),
      },
      ...(hasEnvironment(plan) ? { deployment: { updated_at: timeText(deployedMs) } } : {}),
      repository: of.repository,
    });
  }
}
