import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from '../test/service.ts';

/* Very many open jobs, of which some change in each second. */

export const CHANGES_PER_SECOND = 50;
const AT_ONCE = 50;

/** Opens so many jobs, from the first id on. */
export async function openJobsOf(service: Service, count: number): Promise<void> {
  for (let id = 1; id <= count; id += AT_ONCE)
    await Promise.all(Array.from({ length: AT_ONCE }, (_, at) => postJob(service, id + at, 'queued')));
  await service.settled();
}

interface Changes {
  readonly openJobs: number;
  /** Seconds of changes that were made before. */
  readonly after: number;
  readonly seconds: number;
}

/** The oldest jobs start and end, and new ones come: as many stay open. */
export async function makeChanges(service: Service, { openJobs, after, seconds }: Changes): Promise<void> {
  const startMs = performance.now();
  const first = CHANGES_PER_SECOND * after;
  const posts: Promise<void>[] = [];
  for (let change = first; change < first + CHANGES_PER_SECOND * seconds; change += 1) {
    const id = Math.floor(change / 3) + 1;
    const actions = [
      () => postJob(service, id, 'in_progress'),
      () => postJob(service, id, 'completed'),
      () => postJob(service, openJobs + id, 'queued'),
    ];
    posts.push(actions[change % 3]?.() ?? Promise.resolve());
    const dueMs = startMs + ((change - first) * 1000) / CHANGES_PER_SECOND;
    await sleep(Math.max(0, dueMs - performance.now()));
  }
  await Promise.all(posts);
}

async function postJob(
  service: Service,
  id: number,
  action: 'queued' | 'in_progress' | 'completed',
): Promise<void> {
  const time = new Date().toISOString();
  const { status } = await service.post('workflow_job', {
    action,
    workflow_job: {
      ...{ id, run_id: Math.ceil(id / 8), run_attempt: 1, name: `test (${id % 30}, linux)`, steps: [] },
      ...{ status: action, conclusion: action === 'completed' ? 'success' : null },
      ...{ workflow_name: 'CI', head_branch: 'main', head_sha: String(id).padStart(40, '0') },
      ...{ labels: ['self-hosted', `pool-${id % 20}`], created_at: time, started_at: time },
      ...(action !== 'queued' && { runner_id: id, runner_name: `runner ${id}`, runner_group_name: 'pool' }),
      ...(action === 'completed' && { completed_at: time }),
    },
    repository: { id: id % 300, full_name: `acme/service-${id % 300}`, default_branch: 'main' },
  });
  if (status !== 202) throw new Error(`A job was answered with ${status}.`);
}
