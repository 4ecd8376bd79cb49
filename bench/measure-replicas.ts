import { startDatabaseServer } from './database-server.ts';
import { type BenchFleet, type FleetPlan, type FleetUsage, startFleet } from './fleet.ts';
import type { LoadProcess } from './load-process.ts';
import { medianOf, numberText, type Progress, type Row, rangeText } from './report.ts';

export interface ReplicaSizes {
  /** In each, every fleet is started once, on a new database. */
  readonly rounds: number;
  /** Of each fleet, not counted; three deliveries each. */
  readonly warmUpJobs: number;
  /** As fast as they are answered. */
  readonly rateJobs: number;
  /** At `PER_SECOND`. */
  readonly answerJobs: number;
}

/** Of all processes together. */
const PER_SECOND = 2000;
const BUDGET_MS = 50;
const CONNECTIONS = 256;
const REPLICAS = [1, 2, 3];
/** To the database server and back, more than on one machine. */
const WAYS_MS = [0, 2, 10];

/** What a fleet did in one round. */
interface Measured {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Microseconds for each delivery, at the full rate. */
  readonly cpu: number;
  readonly serverCpu: number;
  /** Deliveries in a transaction, at the full rate. */
  readonly group: number;
  readonly roundTripMs: number | null;
  /** Answered with 202 and not counted. */
  readonly lost: number;
}

/** The rate and the time to the answer of one to three processes on PostgreSQL, beside one on SQLite. */
export async function measureReplicas(
  sizes: ReplicaSizes,
  load: LoadProcess,
  progress: Progress,
): Promise<Row[]> {
  await using server = await startDatabaseServer();
  const plans = [
    { replicas: 0, wayMs: 0 },
    ...WAYS_MS.flatMap((wayMs) => REPLICAS.map((replicas) => ({ replicas, wayMs }))),
  ];
  const results = plans.map((plan) => ({ plan, all: [] as Measured[] }));
  for (let round = 0; round < sizes.rounds; round += 1)
    for (const { plan, all } of results) {
      await using fleet = await startFleet(plan, server);
      const measured = await measureFleet(fleet, sizes, load);
      all.push(measured);
      const { perSecond, p99 } = measured;
      progress(`${nameOf(plan)}: ${numberText(perSecond)}/s, p99 ${numberText(p99, 1)} ms`);
    }
  return [...results.flatMap(rowsOf), comparisonOf(results), lossOf(results)];
}

async function measureFleet(fleet: BenchFleet, sizes: ReplicaSizes, load: LoadProcess): Promise<Measured> {
  const { ports } = fleet;
  const send = async (jobs: number, perSecond: number | null) => {
    const startMs = performance.now();
    const outcome = await load.send({ ports, connections: CONNECTIONS, jobs, perSecond });
    await fleet.settled();
    return { ...outcome, ms: performance.now() - startMs, accepted: outcome.answered[202] ?? 0 };
  };
  const warmUp = await send(sizes.warmUpJobs, null);
  const before = await fleet.usage();
  const rate = await send(sizes.rateJobs, null);
  const after = await fleet.usage();
  const { latencyMs, accepted } = await send(sizes.answerJobs, PER_SECOND);
  const each = (key: keyof FleetUsage): number => ((after[key] - before[key]) * 1000) / rate.sent;
  return {
    perSecond: (rate.accepted * 1000) / rate.elapsedMs,
    ...{ p50: latencyMs.p50, p99: latencyMs.p99 },
    ...{ cpu: each('cpuMs'), serverCpu: each('serverCpuMs') },
    group: rate.sent / Math.max(1, after.transactions - before.transactions),
    roundTripMs: fleet.roundTripMs,
    lost: warmUp.accepted + rate.accepted + accepted - (await fleet.usage()).accepted,
  };
}

interface Result {
  readonly plan: FleetPlan;
  readonly all: readonly Measured[];
}

function rowsOf({ plan, all }: Result): Row[] {
  const middle = (key: keyof Measured): number => medianOf(all.map((each) => each[key] ?? 0));
  const range = (key: keyof Measured, decimals = 0): string =>
    rangeText(
      all.map((each) => each[key] ?? 0),
      decimals,
    );
  const isServer = plan.replicas > 0;
  const more = isServer
    ? ` and database server ${numberText(middle('serverCpu'))} µs, ${numberText(middle('group'))} in a transaction`
    : '';
  const hasBudget = isServer && plan.wayMs === 0;
  const p99 = middle('p99');
  return [
    {
      what: `${nameOf(plan)}: sustained rate`,
      measured: `${numberText(middle('perSecond'))}/s (${range('perSecond')}; ${numberText(middle('cpu'))} µs of CPU a delivery${more})`,
      budget: '',
    },
    {
      what: `${nameOf(plan)}: p99 of the time to the answer at ${numberText(PER_SECOND)}/s`,
      measured: `${numberText(p99, 1)} ms (${range('p99', 1)}; median ${numberText(middle('p50'), 1)} ms${isServer ? `; shortest statement ${numberText(middle('roundTripMs'), 1)} ms` : ''})`,
      budget: hasBudget ? `≤ ${BUDGET_MS} ms` : '',
      ...(hasBudget ? { isMet: p99 <= BUDGET_MS } : {}),
    },
  ];
}

/** Several are there so that one may fail, and must not cost what they take together. */
function comparisonOf(results: readonly Result[]): Row {
  const ratesOf = (replicas: number): number[] =>
    (results.find(({ plan }) => plan.replicas === replicas && plan.wayMs === 0)?.all ?? []).map(
      ({ perSecond }) => perSecond,
    );
  const ones = ratesOf(1);
  const ratios = ratesOf(3).map((rate, round) => rate / (ones[round] ?? Number.NaN));
  const ratio = medianOf(ratios);
  return {
    what: 'sustained rate of 3 replicas ÷ 1 replica',
    measured: `${numberText(ratio, 2)} × (${rangeText(ratios, 2)})`,
    budget: '≥ 1 ×',
    isMet: ratio >= 1,
  };
}

function lossOf(results: readonly Result[]): Row {
  const lost = results.flatMap(({ all }) => all).reduce((sum, each) => sum + each.lost, 0);
  return {
    what: 'lost by all of them: answered 202 − counted as accepted',
    measured: numberText(lost),
    budget: '0',
    isMet: lost === 0,
  };
}

function nameOf({ replicas, wayMs }: FleetPlan): string {
  if (replicas === 0) return 'SQLite';
  const name = replicas === 1 ? '1 replica' : `${replicas} replicas`;
  return wayMs === 0 ? name : `${name}, ${wayMs} ms to the database`;
}
