import type { Service } from '../service.ts';

/** The repository of the good deliveries: no damaged one has it. */
export const GOOD_REPOSITORY = 'good/work';

/** Sends the end of a new job, twice as GitHub may do. Throws when it is not accepted. */
export async function sendGood(service: Service, number: number): Promise<void> {
  const payload = {
    action: 'completed',
    workflow_job: {
      id: 8_000_000_000 + number,
      run_id: 9_000_000_000 + number,
      run_attempt: 1,
      name: 'build',
      workflow_name: 'CI',
      status: 'completed',
      conclusion: 'success',
      created_at: '2026-11-24T10:00:00Z',
      started_at: '2026-11-24T10:00:10Z',
      completed_at: '2026-11-24T10:01:10Z',
      labels: ['ubuntu-latest'],
      runner_id: 1,
      runner_name: 'one',
      steps: [],
    },
    repository: { full_name: GOOD_REPOSITORY, private: false, default_branch: 'main' },
  };
  const guid = `00000000-0000-1000-8000-${number.toString(16).padStart(12, '0')}`;
  for (const time of ['first', 'second']) {
    const { status, text } = await service.post('workflow_job', payload, { guid });
    if (status !== 202) throw new Error(`a good delivery was answered ${status} the ${time} time: ${text}`);
  }
}
