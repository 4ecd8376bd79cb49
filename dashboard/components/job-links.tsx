import type { JobLink } from '../../src/domain/openapi-types.ts';
import { Age } from './time.tsx';

/** The latest jobs behind a number, by their age: each leads to its run here, and to the job at GitHub. */
export function JobLinks({ jobs }: { readonly jobs: readonly JobLink[] }) {
  return (
    <ul class="job-links">
      {jobs.map(({ run_id, job_id, at, url }) => (
        <li key={job_id}>
          <a href={`/runs/${run_id}`} title={`Run ${run_id}`}>
            <Age since={at} isShort />
          </a>
          <a
            href={url}
            target="_blank"
            rel="noreferrer"
            title="At GitHub"
            aria-label={`Job ${job_id} at GitHub`}
          >
            ↗
          </a>
        </li>
      ))}
    </ul>
  );
}
