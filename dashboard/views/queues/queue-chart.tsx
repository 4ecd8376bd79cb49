import type { ComponentChildren } from 'preact';
import type { LoadPoints, QueueGroup, QueueSeries, Window } from '../../../src/domain/openapi-types.ts';
import { gridOf, onGrid } from '../../answers/grid.ts';
import { Card } from '../../components/card.tsx';
import { Duration } from '../../components/time.tsx';
import { TimeSeries } from '../../components/time-series/time-series.tsx';
import { formatCount } from '../../format/number.ts';
import { isFew } from './group.ts';

export interface QueueChartProps {
  readonly title: string;
  readonly group: QueueGroup;
  readonly points: QueueSeries['points'];
  /** How many of it waited and ran; null: not known for such groups. */
  readonly load: LoadPoints | null;
  readonly window: Window;
  /** The highest value, where all charts have the same scale. */
  readonly max: number | undefined;
  /** What leads on from here, such as to how many runners would be enough. */
  readonly actions: ComponentChildren;
  readonly onPoint: (at: string) => void;
  readonly onRange: (from: number, to: number) => void;
}

const FEW = 5;
/** All charts show the same moment under the mouse. */
const SYNC = 'queues';
/** Wide enough for a length of time. */
const AXIS = 62;

/** One group: how long its jobs waited, and below it how many waited and ran. */
export function QueueChart(props: QueueChartProps) {
  const { title, group, points, load, window, max, actions, onPoint, onRange } = props;
  const times = gridOf(window);
  const many = points.filter(([, count]) => count >= FEW);
  const few = points.filter(([, count]) => count < FEW);
  const line = (index: number) => onGrid(times, many, index, null);
  const choose = (index: number) => onPoint(new Date((times[index] ?? 0) * 1000).toISOString());
  return (
    <Card title={title} note={<Summary group={group} />} actions={actions}>
      <TimeSeries
        title={`Queue time, ${title}`}
        times={times}
        lines={[
          { name: 'p50', values: line(2), colour: '--p50' },
          { name: 'p95', values: line(3), colour: '--p95', style: 'strong' },
          { name: 'p99', values: line(4), colour: '--p99', style: 'dotted' },
          {
            name: 'Longest of fewer than 5',
            values: onGrid(times, few, 5, null),
            colour: '--waiting',
            style: 'points',
          },
        ]}
        bars={{ name: 'Jobs', values: onGrid(times, points, 1, 0) }}
        unit="seconds"
        height={150}
        {...(max !== undefined && { max })}
        axisWidth={AXIS}
        sync={SYNC}
        hasLegend={false}
        onPoint={choose}
        onRange={onRange}
      />
      {load !== null && <Peak load={load} />}
      {load !== null && (
        <TimeSeries
          title={`Demand, ${title}`}
          times={times}
          lines={DEMAND.map(({ index, ...rest }) => ({ ...rest, values: onGrid(times, load, index, 0) }))}
          unit="average"
          height={84}
          axisWidth={AXIS}
          sync={SYNC}
          hasLegend={false}
          onPoint={choose}
          onRange={onRange}
        />
      )}
    </Card>
  );
}

/** Of both kinds of charts, once for all. */
export const QUEUE_LEGEND = [
  { name: 'p50', values: [], colour: '--p50' },
  { name: 'p95', values: [], colour: '--p95', style: 'strong', definition: 'percentile' },
  { name: 'p99', values: [], colour: '--p99', style: 'dotted' },
  { name: 'Longest of fewer than 5', values: [], colour: '--waiting', style: 'points' },
] as const;

/** The averages of a step. */
const DEMAND = [
  { index: 3, name: 'Running', colour: '--running', isFilled: true },
  { index: 1, name: 'Queued', colour: '--waiting', style: 'strong' },
] as const;
export const DEMAND_LEGEND = DEMAND.map(({ index: _, ...line }) => ({ ...line, values: [] }));

/** Whether all runners were busy while jobs waited: as many as ever ran is as many as there were. */
function Peak({ load }: { readonly load: LoadPoints }) {
  const queued = Math.max(0, ...load.map(([, , most]) => most));
  const running = Math.max(0, ...load.map(([, , , , most]) => most));
  return (
    <p class="peak faint">
      At most {formatCount(running)} ran and {formatCount(queued)} waited at the same time.
    </p>
  );
}

function Summary({ group }: { readonly group: QueueGroup }) {
  const { count, p50, p95, max } = group;
  return (
    <>
      {formatCount(count)} {count === 1 ? 'job' : 'jobs'}
      {!isFew(group) && (
        <>
          {' · p50 '}
          <Duration seconds={p50} />
          {' · p95 '}
          <strong>
            <Duration seconds={p95} />
          </strong>
        </>
      )}
      {' · longest '}
      <Duration seconds={max} />
    </>
  );
}
