import { addressParameters, useAnswer } from '../../answers/use-answer.ts';
import { Card } from '../../components/card.tsx';
import { Heatmap } from '../../components/heatmap.tsx';
import { Loaded } from '../../components/states.tsx';
import { ZONE } from '../../format/time.ts';
import { averageQueued } from './hours-of-week.ts';

/** Short steps divide the hours of every zone, but the API allows fewer days of them. */
const WHOLE_HOURS = { step: '1h', stepMs: 3_600_000, days: 28 } as const;
const QUARTERS = { step: '15m', stepMs: 900_000, days: 20 } as const;

/** At which hours of the week most jobs wait. */
export function WaitingHours() {
  const { step, stepMs, days } = new Date().getTimezoneOffset() % 60 === 0 ? WHOLE_HOURS : QUARTERS;
  const parameters = { ...addressParameters('load'), from: `-${days}d`, to: null, step, limit: 1 };
  const asked = useAnswer('load', parameters, { everySeconds: 300 });
  return (
    <Card
      title="Jobs that wait, by hour of the week"
      definition="demand"
      note={`Average number of queued jobs in the last ${days} days, whatever the window. ${ZONE}.`}
    >
      <Loaded of={asked}>
        {({ total, window }) => (
          <Heatmap
            title="Average number of queued jobs by hour of the week"
            values={averageQueued(total, { toMs: Date.parse(window.to), stepMs, timeZone: ZONE })}
            format={(value) => `${value.toFixed(value < 10 ? 1 : 0)} queued`}
          />
        )}
      </Loaded>
    </Card>
  );
}
