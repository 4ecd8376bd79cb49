import type { Capacity, CapacityPoint } from '../../src/domain/openapi-types.ts';
import { addressParameters, useAnswer } from '../answers/use-answer.ts';
import { Card } from '../components/card.tsx';
import { Loaded, NothingMatches } from '../components/states.tsx';
import { address, go, replace } from '../state/navigation.ts';
import { CapacityChart } from './capacity/capacity-chart.tsx';
import { Chosen, Legend, PointTable, Trust } from './capacity/parts.tsx';
import { Results } from './capacity/results.tsx';
import { Settings } from './capacity/settings.tsx';
import { parseTarget, printTarget } from './capacity/targets.ts';

const LABELS = 200;

export function View() {
  const { filters, own } = address.value;
  const [asked] = filters.runs_on ?? [];
  const labels = useAnswer(
    'queues',
    { ...window(), by: 'runs_on', step: '1d', limit: LABELS },
    { everySeconds: 0 },
  );
  const names = labels.answer?.summary.map(({ runs_on = '' }) => runs_on) ?? [];
  // What waits longest of all is what most people come for.
  const runsOn = asked ?? names[0];
  const target = parseTarget(own['target']);
  const capacity = useAnswer(
    runsOn === undefined ? null : 'capacity',
    { ...window(), runs_on: runsOn, target_p95: target },
    { isExported: true, everySeconds: 60 },
  );
  if (runsOn === undefined) return <Loaded of={labels}>{() => <NothingMatches />}</Loaded>;
  return (
    <div class="capacity">
      <Settings
        names={names}
        runsOn={runsOn}
        target={target}
        observedP95={capacity.answer?.observed.p95 ?? null}
        onLabel={(name) => go({ filters: { runs_on: [name] }, own: { k: null } })}
        onTarget={(seconds) => replace({ own: { target: printTarget(seconds), k: null } })}
      />
      <Loaded of={capacity} isEmpty={({ points }) => points.length === 0}>
        {(answer) => <Answer answer={answer} />}
      </Loaded>
    </div>
  );
}

function window() {
  const { from, to } = addressParameters('capacity');
  return { from, to };
}

function Answer({ answer }: { readonly answer: Capacity }) {
  const chosen = chosenOf(answer, Number(address.value.own['k']));
  if (chosen === null) return null;
  return (
    <div class="capacity-answer">
      <Results answer={answer} />
      <Card
        title={`Queue time of ${answer.runs_on} by number of runners`}
        definition="replay"
        note="More runners to the right. Queue times are on a logarithmic scale; below, how much of the time the runners are busy."
        actions={<Legend />}
      >
        <CapacityChart
          answer={answer}
          chosen={chosen}
          onChoose={(runners) => replace({ own: { k: String(runners) } })}
        />
        <Chosen answer={answer} point={chosen} />
        <PointTable answer={answer} />
      </Card>
      <Trust answer={answer} />
    </div>
  );
}

/** The point of the address, else the one that is needed. */
function chosenOf({ points, needed }: Capacity, k: number): CapacityPoint | null {
  const find = (runners: number | null) => points.find((point) => point.runners === runners);
  return find(k) ?? find(needed) ?? points.at(-1) ?? null;
}
