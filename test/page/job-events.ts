import { deliveriesOf } from '../../simulator/deliveries.ts';
import { pastWorld } from '../../simulator/world.ts';
import type { Service } from '../service.ts';

/* Jobs that a test queues, starts and ends itself, in GitHub's form. */

const world = pastWorld({
  seed: 'job events',
  runs: 5,
  endMs: Date.now(),
  spanMs: 12 * 3_600_000,
  inFlight: 0,
});

export interface JobEvent {
  readonly id: number;
  readonly action: 'queued' | 'waiting' | 'in_progress' | 'completed';
  readonly name?: string;
  readonly labels?: readonly string[];
  readonly createdAtMs?: number;
}

/** Posts the event, and waits until it is counted. */
export async function postJob(service: Service, event: JobEvent): Promise<void> {
  await service.post('workflow_job', jobPayload(event));
  await service.settled();
}

export function jobPayload(event: JobEvent): unknown {
  const { id, action, name = `job ${event.id}`, labels = ['gpu'], createdAtMs = Date.now() } = event;
  const template = templateOf(action === 'waiting' ? 'queued' : action);
  const iso = (ms: number) => new Date(Math.floor(ms / 1000) * 1000).toISOString().replace('.000Z', 'Z');
  const times = {
    created_at: iso(createdAtMs),
    started_at: iso(action === 'in_progress' || action === 'completed' ? Date.now() : createdAtMs),
    completed_at: action === 'completed' ? iso(Date.now()) : null,
  };
  const job = { ...template.workflow_job, id, run_id: id, name, labels, ...times, status: action };
  return { ...template, action, workflow_job: job };
}

function templateOf(action: string): { readonly workflow_job: Readonly<Record<string, unknown>> } {
  for (const { event, body } of deliveriesOf(world)) {
    if (event !== 'workflow_job') continue;
    const payload = JSON.parse(body());
    // A job without an approval.
    if (
      payload.action === action &&
      payload.deployment === undefined &&
      payload.workflow_job.runner_id !== null
    )
      return payload;
    if (payload.action === action && action === 'queued') return payload;
  }
  throw new Error(`The world has no event ${action}.`);
}
