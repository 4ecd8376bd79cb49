import { signal } from '@preact/signals';
import { render } from 'preact';
import { Problem } from '../../../dashboard/answers/fetch-answer.ts';
import { useLive } from '../../../dashboard/answers/live.ts';
import { Card } from '../../../dashboard/components/card.tsx';
import { Change } from '../../../dashboard/components/change.tsx';
import { Conclusion, Patterns } from '../../../dashboard/components/conclusion.tsx';
import { DataTable } from '../../../dashboard/components/data-table/data-table.tsx';
import { Heatmap } from '../../../dashboard/components/heatmap.tsx';
import { Sparkline } from '../../../dashboard/components/sparkline.tsx';
import { LostStream } from '../../../dashboard/components/stale.tsx';
import { Empty, ErrorState, Loading } from '../../../dashboard/components/states.tsx';
import { Strip, type StripRun } from '../../../dashboard/components/strip.tsx';
import { Tile, Tiles } from '../../../dashboard/components/tile.tsx';
import { Age, Duration, Time } from '../../../dashboard/components/time.tsx';
import { TimeSeries } from '../../../dashboard/components/time-series/time-series.tsx';
import { formatDuration } from '../../../dashboard/format/duration.ts';
import { formatCount } from '../../../dashboard/format/number.ts';
import { listenToKeys } from '../../../dashboard/state/keys.ts';
import { address, followLinks } from '../../../dashboard/state/navigation.ts';
import { moveRow } from '../../../dashboard/state/rows.ts';

/* Every component of the page, with made-up values: for tests, and to look at. */

const WORDS = ['success', 'failure', 'cancelled', 'in_progress', 'queued', 'timed_out', 'skipped'];
const wave = (index: number, size: number) =>
  Math.round(size * (2.2 + Math.sin(index / 5) + Math.sin(index / 17)));
const times = Array.from({ length: 96 }, (_, index) => 1_764_374_400 + index * 900);
const isNight = (index: number) => index > 20 && index < 28;

const lines = [
  {
    ...({ name: 'p50', colour: '--p50', style: 'solid', definition: 'percentile' } as const),
    values: times.map((_, index) => (isNight(index) ? null : wave(index, 12))),
  },
  {
    ...({ name: 'p95', colour: '--p95', style: 'strong' } as const),
    values: times.map((_, index) => (isNight(index) ? null : wave(index, 70))),
  },
  {
    ...({ name: 'p99', colour: '--p99', style: 'dotted' } as const),
    values: times.map((_, index) => (isNight(index) ? null : wave(index, 110))),
  },
];
const bars = { name: 'Jobs', values: times.map((_, index) => (isNight(index) ? 0 : wave(index, 9))) };

interface Row {
  readonly id: number;
  readonly name: string;
  readonly p95: number | null;
  readonly strip: readonly StripRun[];
}

const rows: readonly Row[] = Array.from({ length: 5000 }, (_, id) => ({
  id,
  name: `acme/repository-${id}`,
  p95: id % 7 === 3 ? null : (id * 7919) % 5000,
  strip: Array.from(
    { length: 60 - (id % 3) * 20 },
    (__, run): StripRun => [
      run % 9 === id % 9 ? 'failure' : run % 23 === 0 ? 'cancelled' : 'success',
      60 + ((run * 37 + id) % 240),
      id * 100 + run,
    ],
  ),
}));

/** What the charts were asked to do, for tests. */
const asked = signal('nothing yet');

function Stories() {
  return (
    <main id="content" class="view">
      <h1>Components</h1>
      <Tiles>
        <Tile
          label="Queued"
          definition="queued"
          value={formatCount(12_345)}
          tone="waiting"
          note="in 7 groups"
        />
        <Tile label="Oldest wait" value={<Age since="2025-11-29T00:00:00Z" />} definition="oldest_wait" />
        <Tile
          label="Queue time p95"
          value={<Duration seconds={245} />}
          note={<Change of={{ absolute: 30, ratio: 0.14 }} unit="seconds" better="lower" />}
        />
        <Tile
          label="Pass rate"
          value="94.1%"
          note={<Change of={null} unit="ratio" better="higher" />}
          tone="success"
        />
        <Tile label="Failures" value="7" href="/failures" tone="failure" />
      </Tiles>
      <Card title="Queue time" definition="queue_time" note="Drag a range, click a point.">
        <TimeSeries
          title="Queue time"
          {...{ times, lines, bars }}
          unit="seconds"
          onRange={(from, to) => {
            asked.value = `range of ${to - from > 0 ? 'some' : 'no'} seconds`;
          }}
          onPoint={(index) => {
            asked.value = `point ${index}`;
          }}
        />
        <p data-asked>{asked.value}</p>
      </Card>
      <Card title="Busy hours">
        <Heatmap
          title="Time on runners by hour of the week"
          values={Array.from({ length: 168 }, (_, index) =>
            index % 24 < 6 || index > 119 ? index % 5 : wave(index, 300),
          )}
          format={formatDuration}
        />
      </Card>
      <Card title="Signs">
        <p>
          {WORDS.map((word) => (
            <span key={word}>
              <Conclusion value={word} /> <Conclusion value={word} isShort />{' '}
            </span>
          ))}
        </p>
        <p>
          <Time at="2026-11-29T04:31:07Z" />{' '}
          <Change of={{ absolute: -30, ratio: -0.5 }} unit="seconds" better="lower" />{' '}
          <Change of={{ absolute: 0, ratio: 0 }} unit="count" />{' '}
          <Change of={{ absolute: 12.5, ratio: null }} unit="dollars" better="lower" />
        </p>
        <svg width="240" height="24" aria-hidden="true">
          {['cancelled', 'waiting', 'failure'].map((kind, index) => (
            <rect key={kind} x={index * 80} width="70" height="20" fill={`url(#pattern-${kind})`} />
          ))}
        </svg>
      </Card>
      <Card title="Workflows" isFlush>
        <DataTable
          caption="Workflows"
          rows={rows}
          keyOf={({ id }) => id}
          hrefOf={({ id }) => `/runs/${id}`}
          defaultSort="-p95"
          columns={[
            { id: 'name', title: 'Repository', sort: ({ name }) => name, cell: ({ name }) => name },
            {
              ...({ id: 'p95', title: 'p95', definition: 'percentile', isNumber: true } as const),
              sort: ({ p95 }) => p95,
              cell: ({ p95 }) => <Duration seconds={p95} />,
            },
            {
              ...{ id: 'trend', title: 'Queued', isWideOnly: true },
              cell: ({ id }) => <Sparkline values={[3, 5, 2, null, 8, id % 9, 4]} label="Queued now: 4" />,
            },
            {
              ...({ id: 'strip', title: 'Last 60 runs', definition: 'strip' } as const),
              cell: ({ strip }) => <Strip runs={strip} hrefOf={(id) => `/runs/${id}`} />,
            },
          ]}
        />
      </Card>
    </main>
  );
}

interface Counted {
  readonly count: number;
}

const REDUCERS = {
  now: (_: Counted | null, data: unknown) => data as Counted,
  diff: (before: Counted | null, data: unknown) => ({
    count: (before?.count ?? 0) + (data as Counted).count,
  }),
};

function Followed() {
  const live = useLive<Counted>('/events', REDUCERS);
  return (
    <>
      <LostStream live={live} />
      <p>
        {live.connection}: {live.state?.count}
      </p>
    </>
  );
}

const STATES: Readonly<Record<string, () => preact.JSX.Element>> = {
  '/live': () => <Followed />,
  '/loading': () => <Loading />,
  '/empty': () => <Empty title="Nothing here">Nothing has happened.</Empty>,
  '/error': () => <ErrorState problem={new Problem('query_too_slow', 'Over 2 s.', 503)} retry={() => {}} />,
};

function Page() {
  const State = STATES[address.value.path];
  return (
    <>
      <Patterns />
      {State === undefined ? (
        <Stories />
      ) : (
        <main>
          <h1>A state</h1>
          <State />
        </main>
      )}
    </>
  );
}

followLinks(() => true);
listenToKeys({ j: () => moveRow(1), k: () => moveRow(-1) });
const root = document.getElementById('page');
if (root !== null) render(<Page />, root);
