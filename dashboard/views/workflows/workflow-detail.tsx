import type { WorkflowRow } from '../../../src/domain/openapi-types.ts';
import { useViewAnswer } from '../../answers/use-answer.ts';
import { Card } from '../../components/card.tsx';
import { Change } from '../../components/change.tsx';
import { fewInWords } from '../../components/percentile.tsx';
import { Loaded } from '../../components/states.tsx';
import { Strip } from '../../components/strip.tsx';
import { Tile } from '../../components/tile.tsx';
import { Duration } from '../../components/time.tsx';
import { NOTHING } from '../../format/duration.ts';
import { formatCount, formatMoney, formatPercent } from '../../format/number.ts';
import { linkTo } from '../../state/navigation.ts';
import { JobNames } from '../jobs/job-names.tsx';
import { LatestRuns } from './latest-runs.tsx';
import { costHref, FAILURES, failuresHref, jobNamesHref, jobsHref, runHref, runsHref } from './links.ts';
import { SlowestSteps } from './slowest-steps.tsx';
import { Trend } from './trend.tsx';

interface WorkflowDetailProps {
  readonly repository: string;
  readonly workflow: string;
}

/** One workflow: its numbers, how they change, its jobs and its latest runs. */
export function WorkflowDetail(place: WorkflowDetailProps) {
  const { repository, workflow } = place;
  const asked = useViewAnswer('workflows', { limit: 1 }, { isExported: true });
  return (
    <>
      <header class="workflow-title">
        <h2>{workflow}</h2>
        <p>
          {repository} · <a href={linkTo({ filters: { repository: [], workflow: [] } })}>all workflows</a>
        </p>
      </header>
      <Loaded of={asked} isEmpty={({ rows }) => rows.length === 0}>
        {({ rows }) =>
          rows.map((row) => (
            <div key={workflow} class="stack">
              <Numbers row={row} />
              <Trend place={place} />
              <SlowestSteps place={place} />
              <JobNames title="Jobs" sortParameter="jobs_sort" />
              <LatestRuns place={place} />
            </div>
          ))
        }
      </Loaded>
    </>
  );
}

function Numbers({ row }: { readonly row: WorkflowRow }) {
  const { strip, consecutive_failures: inARow, durations: few } = row;
  return (
    <>
      <div class="tiles workflow-tiles">
        <Tile
          label="Runs"
          definition="runs"
          value={formatCount(row.runs)}
          href={runsHref(row)}
          note={row.reruns === 0 ? 'No re-runs' : `${formatCount(row.reruns)} of them re-runs`}
        />
        <Tile
          label="Pass rate"
          definition="pass_rate"
          value={formatPercent(row.pass_rate)}
          href={runsHref(row, FAILURES)}
          note={<a href={failuresHref(row)}>What fails</a>}
        />
        <Tile
          label="Duration p50"
          definition="duration"
          value={few === null ? <Duration seconds={row.p50} /> : fewInWords(few) || NOTHING}
          href={runsHref(row, ['success'], '-duration_seconds')}
          note={
            few === null ? (
              <Change of={row.change} unit="seconds" better="lower" />
            ) : (
              'All of them: fewer than five'
            )
          }
        />
        <Tile
          label="Duration p95"
          definition="percentile"
          value={few === null ? <Duration seconds={row.p95} /> : NOTHING}
          href={runsHref(row, ['success'], '-duration_seconds')}
        />
        <Tile
          label="Queue time p95"
          definition="queue_time"
          value={<Duration seconds={row.queue_p95} />}
          href={jobsHref(row, [], '-queue_seconds')}
        />
        <Tile
          label="Total time"
          definition="total_time"
          value={<Duration seconds={row.total_seconds} />}
          href={jobNamesHref(row)}
        />
        <Tile label="Cost" definition="cost" value={formatMoney(row.cost_dollars)} href={costHref(row)} />
        <Tile
          label="Failures in a row"
          definition="consecutive_failures"
          value={formatCount(inARow)}
          {...(inARow !== null && inARow > 0 ? { tone: 'failure' as const } : {})}
          note={inARow === null ? 'Never ran on the default branch' : 'On the default branch'}
        />
      </div>
      <Card title="Last 60 runs" definition="strip" note="Until the end of the window, from old to new.">
        <div class="wide-strip">
          <Strip runs={strip} hrefOf={runHref} />
        </div>
      </Card>
    </>
  );
}
