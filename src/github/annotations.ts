import type { Clock } from '../domain/contracts.ts';
import { type Annotation, failureReasonOf } from '../domain/failure-reason.ts';
import type { GitHub } from '../domain/github-api.ts';
import type { AnnotationsResult, GitHubAnnotations } from '../domain/github-inquiry.ts';
import { reasonDelivery, type Unexplained, unaskedDelivery } from '../domain/reason-delivery.ts';
import { confirmMissing } from './answers.ts';
import { objectOf, textOf } from './fields.ts';
import { isListOf, isObject } from './shapes.ts';

/** The id of a job is that of its check run. */
export const ANNOTATIONS = '/repos/{owner}/{repo}/check-runs/{check_run_id}/annotations';
/** GitHub keeps 50 that the steps of a job write; only other programs can add more. */
const FIRST_PAGE = { per_page: 100 };

/** Asks for the annotations of one job after the other: one request each, and one more if they are missing. */
export function openAnnotations(github: Pick<GitHub, 'get'>, clock: Clock): GitHubAnnotations {
  return { about: (job) => ask(github, job, clock) };
}

async function ask(github: Pick<GitHub, 'get'>, job: Unexplained, clock: Clock): Promise<AnnotationsResult> {
  const [owner = '', repo = ''] = job.repository.split('/');
  const answer = await github.get(ANNOTATIONS, {
    owner,
    priority: 'explain',
    params: { repo, check_run_id: job.jobId, ...FIRST_PAGE },
    isReadable: isListOf(isObject),
  });
  if (answer.kind === 'ok')
    return { kind: 'answered', delivery: reasonDelivery(job, failureReasonOf(read(answer.data)), clock()) };
  if (answer.kind === 'forbidden') return { kind: 'hidden' };
  if (answer.kind === 'failed') return answer;
  const confirmed = await confirmMissing(github, job.repository, 'explain');
  if (confirmed.kind === 'missing')
    return { kind: 'answered', delivery: unaskedDelivery(job, 'not_visible', clock()) };
  return confirmed.kind === 'failed' ? confirmed : { kind: 'hidden' };
}

function read(data: unknown): Annotation[] {
  return (data as unknown[]).map((each) => {
    const annotation = objectOf(each) ?? {};
    return {
      path: textOf(annotation['path']) ?? '',
      level: textOf(annotation['annotation_level']) ?? '',
      message: textOf(annotation['message']) ?? '',
    };
  });
}
