import type { Clock } from '../domain/contracts.ts';
import type { ApiResult, GitHub, Priority } from '../domain/github-api.ts';
import { listed, ok } from './answers.ts';
import { integerOf, type Json, objectOf } from './fields.ts';
import type { RepositoryContext } from './rest-deliveries.ts';
import { isNumbered, isRepository } from './shapes.ts';

const WORKFLOWS = {
  isEntry: isNumbered,
  member: 'workflows',
  pick: (workflow: Json): [number, Json][] => [[integerOf(workflow['id']) ?? 0, workflow]],
};
/** Default branches and names of workflows change rarely. */
const KEEP_MS = 10 * 60_000;

/**
 * What webhooks repeat in each payload and the API returns separately: the repository, and the names of its
 * workflows (a run that failed at start-up has its file's name instead). Cached for ten minutes.
 */
export function openRepositoryContext(
  github: Pick<GitHub, 'get' | 'pages'>,
  steady: Clock,
): (repository: string, priority: Priority) => Promise<ApiResult<RepositoryContext>> {
  const kept = new Map<
    string,
    { readonly atMs: number; readonly answer: Promise<ApiResult<RepositoryContext>> }
  >();

  async function read(repository: string, priority: Priority): Promise<ApiResult<RepositoryContext>> {
    const [owner = '', repo = ''] = repository.split('/');
    const options = { owner, priority, params: { repo }, conditional: true };
    const found = await github.get('/repos/{owner}/{repo}', { ...options, isReadable: isRepository });
    if (found.kind !== 'ok') return found;
    const params = { repo, per_page: 100 };
    const route = '/repos/{owner}/{repo}/actions/workflows';
    const workflows = await listed(github, route, { ...options, params }, WORKFLOWS);
    if (workflows.kind !== 'ok') return workflows;
    return ok({
      repository: objectOf(found.data) ?? {},
      workflows: new Map(workflows.data),
    });
  }

  return async (repository, priority) => {
    const known = kept.get(repository);
    if (known !== undefined && steady() - known.atMs < KEEP_MS) return known.answer;
    const answer = read(repository, priority);
    kept.set(repository, { atMs: steady(), answer });
    const { kind } = await answer;
    if (kind !== 'ok') kept.delete(repository);
    return answer;
  };
}
