import type { Cause, Failures } from '../../../src/domain/openapi-types.ts';
import { Change } from '../../components/change.tsx';
import { Definition } from '../../components/definition.tsx';
import { Tile } from '../../components/tile.tsx';
import { formatCount } from '../../format/number.ts';
import { address, linkTo } from '../../state/navigation.ts';
import { CAUSES } from './causes.ts';

interface CauseTilesProps {
  readonly answer: Failures;
  /** The cause that alone is shown; null: all are. */
  readonly chosen: Cause | null;
}

/** How many jobs failed, and why. A cause leads to its failures alone. */
export function CauseTiles({ answer: { total, change, series }, chosen }: CauseTilesProps) {
  const reason = address.value.own['reason'] ?? null;
  return (
    <div class="tiles">
      <Tile
        label="Failed jobs"
        definition="failed_jobs"
        value={formatCount(total)}
        href={linkTo({ path: '/jobs', own: { tab: 'failed', cause: chosen, reason } })}
        note={<Change of={change} unit="count" better="lower" />}
      />
      {mostFirst(series).map(({ cause, count }) => (
        <Tile
          key={cause}
          label={CAUSES[cause].name}
          definition="cause"
          value={formatCount(count)}
          href={linkTo({ own: { cause: chosen === null ? cause : null } })}
          note={chosen === null ? null : <a href={linkTo({ own: { cause: null } })}>Show all causes</a>}
        />
      ))}
      {series.length === 0 && chosen !== null && (
        <div class="tile">
          <div class="tile-label">
            {CAUSES[chosen]?.name ?? chosen} <Definition id="cause" />
          </div>
          <div class="tile-value">0</div>
          <div class="tile-note">
            <a href={linkTo({ own: { cause: null } })}>Show all causes</a>
          </div>
        </div>
      )}
    </div>
  );
}

function mostFirst(series: Failures['series']) {
  return series
    .map(({ cause, points }) => ({ cause, count: points.reduce((sum, [, count]) => sum + count, 0) }))
    .sort((a, b) => b.count - a.count);
}
