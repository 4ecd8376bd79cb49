import type { Now, RunJob } from '../../../src/domain/openapi-types.ts';
import { useAnswer } from '../../answers/use-answer.ts';
import { Duration } from '../../components/time.tsx';
import { formatCount } from '../../format/number.ts';
import { linkTo } from '../../state/navigation.ts';

/** So many jobs before one are counted. */
const COUNTED = 200;
/** So many queues are explained: a run may ask for many kinds of runners. */
const QUEUES = 3;
/** A percentile of fewer says little. */
const FEW = 5;

/** Why the jobs of a run have not started: what they wait for, and what waits before them. */
export function Waits({ jobs }: { readonly jobs: readonly RunJob[] }) {
  const held = jobs.find(({ status }) => status === 'waiting');
  const queued = jobs.filter(({ status }) => status === 'queued' || status === 'requested');
  const queues = [...Map.groupBy(queued, ({ runs_on }) => runs_on).values()].slice(0, QUEUES);
  if (held === undefined && queues.length === 0) return null;
  return (
    <section class="waits-for" aria-label="Why it has not started">
      {held !== undefined && (
        <p class="card">
          <strong>{held.name}</strong> waits for an approval at GitHub, not for a runner.
        </p>
      )}
      {queues.map((each) => (
        <Queue key={each[0]?.runs_on} jobs={each} />
      ))}
    </section>
  );
}

/** What is known of one queue, for those of a run that wait in it. */
function Queue({ jobs }: { readonly jobs: readonly RunJob[] }) {
  const [first] = [...jobs].sort((a, b) => startOf(a) - startOf(b));
  const runsOn = first?.runs_on ?? '';
  const parameters = { runs_on: runsOn, status: 'queued', limit: COUNTED };
  const { answer: now } = useAnswer('now', parameters, { everySeconds: 10 });
  const { answer: past } = useAnswer('queues', { runs_on: runsOn, from: '-24h', limit: 1 });
  const group = now?.groups[0];
  if (first === undefined || now === null || group === undefined) return null;
  const filters = { runs_on: [runsOn] };
  const { p50 = null, p95 = null, count = 0 } = past?.total ?? {};
  return (
    <p class="card">
      <strong>{first.name}</strong> waits for a runner with{' '}
      <a href={linkTo({ path: '/', filters, own: {} })}>{runsOn}</a>: {formatCount(group.in_progress)} running
      there, {formatCount(group.queued)} waiting, {before(now, first)}.{' '}
      {count >= FEW && (
        <>
          In the last 24 hours half of the jobs there started within <Duration seconds={p50} />, and 95%
          within <Duration seconds={p95} />.{' '}
        </>
      )}
      <a href={linkTo({ path: '/queues', filters, own: {} })}>Queue</a>
      {' · '}
      <a href={linkTo({ path: '/capacity', filters, own: {} })}>Capacity</a>
    </p>
  );
}

/** How many of those that wait have waited longer. */
function before(now: Now, job: RunJob): string {
  const place = now.jobs.findIndex(({ job_id }) => job_id === job.job_id);
  if (place === 0) return 'none of them for longer';
  if (place > 0) return `${formatCount(place)} of them for longer`;
  return now.cursor === null ? 'this one is about to start' : `more than ${formatCount(COUNTED)} for longer`;
}

function startOf({ released_at, created_at }: RunJob): number {
  return Date.parse(released_at ?? created_at ?? '') || 0;
}
