import type { Failures } from '../../../src/domain/openapi-types.ts';
import { Change } from '../../components/change.tsx';
import { Tile } from '../../components/tile.tsx';
import { formatCount } from '../../format/number.ts';
import { linkTo } from '../../state/navigation.ts';
import { CAUSES } from './causes.ts';
import type { Narrowed } from './narrowed.ts';

interface CauseTilesProps {
  readonly answer: Failures;
  readonly narrowed: Narrowed;
}

/** How many jobs failed, and why. A cause leads to its failures alone. */
export function CauseTiles({ answer: { total, change, series }, narrowed }: CauseTilesProps) {
  return (
    <div class="tiles">
      <Tile
        label="Failed jobs"
        definition="failed_jobs"
        value={formatCount(total)}
        href={linkTo({ path: '/jobs', own: { tab: 'failed', ...narrowed } })}
        note={<Change of={change} unit="count" better="lower" />}
      />
      {mostFirst(series).map(({ cause, count }) => (
        <Tile
          key={cause}
          label={CAUSES[cause].name}
          definition="cause"
          value={formatCount(count)}
          href={linkTo({ own: { cause: narrowed.cause === null ? cause : null } })}
        />
      ))}
    </div>
  );
}

function mostFirst(series: Failures['series']) {
  return series
    .map(({ cause, points }) => ({ cause, count: points.reduce((sum, [, count]) => sum + count, 0) }))
    .sort((a, b) => b.count - a.count);
}
