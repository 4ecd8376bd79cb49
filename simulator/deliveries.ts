import { deliveryId } from './delivery-id.ts';
import { type DeploymentMoment, deploymentMoments, isDeployment, reviewMoments } from './deployment-life.ts';
import type { Attempt, Repository, Run } from './model.ts';
import { createPayloadContext, type PayloadContext } from './payload-context.ts';
import { deploymentPayload, reviewPayload } from './payload-deployment-events.ts';
import { jobPayload } from './payload-job.ts';
import { dispatchPayload, runPayload } from './payload-run.ts';
import { createRandom, type Random } from './random.ts';
import { createTimeQueue } from './time-queue.ts';
import { runsOf, type World } from './world.ts';

/** One webhook on its way. */
export interface SimulatedDelivery {
  /** When it reaches the receiver, in world time. */
  readonly atMs: number;
  /** When the event happened, in world time. */
  readonly happenedMs: number;
  /** `X-GitHub-Delivery`. */
  readonly guid: string;
  /** `X-GitHub-Event`. */
  readonly event:
    | 'workflow_run'
    | 'workflow_job'
    | 'workflow_dispatch'
    | 'deployment'
    | 'deployment_status'
    | 'deployment_review';
  /** The `action` in the body; null for an event without one. */
  readonly action: string | null;
  readonly repository: Repository;
  /** Whether it is the first to tell that a job has ended, as often as it was executed. */
  readonly endsJob: boolean;
  /** The JSON text, made on request: the same each time. */
  body(): string;
}

/** The longest time from an event to its delivery. */
export const MAX_DELAY_MS = 2600;

/**
 * What GitHub sends about everything that happens in the world until its end, in order of arrival: each 0.3
 * to 2.5 s after its event, so that neighbours swap places now and then. Memory is bounded by the runs that
 * live at one time.
 */
export function deliveriesOf(world: World): Generator<SimulatedDelivery> {
  return deliveriesOfRuns(runsOf(world), world);
}

/** The same for runs in order of creation. */
export function* deliveriesOfRuns(
  runs: Iterable<Run>,
  { seed, endMs, deployments = false }: Pick<World, 'seed' | 'endMs'> & Partial<Pick<World, 'deployments'>>,
): Generator<SimulatedDelivery> {
  const context = createPayloadContext();
  const onTheWay = createTimeQueue<SimulatedDelivery>();
  for (const run of runs) {
    yield* onTheWay.due(run.createdMs);
    const random = createRandom(`${seed}/way/${run.id}`);
    for (const delivery of deliveriesOfRun(run, endMs, context, random)) {
      onTheWay.add(delivery.atMs, delivery);
    }
    for (const delivery of deployments ? deploymentsOfRun(run, context, `${seed}/way/${run.id}`) : [])
      if (delivery.happenedMs <= endMs) onTheWay.add(delivery.atMs, delivery);
  }
  yield* onTheWay.due(Number.POSITIVE_INFINITY);
}

function* deliveriesOfRun(
  run: Run,
  endMs: number,
  context: PayloadContext,
  random: Random,
): Generator<SimulatedDelivery> {
  if (run.event === 'workflow_dispatch') {
    const moments = [{ atMs: run.createdMs, action: null }];
    yield* deliver(run, 'workflow_dispatch', moments, random, () => dispatchPayload(run, context));
  }
  for (const attempt of run.attempts) {
    for (const delivery of deliveriesOfAttempt(run, attempt, context, random)) {
      if (delivery.happenedMs <= endMs) yield delivery;
    }
  }
}

function* deliveriesOfAttempt(
  run: Run,
  attempt: Attempt,
  context: PayloadContext,
  random: Random,
): Generator<SimulatedDelivery> {
  yield* deliver(run, 'workflow_run', attempt.moments, random, (moment) =>
    runPayload(run, attempt, moment, context),
  );
  for (const job of attempt.jobs) {
    const isExecution = job.kind !== 'check_run' && !job.carriedOver;
    const reports = deliver(run, 'workflow_job', job.moments, random, (moment) =>
      jobPayload(run, attempt, job, moment, context),
    );
    for (const report of reports) yield { ...report, endsJob: isExecution && report.action === 'completed' };
  }
}

/** With draws of their own, so that the other deliveries are the same without them. */
function* deploymentsOfRun(run: Run, context: PayloadContext, seed: string): Generator<SimulatedDelivery> {
  for (const attempt of run.attempts)
    for (const job of attempt.jobs.filter(isDeployment)) {
      const random = createRandom(`${seed}/deployment/${job.id}`);
      const of = { run, attempt, job };
      const bodyOf = (moment: DeploymentMoment) => deploymentPayload(of, moment, context);
      const [first, ...statuses] = deploymentMoments(job);
      if (first !== undefined) yield* deliver(run, 'deployment', [first], random, bodyOf);
      yield* deliver(run, 'deployment_status', statuses, random, bodyOf);
      const reviews = deliver(run, 'deployment_review', reviewMoments(job), random, (moment) =>
        reviewPayload(of, moment, context),
      );
      // Their ids have the times of the decisions: no field has.
      for (const review of reviews) yield { ...review, guid: deliveryId(review.happenedMs, random.hex(16)) };
    }
}

/**
 * The deliveries about one object. Their ids are made 0.3 to 2 s after the events, in the order of
 * the events; the network takes up to half a second more, and may change the order.
 */
function* deliver<M extends { readonly atMs: number; readonly action: string | null }>(
  { repository }: Run,
  event: SimulatedDelivery['event'],
  moments: readonly M[],
  random: Random,
  bodyOf: (moment: M) => string,
): Generator<SimulatedDelivery> {
  let madeMs = 0;
  for (const moment of moments) {
    madeMs = Math.max(madeMs + 1, moment.atMs + random.int(300, 2000));
    const guid = deliveryId(madeMs, random.hex(16));
    const atMs = madeMs + random.int(30, 500);
    const { atMs: happenedMs, action } = moment;
    yield { atMs, happenedMs, guid, event, action, repository, endsJob: false, body: () => bodyOf(moment) };
  }
}
