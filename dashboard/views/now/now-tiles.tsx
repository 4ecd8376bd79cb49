import type { Now, NowJob } from '../../../src/domain/openapi-types.ts';
import { Tile, Tiles } from '../../components/tile.tsx';
import { Age } from '../../components/time.tsx';
import { NOTHING } from '../../format/duration.ts';
import { formatCount } from '../../format/number.ts';
import { linkTo } from '../../state/navigation.ts';
import { Wait } from './wait.tsx';

/** How much waits and runs in all. Each number leads to its jobs. */
export function NowTiles({ now }: { readonly now: Now }) {
  const { queued, waiting, in_progress, oldest_queued_at, wait_p50, wait_p95 } = now.totals;
  const oldest = now.jobs.find(({ since, status }) => status !== 'in_progress' && since === oldest_queued_at);
  const hrefOf = (tab: string) => linkTo({ own: { tab } });
  return (
    <Tiles>
      <Tile
        label="Queued"
        definition="queued"
        value={formatCount(queued)}
        href={hrefOf('queued')}
        tone={queued > 0 ? 'waiting' : undefined}
        note={
          wait_p50 === null ? undefined : (
            <>
              p50 <Wait seconds={wait_p50} at={now.now} /> · p95 <Wait seconds={wait_p95} at={now.now} />
            </>
          )
        }
      />
      <Tile
        label="Waiting for approval"
        definition="waiting"
        value={formatCount(waiting)}
        href={hrefOf('waiting')}
      />
      <Tile
        label="Running"
        definition="in_progress"
        value={formatCount(in_progress)}
        href={hrefOf('in_progress')}
        tone={in_progress > 0 ? 'running' : undefined}
      />
      <Tile
        label="Oldest wait"
        definition="oldest_wait"
        value={oldest_queued_at === null ? NOTHING : <Age since={oldest_queued_at} />}
        href={oldest === undefined ? hrefOf('queued') : runHref(oldest)}
        note={
          oldest && (
            <span class="cut" title={oldest.name}>
              {oldest.name}
            </span>
          )
        }
      />
    </Tiles>
  );
}

/** The run of a job. */
export function runHref({ run_id, run_attempt }: NowJob): string {
  return linkTo({ path: `/runs/${run_id}`, own: { attempt: String(run_attempt) } });
}
