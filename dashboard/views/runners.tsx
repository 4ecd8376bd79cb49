import type { Runners } from '../../src/domain/openapi-types.ts';
import { useViewAnswer } from '../answers/use-answer.ts';
import { Card } from '../components/card.tsx';
import { Loaded } from '../components/states.tsx';
import { Tile, Tiles } from '../components/tile.tsx';
import { formatCount, formatPercent } from '../format/number.ts';
import { ZONE } from '../format/time.ts';
import { linkTo } from '../state/navigation.ts';
import { BusyHours } from './runners/busy-hours.tsx';
import { GroupTable } from './runners/group-table.tsx';
import { IdleTable } from './runners/idle-table.tsx';
import { LabelTable } from './runners/label-table.tsx';

/** The self-hosted runners now, and how busy runners of all kinds were. */
export function View() {
  const asked = useViewAnswer('runners', { tz: ZONE }, { isExported: true });
  return (
    <Loaded of={asked}>
      {(answer) => (
        <div class="stack">
          <Now answer={answer} />
          <BusyHours />
        </div>
      )}
    </Loaded>
  );
}

function Now({ answer }: { readonly answer: Runners }) {
  const { groups, labels, missing, idle_while_waiting: idle } = answer;
  if (groups.length === 0)
    return (
      <Card title="Self-hosted runners" definition="online">
        <p class="faint">{missing ?? 'There are none that this login may see.'}</p>
      </Card>
    );
  return (
    <>
      <Totals groups={groups} />
      {idle.length > 0 && <IdleTable idle={idle} />}
      <Card title="Self-hosted runners by group" note="Counted once a minute." isFlush>
        <GroupTable groups={groups} />
      </Card>
      {labels.length > 0 && <LabelTable labels={labels} />}
    </>
  );
}

function Totals({ groups }: { readonly groups: Runners['groups'] }) {
  const sum = (name: 'online' | 'busy' | 'offline') =>
    groups.reduce((total, group) => total + group[name], 0);
  const [online, busy, offline] = [sum('online'), sum('busy'), sum('offline')];
  return (
    <Tiles>
      <Tile label="Online" definition="online" value={formatCount(online)} />
      <Tile
        label="Busy"
        definition="busy"
        value={formatCount(busy)}
        href={linkTo({ path: '/', own: { tab: 'in_progress' } })}
      />
      <Tile label="Idle" definition="idle" value={formatCount(online - busy)} />
      <Tile
        label="Saturation"
        definition="saturation"
        value={formatPercent(online === 0 ? null : busy / online)}
      />
      <Tile
        label="Offline"
        definition="offline"
        value={formatCount(offline)}
        tone={offline > 0 ? 'waiting' : undefined}
      />
    </Tiles>
  );
}
