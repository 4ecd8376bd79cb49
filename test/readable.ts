import fc from 'fast-check';
import type { Webhook } from './pipeline.ts';
import { heardMs } from './reference-reports.ts';

/** A list of deliveries that fast-check prints one per line. */
export function readable(sent: readonly Webhook[]): readonly Webhook[] {
  const list = [...sent];
  Object.defineProperty(list, fc.toStringMethod, { value: () => `\n${list.map(lineOf).join('\n')}\n` });
  return list;
}

/** A short form for people: `guid-time event action job/run attempt status …`. */
export function lineOf({ guid, event, body }: Webhook): string {
  const payload = JSON.parse(body);
  const time = new Date(heardMs(guid)).toISOString().slice(5, 23);
  const head = `${time} ${guid.slice(-4)} ${event} ${payload.action ?? ''}`;
  if (payload.workflow_run) {
    const { id, run_attempt, status, conclusion, run_started_at, updated_at } = payload.workflow_run;
    return `${head} run ${id}/${run_attempt} ${status} ${conclusion} ${run_started_at} … ${updated_at}`;
  }
  const job = payload.workflow_job;
  if (!job) return head;
  const { id, run_id, run_attempt, name, status, conclusion, runner_id, steps } = job;
  const times = [job.created_at, job.started_at, job.completed_at].map((each) => each?.slice(5, 19) ?? '-');
  const gate = payload.deployment ? ` deployed ${payload.deployment.updated_at.slice(5, 19)}` : '';
  return `${head} job ${id} of ${run_id}/${run_attempt} ${JSON.stringify(name.slice(0, 60))} ${status} ${conclusion} ${times.join(' ')} runner ${runner_id} steps ${steps.length}${gate}`;
}
