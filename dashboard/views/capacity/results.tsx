import type { Capacity } from '../../../src/domain/openapi-types.ts';
import { Tile, Tiles } from '../../components/tile.tsx';
import { Duration } from '../../components/time.tsx';
import { formatDuration, formatTick } from '../../format/duration.ts';
import { formatCount, formatMoney, formatPercent } from '../../format/number.ts';
import { linkTo } from '../../state/navigation.ts';

/** The answer in a few numbers: what is needed, and what was. */
export function Results({ answer }: { readonly answer: Capacity }) {
  const { observed, needed, target_p95, points, runs_on } = answer;
  const point = points.find(({ runners }) => runners === needed);
  const href = linkTo({ path: '/queues', filters: { runs_on: [runs_on] }, own: { behind: '' } });
  return (
    <Tiles>
      <Tile
        label="Runners needed"
        definition="needed"
        value={formatCount(needed)}
        note={`for a p95 of at most ${formatTick(target_p95)}`}
      />
      <Tile
        label="Busy at most"
        definition="busy_at_most"
        value={formatCount(observed.max_concurrency)}
        note="at the same time"
      />
      <Tile
        label="Observed p95"
        definition="queue_time"
        value={<Duration seconds={observed.p95} />}
        href={href}
        note={`p50 ${formatDuration(observed.p50)} · ${formatCount(observed.jobs)} jobs came`}
      />
      <Tile
        label="Utilisation"
        definition="utilisation"
        value={formatPercent(point?.utilisation)}
        note={needed === null ? '' : `with ${formatCount(needed)}`}
      />
      <Tile
        label="Cost"
        definition="cost"
        value={formatMoney(point?.cost_dollars)}
        note={point?.cost_dollars == null ? 'no price: set prices.rules' : 'for the window, busy or not'}
      />
    </Tiles>
  );
}
