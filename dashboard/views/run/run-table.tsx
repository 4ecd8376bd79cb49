import type { Run, RunJob } from '../../../src/domain/openapi-types.ts';
import { AsTable } from '../../components/as-table.tsx';
import { Duration, Time } from '../../components/time.tsx';
import { conclusionOf, type Step, secondsOf } from './segments.ts';
import { whyOf } from './waterfall-row.tsx';

const TITLES = 'Job Step Conclusion Created Released Started Ended Queue Duration'.split(' ');

/** Everything that the waterfall draws, in words and numbers. */
export function RunTable({ answer: { jobs } }: { readonly answer: Run }) {
  return (
    <AsTable title="Jobs and steps">
      {() => (
        <>
          <thead>
            <tr>
              {TITLES.map((title) => (
                <th key={title} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>{jobs.flatMap((job) => [<JobRow key={job.job_id} job={job} />, ...stepRows(job)])}</tbody>
        </>
      )}
    </AsTable>
  );
}

function JobRow({ job }: { readonly job: RunJob }) {
  const marks = [
    job.critical ? 'critical path' : '',
    job.carried_over ? 'from an earlier attempt' : '',
    ...whyOf(job),
  ];
  const conclusion = (job.conclusion ?? job.status).replaceAll('_', ' ');
  return (
    <tr>
      <th scope="row">{job.name}</th>
      <td />
      <td>{[conclusion, ...marks.filter((mark) => mark !== '')].join(', ').replaceAll('_', ' ')}</td>
      {[job.created_at, job.released_at, job.started_at, job.completed_at].map((at, index) => (
        <td key={index}>
          <Time at={at} />
        </td>
      ))}
      <td class="number">
        <Duration seconds={job.queue_seconds} />
      </td>
      <td class="number">
        <Duration seconds={job.duration_seconds} />
      </td>
    </tr>
  );
}

function stepRows(job: RunJob) {
  return (job.steps ?? []).map((step: Step) => (
    <tr key={`${job.job_id} ${step.number}`}>
      <th scope="row">{job.name}</th>
      <td>{step.name}</td>
      <td>{conclusionOf(job, step).replaceAll('_', ' ')}</td>
      <td />
      <td />
      <td>
        <Time at={step.started_at} />
      </td>
      <td>
        <Time at={step.completed_at} />
      </td>
      <td />
      <td class="number">
        <Duration seconds={secondsOf(job, step)} />
      </td>
    </tr>
  ));
}
