import type { Cause, Failures } from '../../../src/domain/openapi-types.ts';
import { gridOf, onGrid } from '../../answers/grid.ts';
import { Card } from '../../components/card.tsx';
import { TimeSeries } from '../../components/time-series/time-series.tsx';
import { go } from '../../state/navigation.ts';
import { CAUSES } from './causes.ts';
import { narrowedTo } from './narrowed.ts';

/** Failures over time, a line for each cause that there was. */
export function CauseChart({ answer: { window, series } }: { readonly answer: Failures }) {
  const times = gridOf(window);
  const step = (times[1] ?? 0) - (times[0] ?? 0);
  const byCause = new Map(series.map((each) => [each.cause, each.points]));
  const lines = (Object.keys(CAUSES) as Cause[]).flatMap((cause) => {
    const points = byCause.get(cause);
    return points === undefined ? [] : [{ ...CAUSES[cause], values: onGrid(times, points, 1, 0) }];
  });
  return (
    <Card
      title="Failures by cause"
      definition="cause"
      note="A point leads to its jobs; drag to choose a window."
    >
      <TimeSeries
        title="Failures by cause"
        {...{ times, lines }}
        unit="count"
        height={160}
        onRange={(from, to) => go({ window: { from: Math.floor(from), to: Math.ceil(to) } })}
        onPoint={(index) => {
          const from = times[index];
          if (from === undefined || step <= 0) return;
          const window = { from, to: from + step };
          go({ path: '/jobs', window, own: { tab: 'failed', ...narrowedTo() } });
        }}
      />
    </Card>
  );
}
