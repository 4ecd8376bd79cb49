import type { Freshness, Now } from '../../src/domain/openapi-types.ts';
import { useViewAnswer } from '../answers/use-answer.ts';
import { LostStream } from '../components/stale.tsx';
import { Empty, Loaded, Loading, NothingMatches } from '../components/states.tsx';
import { Age } from '../components/time.tsx';
import { printFilters } from '../state/address.ts';
import { address, linkTo } from '../state/navigation.ts';
import { FirstContact } from './now/first-contact.tsx';
import { JobList } from './now/job-list.tsx';
import { LabelTable } from './now/label-table.tsx';
import { NowTiles } from './now/now-tiles.tsx';
import { chosenList, listParameters, useNow } from './now/use-now.ts';

/** What waits and runs at this moment, as it changes. */
export function View() {
  const live = useNow();
  const { state, connection, isOld } = live;
  // What is known is of the filters before: to wait for those of now is no help if they get no stream.
  if (connection === 'lost' && (state === null || isOld)) return <WithoutStream />;
  if (state === null) return <Loading />;
  return (
    <>
      <LostStream live={live} />
      <div class={connection === 'lost' || isOld ? 'old' : undefined} aria-busy={isOld}>
        <Content now={state} />
      </div>
    </>
  );
}

const POLL_SECONDS = 5;

/** Where no stream gets through: asks again and again, and says why if that fails too. */
function WithoutStream() {
  const asked = useViewAnswer('now', listParameters(chosenList()), { everySeconds: POLL_SECONDS });
  return (
    <Loaded of={asked}>
      {(now) => (
        <>
          <p class="banner" role="status">
            Live updates do not get through, so this is asked for every {POLL_SECONDS} seconds. A proxy in
            between may hold streams back, or too many are open.
          </p>
          <Content now={now} />
        </>
      )}
    </Loaded>
  );
}

function Content({ now }: { readonly now: Now }) {
  const { totals, freshness } = now;
  const isFiltered = printFilters(address.value.filters).length > 0;
  const isNothing = totals.queued + totals.waiting + totals.in_progress + totals.stale === 0;
  if (isNothing && isFiltered) return <NothingMatches />;
  if (isNothing && freshness.state === 'blind' && freshness.last_delivery_at === null)
    return <FirstContact />;
  return (
    <div class="stack">
      <Doubt freshness={freshness} />
      <NowTiles now={now} />
      {isNothing ? (
        <Empty title="Nothing waits, and nothing runs">
          {freshness.last_delivery_at !== null && (
            <>
              The last delivery came <Age since={freshness.last_delivery_at} /> ago.
            </>
          )}
        </Empty>
      ) : (
        <>
          <LabelTable now={now} />
          <JobList now={now} />
        </>
      )}
    </div>
  );
}

/** Says it where the numbers may not show what happens at GitHub. */
function Doubt({ freshness }: { readonly freshness: Freshness }) {
  if (freshness.state === 'fresh') return null;
  return (
    <p class="banner" role="status">
      {freshness.state === 'blind'
        ? 'Nothing can be accepted from GitHub: these numbers stand still. '
        : 'Late: what has arrived is not all counted, or recovery is behind. '}
      <a href={linkTo({ path: '/health-page' })}>See Health</a>
    </p>
  );
}
