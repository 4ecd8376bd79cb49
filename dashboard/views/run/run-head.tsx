import { failedJobs, failedStepOf } from '../../../src/domain/failed-jobs.ts';
import type { Run, RunJob } from '../../../src/domain/openapi-types.ts';
import { Conclusion } from '../../components/conclusion.tsx';
import { Tile, Tiles } from '../../components/tile.tsx';
import { Age, Duration, Time } from '../../components/time.tsx';
import { formatCount } from '../../format/number.ts';
import { linkTo } from '../../state/navigation.ts';
import { segmentsOf, slowestStep } from './segments.ts';

/** What run it is, how it went, and the numbers that say where its time went. */
export function RunHead({ answer }: { readonly answer: Run }) {
  const { run } = answer;
  const { repository, workflow, run_number, run_id, conclusion, status, stale } = run;
  return (
    <>
      <header class="run-head">
        <h2>
          <Conclusion value={conclusion ?? status} />{' '}
          <a
            href={linkTo({ path: '/workflows', filters: { repository: [repository], workflow: [workflow] } })}
          >
            {workflow}
          </a>{' '}
          <span class="faint">#{run_number ?? run_id}</span>
          {stale && <span class="tag">stale</span>}
        </h2>
        <Facts answer={answer} />
      </header>
      <Numbers answer={answer} />
    </>
  );
}

const RERUNS = {
  all: 're-run of all jobs',
  failed: 're-run of a part',
  unknown: 're-run',
} as const;

function Facts({ answer: { run } }: { readonly answer: Run }) {
  const { repository, branch, branch_name, head_sha, event, started_at, url, run_id, rerun_kind } = run;
  return (
    <p class="run-facts">
      <span>{repository}</span>
      <span>
        {branch_name ?? branch}
        {head_sha !== null && <code> {head_sha.slice(0, 7)}</code>}
      </span>
      <span>{event.replaceAll('_', ' ')}</span>
      {rerun_kind !== null && <span>{RERUNS[rerun_kind]}</span>}
      <span>
        started <Time at={started_at} />
      </span>
      <span class="links">
        <a href={url} target="_blank" rel="noreferrer">
          GitHub
        </a>
        <a href={`/api/v1/explain?run=${run_id}`} target="_blank" rel="noreferrer">
          Explain
        </a>
      </span>
    </p>
  );
}

function Numbers({ answer }: { readonly answer: Run }) {
  const { run, jobs, now } = answer;
  const own = jobs.filter((job) => !job.carried_over);
  const failed = failedJobs(jobs);
  const critical = own.filter((job) => job.critical);
  return (
    <Tiles>
      {run.status === 'completed' ? (
        <Tile label="Duration" definition="duration" value={<Duration seconds={run.duration_seconds} />} />
      ) : (
        <Tile label="So far" value={<Age since={run.started_at} />} tone="running" />
      )}
      <Tile
        label="Until the first job started"
        definition="run_queue"
        value={<Duration seconds={run.queue_seconds} />}
      />
      <Tile
        label="Jobs"
        value={formatCount(own.length)}
        {...(failed.length > 0 && { tone: 'failure', note: <Failed jobs={failed} /> })}
      />
      <Tile
        label="Critical path"
        definition="critical_path"
        value={<Duration seconds={critical.length === 0 ? null : secondsOf(critical, now)} />}
        note={`${formatCount(critical.length)} of ${formatCount(own.length)} jobs`}
      />
      <Slowest jobs={jobs} />
    </Tiles>
  );
}

/** How many, and where the first of them did: it leads to the step. */
function Failed({ jobs }: { readonly jobs: readonly RunJob[] }) {
  const [first] = jobs;
  if (first === undefined) return null;
  const step = failedStepOf(first);
  return (
    <>
      {formatCount(jobs.length)} failed{' '}
      <a class="cut" href={linkTo({ own: { job: String(first.job_id) } })} title={first.name}>
        {step ?? first.name}
      </a>
    </>
  );
}

function secondsOf(jobs: readonly RunJob[], now: string): number {
  const segments = jobs.flatMap((job) => segmentsOf(job, Date.parse(now)));
  return segments.reduce((sum, { fromMs, toMs }) => sum + (toMs - fromMs) / 1000, 0);
}

function Slowest({ jobs }: { readonly jobs: readonly RunJob[] }) {
  const slowest = slowestStep(jobs);
  if (slowest === null)
    return <Tile label="Slowest step" definition="steps" value="–" note="No steps are known" />;
  const { job, step, seconds } = slowest;
  const text = `${step.name} (${job.name})`;
  return (
    <Tile
      label="Slowest step"
      definition="steps"
      value={<Duration seconds={seconds} />}
      href={linkTo({ own: { job: String(job.job_id) } })}
      note={
        <span class="cut" title={text}>
          {text}
        </span>
      }
    />
  );
}
