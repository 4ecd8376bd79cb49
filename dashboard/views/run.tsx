import type { Run } from '../../src/domain/openapi-types.ts';
import { useAnswer } from '../answers/use-answer.ts';
import { Empty, Loaded } from '../components/states.tsx';
import { address } from '../state/navigation.ts';
import { Attempts } from './run/attempts.tsx';
import { Deployments } from './run/deployments.tsx';
import { RunHead } from './run/run-head.tsx';
import { RunTable } from './run/run-table.tsx';
import { Waits } from './run/waits.tsx';
import { Waterfall } from './run/waterfall.tsx';

/** While a run goes on, it changes all the time; what has not changed costs a 304. */
const EVERY_SECONDS = 5;

/** Where one run spent its time: its attempts, jobs and steps. */
export function View() {
  const { path, own } = address.value;
  const parameters = { id: path.split('/').at(-1) ?? '', attempt: own['attempt'] };
  const asked = useAnswer('run', parameters, { everySeconds: EVERY_SECONDS });
  const { answer, problem } = asked;
  if (answer === null && problem?.code === 'not_known')
    return (
      <Empty title="This run is not known here">
        <p>{problem.message}</p>
      </Empty>
    );
  return <Loaded of={asked}>{(run) => <Whole answer={run} />}</Loaded>;
}

function Whole({ answer }: { readonly answer: Run }) {
  return (
    <div class="run">
      <RunHead answer={answer} />
      <Attempts answer={answer} />
      <Waits jobs={answer.jobs} />
      <Waterfall answer={answer} />
      <Deployments deployments={answer.deployments} />
      <RunTable answer={answer} />
    </div>
  );
}
