import type { Cost } from '../../../src/domain/openapi-types.ts';
import { Change } from '../../components/change.tsx';
import { Tile, Tiles } from '../../components/tile.tsx';
import { Duration } from '../../components/time.tsx';
import { formatCount, formatMoney, formatPercent } from '../../format/number.ts';
import { jobsHref } from './group.ts';
import { wastedOf } from './wasted.tsx';

/** The sums of the window. */
export function CostTiles({ answer: { total } }: { readonly answer: Cost }) {
  const wasted = wastedOf(total);
  const href = jobsHref(total, []);
  return (
    <Tiles>
      <Tile
        label="Cost"
        definition="cost"
        value={formatMoney(total.dollars)}
        href={href}
        note={<Change of={total.change} unit="dollars" better="lower" />}
      />
      <Tile
        label="Wasted"
        definition="wasted_cost"
        value={formatMoney(wasted)}
        href={jobsHref(total, ['failure', 'timed_out', 'startup_failure', 'cancelled'])}
        note={total.dollars === 0 ? undefined : `${formatPercent(wasted / total.dollars)} of the cost`}
      />
      <Tile
        label="Billed time"
        definition="billed_time"
        value={<Duration seconds={total.billed_seconds} />}
        href={href}
      />
      <Tile
        label="Time on runners"
        definition="total_time"
        value={<Duration seconds={total.total_seconds} />}
        href={href}
        note={`${formatCount(total.jobs)} jobs`}
      />
    </Tiles>
  );
}
