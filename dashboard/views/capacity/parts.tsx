import type { Capacity, CapacityPoint } from '../../../src/domain/openapi-types.ts';
import { AsTable } from '../../components/as-table.tsx';
import { Card } from '../../components/card.tsx';
import { LineSample } from '../../components/time-series/legend.tsx';
import { formatDuration } from '../../format/duration.ts';
import { formatMoney, formatPercent } from '../../format/number.ts';
import { runnersInWords } from './capacity-chart.tsx';
import { checkOf } from './check.ts';

export function Legend() {
  return (
    <ul class="legend">
      <li>
        <LineSample line={{ name: 'p50', values: [], colour: '--p50' }} />
        p50
      </li>
      <li>
        <LineSample line={{ name: 'p95', values: [], colour: '--p95', style: 'strong' }} />
        p95
      </li>
      <li>
        <svg class="observed-sample" viewBox="0 0 12 12" aria-hidden="true">
          <path d="M6 0l6 6l-6 6l-6 -6Z" />
        </svg>
        observed
      </li>
    </ul>
  );
}

/** The point of the cursor, in words. */
export function Chosen({ answer, point }: { readonly answer: Capacity; readonly point: CapacityPoint }) {
  const before = answer.points.find(({ runners }) => runners === answer.observed.max_concurrency);
  const more =
    point.cost_dollars === null || before?.cost_dollars == null || point === before
      ? null
      : point.cost_dollars - before.cost_dollars;
  return (
    <p class="chosen" aria-live="polite">
      <strong>{runnersInWords(point.runners)}</strong>: p50 {formatDuration(point.p50)}, p95{' '}
      <strong>{formatDuration(point.p95)}</strong>, the longest {formatDuration(point.max)}, used{' '}
      {formatPercent(point.utilisation)}
      {point.cost_dollars !== null && `, ${formatMoney(point.cost_dollars)} for the window`}
      {more !== null &&
        ` (${more < 0 ? '−' : '+'}${formatMoney(Math.abs(more))} against ${answer.observed.max_concurrency})`}
      .
    </p>
  );
}

export function PointTable({ answer: { points, runs_on } }: { readonly answer: Capacity }) {
  return (
    <AsTable title={`Replay of ${runs_on}`}>
      {() => (
        <>
          <thead>
            <tr>
              {['Runners', 'p50', 'p95', 'Longest', 'Utilisation', 'Cost'].map((name) => (
                <th key={name} scope="col" class="number">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {points.map(({ runners, p50, p95, max, utilisation, cost_dollars }) => (
              <tr key={runners}>
                <th scope="row" class="number">
                  {runners}
                </th>
                <td class="number">{formatDuration(p50)}</td>
                <td class="number">{formatDuration(p95)}</td>
                <td class="number">{formatDuration(max)}</td>
                <td class="number">{formatPercent(utilisation)}</td>
                <td class="number">{formatMoney(cost_dollars)}</td>
              </tr>
            ))}
          </tbody>
        </>
      )}
    </AsTable>
  );
}

/** How near the replay comes to what happened, and what it takes for granted. */
export function Trust({ answer }: { readonly answer: Capacity }) {
  const check = checkOf(answer);
  return (
    <div class="trust">
      {check !== null && (
        <Card title="How accurate is the replay?">
          <p>{check.text}</p>
          <p class="nearness" data-near={check.isNear}>
            <span aria-hidden="true">{check.isNear ? '✓' : '≠'}</span> {check.verdict}
          </p>
        </Card>
      )}
      <Card title="What it assumes">
        <ul class="assumptions">
          {answer.assumptions.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      </Card>
    </div>
  );
}
