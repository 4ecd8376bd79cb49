import { addressParameters, useAnswer } from '../../answers/use-answer.ts';
import { Card } from '../../components/card.tsx';
import { Heatmap } from '../../components/heatmap.tsx';
import { Empty, Loaded } from '../../components/states.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { ZONE } from '../../format/time.ts';
import { address } from '../../state/navigation.ts';

/** Each hour of the week comes several times. */
const DAYS = 28;

/** At which hours of the week runners, hosted by GitHub or not, are busy. */
export function BusyHours() {
  const isPeak = address.value.own['tab'] === 'peak';
  const asked = useAnswer(
    'runners',
    { ...addressParameters('runners'), from: `-${DAYS}d`, to: null, tz: ZONE },
    { everySeconds: 300 },
  );
  return (
    <Card
      title="Jobs that run, by hour of the week"
      definition="jobs_by_hour"
      note={`Of all runners in the last ${DAYS} days, whatever the window. ${ZONE}.`}
      actions={
        <Tabs
          label="Average or peak"
          tabs={[
            { id: '', title: 'Average' },
            { id: 'peak', title: 'Peak' },
          ]}
        />
      }
    >
      <Loaded of={asked}>
        {({ heatmap }) =>
          heatmap.every(({ seconds }) => seconds === 0) ? (
            <Empty title="No job has ended yet" />
          ) : (
            <Heatmap
              title={`${isPeak ? 'Most' : 'Average number of'} jobs running, by hour of the week`}
              values={heatmap.map(({ busy_seconds, seconds, peak }) =>
                isPeak ? peak : seconds === 0 ? 0 : busy_seconds / seconds,
              )}
              format={(value) => `${isPeak || value >= 10 ? Math.round(value) : value.toFixed(1)} running`}
            />
          )
        }
      </Loaded>
    </Card>
  );
}
