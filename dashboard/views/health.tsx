import type { ServiceStatus } from '../../src/domain/openapi-types.ts';
import { useViewAnswer } from '../answers/use-answer.ts';
import { Loaded } from '../components/states.tsx';
import { Tile, Tiles } from '../components/tile.tsx';
import { Age, Duration } from '../components/time.tsx';
import { NOTHING } from '../format/duration.ts';
import { formatCount } from '../format/number.ts';
import { Checks } from './health/checks.tsx';
import { Limits } from './health/limits.tsx';
import { Numbers } from './health/numbers.tsx';
import { Receivers } from './health/receivers.tsx';

const EVERY_SECONDS = 5;

/** Whether the numbers can be trusted now, and why. */
export function View() {
  const asked = useViewAnswer('status', {}, { everySeconds: EVERY_SECONDS, isExported: true });
  return (
    <Loaded of={asked}>
      {(status) => (
        <div class="stack">
          <Verdict status={status} />
          <Totals status={status} />
          <Checks checks={status.checks} />
          <Numbers status={status} />
          {status.receivers.length > 0 && <Receivers receivers={status.receivers} />}
          {status.github.length > 0 && <Limits limits={status.github} />}
        </div>
      )}
    </Loaded>
  );
}

interface StatusProps {
  readonly status: ServiceStatus;
}

const VERDICTS = {
  fresh: ['success', 'Yes', 'Everything that has arrived is counted.'],
  late: ['waiting', 'Not all of it', 'Deliveries wait to be processed, or recovery is behind.'],
  blind: ['failure', 'No', 'Nothing can be accepted, or nothing has ever arrived.'],
} as const;

function Verdict({ status: { freshness, first_read: read } }: StatusProps) {
  const [kind, word, reason] = VERDICTS[freshness.state];
  return (
    <p class="verdict" data-kind={kind} role="status">
      <strong>{word}.</strong> {reason}
      {read !== null && ' The last day is being read for the first time.'}
    </p>
  );
}

function Totals({ status: { freshness, deliveries, queue } }: StatusProps) {
  const { last_delivery_at: last, recovery_lag_seconds: lag } = freshness;
  const waiting = queue === null ? null : queue.pending + queue.retrying;
  return (
    <Tiles>
      <Tile
        label="Last delivery"
        definition="freshness"
        value={last === null ? NOTHING : <Age since={last} />}
        note={last === null ? 'none since the start' : 'ago'}
      />
      <Tile
        label="Deliveries accepted"
        definition="delivery"
        value={formatCount(deliveries?.accepted)}
        note="in all"
      />
      <Tile
        label="From GitHub, p95"
        definition="delivery_lag"
        value={deliveries?.lag_p95 == null ? NOTHING : <Duration seconds={deliveries.lag_p95} />}
        note="at most, from the event to its arrival"
      />
      <Tile
        label="Not processed"
        definition="unprocessed"
        value={formatCount(waiting)}
        tone={waiting !== null && waiting > 0 ? 'waiting' : undefined}
        note={
          queue?.oldest_age_seconds == null ? (
            'nothing waits'
          ) : (
            <>
              oldest <Duration seconds={queue.oldest_age_seconds} />
            </>
          )
        }
      />
      <Tile
        label="Recovery is behind by"
        definition="recovery_lag"
        value={lag === null ? NOTHING : <Duration seconds={lag} />}
        note={lag === null ? 'GitHub is not asked' : 'everything before is known'}
      />
    </Tiles>
  );
}
