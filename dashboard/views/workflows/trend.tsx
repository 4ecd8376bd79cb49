import type { WorkflowTrend } from '../../../src/domain/openapi-types.ts';
import { gridOf } from '../../answers/grid.ts';
import { useViewAnswer } from '../../answers/use-answer.ts';
import { Card } from '../../components/card.tsx';
import { Loaded } from '../../components/states.tsx';
import { TimeSeries } from '../../components/time-series/time-series.tsx';
import { go } from '../../state/navigation.ts';

interface TrendProps {
  readonly place: { readonly repository: string; readonly workflow: string };
}

/** How long the runs of a workflow took and which share passed, over time. */
export function Trend({ place }: TrendProps) {
  const asked = useViewAnswer('workflowTrend');
  return (
    <Loaded of={asked} isEmpty={({ points }) => points.length === 0}>
      {(answer) => <Charts answer={answer} place={place} />}
    </Loaded>
  );
}

function Charts({ answer, place }: TrendProps & { readonly answer: WorkflowTrend }) {
  const times = gridOf(answer.window);
  const byTime = new Map(answer.points.map((point) => [Date.parse(point[0]) / 1000, point]));
  const points = times.map((time) => byTime.get(time));
  const stepSeconds = (times[1] ?? 0) - (times[0] ?? 0);
  const events = {
    onRange: (from: number, to: number) => go({ window: { from: Math.floor(from), to: Math.ceil(to) } }),
    onPoint: (index: number) => {
      const from = times[index];
      if (from === undefined || stepSeconds <= 0) return;
      const filters = { repository: [place.repository], workflow: [place.workflow] };
      go({ path: '/runs', window: { from, to: from + stepSeconds }, filters });
    },
  };
  const note = 'By the time when runs ended. A point leads to its runs; drag to choose a window.';
  return (
    <div class="side-by-side">
      <Card title="Duration" definition="duration" note={note}>
        <TimeSeries
          title="Duration of successful runs"
          {...{ times, ...events }}
          unit="seconds"
          sync="workflow"
          lines={[
            { name: 'p50', colour: '--p50', values: points.map((point) => point?.[3] ?? null) },
            {
              ...({ name: 'p95', colour: '--p95', style: 'strong', definition: 'percentile' } as const),
              values: points.map((point) => point?.[4] ?? null),
            },
          ]}
          bars={{ name: 'Runs', values: points.map((point) => point?.[1] ?? 0) }}
        />
      </Card>
      <Card title="Pass rate" definition="pass_rate" note={note}>
        <TimeSeries
          title="Pass rate of runs"
          {...{ times, ...events }}
          unit="ratio"
          max={1}
          sync="workflow"
          lines={[
            {
              ...({ name: 'Pass rate', colour: '--success', style: 'strong' } as const),
              values: points.map((point) => point?.[2] ?? null),
            },
          ]}
          bars={{ name: 'Runs', values: points.map((point) => point?.[1] ?? 0) }}
        />
      </Card>
    </div>
  );
}
