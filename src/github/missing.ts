import type { Answer, GitHub, Priority } from '../domain/github-api.ts';
import { isListOf, isRun } from './shapes.ts';

const RUNS = '/repos/{owner}/{repo}/actions/runs';

/**
 * GitHub answers 404 for what is gone, and also for what we may not see any more. Answers `missing` when runs of the repository can be
 * read at this moment, so that what was asked for is truly gone; else what stands in the way, `hidden` when that is a 404 as well.
 */
export async function confirmMissing(
  github: Pick<GitHub, 'get'>,
  repository: string,
  priority: Priority,
): Promise<{ readonly kind: 'hidden' } | Exclude<Answer<never>, { kind: 'ok' }>> {
  const [owner = '', repo = ''] = repository.split('/');
  const answer = await github.get(RUNS, {
    ...{ owner, priority, conditional: true, params: { repo, per_page: 1 } },
    isReadable: isListOf(isRun, 'workflow_runs'),
  });
  if (answer.kind === 'ok') return { kind: 'missing' };
  return answer.kind === 'missing' ? { kind: 'hidden' } : answer;
}
