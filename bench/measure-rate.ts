import type { LoadOutcome } from './load.ts';
import type { LoadProcess } from './load-process.ts';
import { acceptedRow } from './lost.ts';
import { medianOf, numberText, type Progress, type Row, rangeText, ratioText } from './report.ts';
import { type AntWatcher, openFolder, startBareHandler, startService } from './servers.ts';

const BUDGET = 0.75;
const CONNECTIONS = 256;
const WARM_UP_JOBS = 4000;

export interface RateSizes {
  readonly rounds: number;
  /** In each round, for each of the two; three deliveries each. */
  readonly jobs: number;
}

interface Sent {
  /** Answered a second, until all of it was processed. */
  readonly perSecond: number;
  readonly accepted: number;
  readonly load: LoadOutcome;
}

/**
 * The rate that answers and processing sustain, compared with that of the bare handler, which takes turns with the
 * service; and whether any delivery answered 202 is missing at the end.
 */
export async function measureRate(
  { rounds, jobs }: RateSizes,
  load: LoadProcess,
  progress: Progress,
): Promise<Row[]> {
  using folder = openFolder();
  await using bare = await startBareHandler();
  await using service = await startService(folder.path);
  await send(load, bare, WARM_UP_JOBS);
  const all = [await send(load, service, WARM_UP_JOBS, service)];
  const [floors, ours] = [[] as number[], [] as number[]];
  for (let round = 1; round <= rounds; round += 1) {
    const floor = await send(load, bare, jobs);
    const sent = await send(load, service, jobs, service);
    all.push(sent);
    floors.push(floor.perSecond);
    ours.push(sent.perSecond);
    progress(`rate: ${numberText(sent.perSecond)}/s, bare handler ${numberText(floor.perSecond)}/s`);
  }
  const ratios = ours.map((each, round) => each / (floors[round] ?? Number.NaN));
  const sum = (of: (each: Sent) => number): number => all.reduce((total, each) => total + of(each), 0);
  const sentAndAccepted = { sent: sum((each) => each.load.sent), accepted: sum((each) => each.accepted) };
  const text = (rates: readonly number[]): string => `${numberText(medianOf(rates))}/s (${rangeText(rates)})`;
  return [
    {
      what: 'sustained rate, durable, answers and processing ÷ bare handler',
      measured: ratioText(ratios, [text(ours), `bare ${text(floors)}`]),
      budget: `≥ ${BUDGET} ×`,
      isMet: medianOf(ratios) >= BUDGET,
    },
    await acceptedRow('lost at that rate', service, sentAndAccepted),
    sendingRow(all.map((each) => each.load)),
  ];
}

async function send(
  load: LoadProcess,
  { port }: { readonly port: number },
  jobs: number,
  service?: AntWatcher,
): Promise<Sent> {
  const outcome = await load.send({ ports: [port], connections: CONNECTIONS, perSecond: null, jobs });
  const answeredMs = performance.now();
  await service?.settled();
  const elapsedMs = outcome.elapsedMs + performance.now() - answeredMs;
  const accepted = outcome.answered[202] ?? 0;
  return { perSecond: (accepted * 1000) / elapsedMs, accepted, load: outcome };
}

function sendingRow(all: readonly LoadOutcome[]): Row {
  const middle = (of: (each: LoadOutcome) => number): number => medianOf(all.map(of));
  const us = middle(({ cpuMs, sent }) => (cpuMs * 1000) / sent);
  const share = middle(({ cpuMs, elapsedMs }) => (100 * cpuMs) / elapsedMs);
  const bytes = middle(({ meanBodyBytes }) => meanBodyBytes);
  return {
    what: 'what sending cost on the same cores',
    measured: `${numberText(us)} µs a request, ${numberText(share)} % of a core; ${numberText(bytes)} B a body`,
    budget: '',
  };
}
