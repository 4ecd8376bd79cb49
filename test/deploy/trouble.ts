import { withFault } from '../faults.ts';
import type { Webhook } from '../pipeline.ts';
import type { Service, ServiceOptions } from '../service.ts';
import { at, completed, exampleOf, NOW, queued, runWebhook, webhook } from '../traps/github.ts';

/** The second that it is now, as the fixtures count. */
const TODAY = Math.floor((Date.now() - NOW) / 1000) + 7200;
const MINUTE = 60;
const REPOSITORY = { full_name: 'octo-org/octo-repo', private: false, default_branch: 'main' };

function deployment(second: number, state: string): Webhook {
  const example = exampleOf('deployment_status', 1);
  const times = { created_at: at(second), updated_at: at(second) };
  return webhook('deployment_status', second, {
    ...example,
    ...{ workflow_run: null, check_run: undefined, repository: REPOSITORY },
    deployment_status: {
      ...(example['deployment_status'] as object),
      ...{ id: 700_000_000 + second, state, environment: 'production', ...times },
    },
    deployment: { ...(example['deployment'] as object), ...times, id: 5, environment: 'production' },
  });
}

function run(id: number, conclusion: string): Webhook {
  const times = { created_at: at(TODAY - 120), run_started_at: at(TODAY - 120), updated_at: at(TODAY - id) };
  return runWebhook('completed', TODAY, { id, conclusion, ...times });
}

function job(id: number, minutesAgo: number): Webhook {
  const times = { created_at: at(TODAY - minutesAgo * MINUTE), started_at: at(TODAY - minutesAgo * MINUTE) };
  return queued(TODAY, { id, run_id: id, labels: ['self-hosted', 'gpu'], ...times });
}

async function post(service: Service, webhooks: readonly Webhook[], secret?: string): Promise<void> {
  for (const { event, body, guid } of webhooks)
    await service.post(event, body, { guid, ...(secret !== undefined && { secret }) });
}

/** Work that goes well, before anything is scraped. */
export async function goWell(service: Service): Promise<void> {
  const times = { created_at: at(TODAY - 90), started_at: at(TODAY - 80), completed_at: at(TODAY - 20) };
  await post(service, [
    completed(TODAY, { id: 7, run_id: 7, steps: [], runner_id: 3, runner_name: 'r', ...times }),
    run(7, 'success'),
    job(8, 1),
    deployment(TODAY - 60, 'in_progress'),
  ]);
  await service.settled();
}

/** A bit of everything that goes wrong. */
export async function goWrong(service: Service): Promise<void> {
  await post(service, [
    job(9, 40),
    ...[1, 2, 3].map((id) => run(id, 'failure')),
    deployment(TODAY - 30, 'failure'),
    queued(TODAY, { id: 10, run_id: 10, name: 'fault-type-error' }),
  ]);
  await post(service, [job(11, 0), job(12, 0), job(13, 0)], 'a secret that nobody knows');
}

/** The alerts that an alerting program has to find then, and no others. */
export const DUE: readonly string[] = [
  'AntWatcherErrorLogged',
  'AntWatcherParked',
  'AntWatcherReceiverRefuses',
  'AntWatcherRefusing',
  'GitHubActionsDefaultBranchFailing',
  'GitHubActionsDeploymentFailed',
  'GitHubActionsJobStuckQueued',
];

/** A service that `goWrong` works on. What is pushed goes to that port, which should refuse it. */
export function troubledService(receiverPort: number): ServiceOptions {
  return {
    env: {
      NODE_OPTIONS: withFault('fault-type-error', 'engine'),
      ANT_WATCHER_COLLECTOR_MAX_ATTEMPTS: '1',
      ANT_WATCHER_PUSH_URL: `http://127.0.0.1:${receiverPort}`,
    },
  };
}
