import { useState } from 'preact/hooks';
import type { Load, NowTotals, QueueGroup, Queues } from '../../src/domain/openapi-types.ts';
import { addressParameters, useAnswer, useViewAnswer } from '../answers/use-answer.ts';
import { usePages } from '../answers/use-pages.ts';

import { Card } from '../components/card.tsx';
import { Change } from '../components/change.tsx';
import { GroupChoices } from '../components/group-choices.tsx';
import { More } from '../components/more.tsx';
import { Loaded } from '../components/states.tsx';
import { Tile, Tiles } from '../components/tile.tsx';
import { Age, Duration } from '../components/time.tsx';
import { Legend } from '../components/time-series/legend.tsx';
import { formatCount } from '../format/number.ts';
import { groupingOf, groupWord } from '../state/grouping.ts';
import { address, go, linkTo } from '../state/navigation.ts';
import { openBehind, readBehind } from './queues/behind.ts';
import { BY_WORDS, type By, filtersOfGroup, isFew, nameOf } from './queues/group.ts';
import { JobsBehind } from './queues/jobs-behind.tsx';
import { DEMAND_LEGEND, QUEUE_LEGEND, QueueChart } from './queues/queue-chart.tsx';
import { DEFAULT_SORT, QueueTable } from './queues/queue-table.tsx';
import { WaitingHours } from './queues/waiting-hours.tsx';

const GROUPS = 30;
/** So many charts are shown at first. */
const CHARTS = 6;

export function View() {
  const { by, parameters: grouping } = groupingOf(BY_WORDS, 'runs_on');
  const parameters = { ...grouping, sort: address.value.own['sort'] ?? DEFAULT_SORT, limit: GROUPS };
  const pages = usePages('queues', parameters, { isExported: true });
  const hasLoad = by === 'runs_on' || by === 'repository';
  const load = useAnswer(hasLoad ? 'load' : null, {
    ...addressParameters('load'),
    ...(hasLoad && { by }),
    limit: GROUPS,
  });
  const now = useViewAnswer('now', { limit: 1 });
  const behind = readBehind(address.value, by);
  const waiting = now.answer?.totals ?? null;
  return (
    <Loaded of={pages.first} isEmpty={({ total }) => total.count === 0 && (waiting?.queued ?? 0) === 0}>
      {(answer) => (
        <div class="queues">
          <Totals answer={answer} waiting={waiting} />
          <Switches by={by} labels={answer.group_labels} />
          <Charts answer={answer} load={hasLoad ? load.answer : null} />
          <Card
            title={by === 'repository_label' ? `By ${groupWord(answer, BY_WORDS)}` : `All ${WORDS[by]}`}
            isFlush
          >
            <QueueTable answer={joined(pages.all, answer)} />
            <More of={pages} note={shownOf(pages.all, answer)} />
          </Card>
          <WaitingHours />
          {behind !== null && <JobsBehind behind={behind} window={answer.window} />}
        </div>
      )}
    </Loaded>
  );
}

/** The rows of all pages that were loaded. */
function joined(pages: readonly Queues[], first: Queues): Queues {
  return {
    ...first,
    summary: pages.flatMap(({ summary }) => summary),
    series: pages.flatMap(({ series }) => series),
  };
}

function shownOf(pages: readonly Queues[], { groups, by }: Queues): string {
  const shown = pages.reduce((sum, { summary }) => sum + summary.length, 0);
  return `${formatCount(shown)} of ${formatCount(groups)} ${WORDS[by]}`;
}

const WORDS: Readonly<Record<By, string>> = {
  runs_on: 'labels',
  runner_group: 'runner groups',
  repository: 'repositories',
  workflow: 'workflows',
  repository_label: 'values',
};

interface TotalsProps {
  readonly answer: Queues;
  /** What waits at this moment has no queue time yet. */
  readonly waiting: NowTotals | null;
}

function Totals({ answer: { by, total }, waiting }: TotalsProps) {
  const href = linkTo(openBehind(by, null));
  const shown = (seconds: number | null) => <Duration seconds={isFew(total) ? null : seconds} />;
  return (
    <Tiles>
      <Tile
        label="Waiting now"
        definition="queued"
        value={formatCount(waiting?.queued)}
        href={linkTo({ path: '/' })}
        note={waiting?.oldest_queued_at != null && <Oldest since={waiting.oldest_queued_at} />}
      />
      <Tile label="Jobs started" definition="count" value={formatCount(total.count)} href={href} />
      <Tile label="p50" definition="queue_time" value={shown(total.p50)} href={href} />
      <Tile
        label="p95"
        definition="percentile"
        value={shown(total.p95)}
        href={href}
        note={
          !isFew(total) && total.change !== null && <Change of={total.change} unit="seconds" better="lower" />
        }
      />
      <Tile label="Longest" definition="max" value={<Duration seconds={total.max} />} href={href} />
      <Tile
        label="Total queue time"
        definition="total_queue_time"
        value={<Duration seconds={total.total_seconds} />}
        href={href}
      />
    </Tiles>
  );
}

function Oldest({ since }: { readonly since: string }) {
  return (
    <>
      the oldest for <Age since={since} isShort />
    </>
  );
}

function Switches({ by, labels }: { readonly by: By; readonly labels: readonly string[] }) {
  const isSame = address.value.own['scale'] === 'same';
  return (
    <div class="switches">
      <GroupChoices words={BY_WORDS} by={by} usual="runs_on" labels={labels} />
      <Legend series={{ lines: QUEUE_LEGEND, bars: { name: 'Jobs', values: [] } }} />
      {(by === 'runs_on' || by === 'repository') && <Legend series={{ lines: DEMAND_LEGEND }} />}
      <label class="switch">
        <input
          type="checkbox"
          checked={isSame}
          onChange={() => go({ own: { scale: isSame ? null : 'same' } })}
        />
        Same scale
      </label>
    </div>
  );
}

function Charts({ answer, load }: { readonly answer: Queues; readonly load: Load | null }) {
  const [areAllShown, showAll] = useState(false);
  const { by, summary, series, window } = answer;
  const shown = areAllShown ? summary : summary.slice(0, CHARTS);
  const isSame = address.value.own['scale'] === 'same';
  const max = isSame ? highest(series.slice(0, shown.length)) : undefined;
  return (
    <>
      <div class="charts">
        {shown.map((group, index) => (
          <QueueChart
            key={nameOf(by, group)}
            title={nameOf(by, group)}
            group={group}
            points={series[index]?.points ?? []}
            load={load && (load.series.find((each) => nameOf(by, each) === nameOf(by, group))?.points ?? [])}
            window={window}
            max={max}
            onPoint={(at) => go(openBehind(by, group, at))}
            onRange={(from, to) => go({ window: { from, to } })}
            actions={<Further by={by} group={group} />}
          />
        ))}
      </div>
      {summary.length > CHARTS && !areAllShown && (
        <button type="button" class="more-charts" onClick={() => showAll(true)}>
          Show {summary.length - CHARTS} more
        </button>
      )}
    </>
  );
}

/** Whose jobs these are, and how many runners would be enough. */
function Further({ by, group }: { readonly by: By; readonly group: QueueGroup }) {
  if (by !== 'runs_on' && by !== 'repository_label') return null;
  const filters = filtersOfGroup(by, group);
  return (
    <>
      <a href={linkTo({ filters, own: { by: 'repository', group_label: null } })}>Repositories</a>
      {by === 'runs_on' && <a href={linkTo({ path: '/capacity', filters })}>Capacity</a>}
    </>
  );
}

function highest(series: Queues['series']): number {
  return Math.max(
    0,
    ...series.flatMap(({ points }) => points.map(([, count, , , p99, max]) => (count < 5 ? max : p99))),
  );
}
