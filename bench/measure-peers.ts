import { existsSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../test/free-port.ts';
import { EXPORTERS, type Exporter, exporterProgram } from './exporters.ts';
import type { LoadProcess } from './load-process.ts';
import { cpuMsOf, residentBytesOf } from './process-usage.ts';
import { medianOf, numberText, type Progress, type Row, rangeText, ratioText } from './report.ts';
import { openFolder, type Server, startBareHandler, startService } from './servers.ts';
import { startProcess } from './start-process.ts';

export interface PeerSizes {
  readonly rounds: number;
  /** In each round, for each program; three deliveries each. */
  readonly jobs: number;
}

interface Program {
  readonly name: string;
  readonly start: (folder: string) => Promise<Server>;
}

/** Of one round. */
interface Measured {
  readonly cpuUs: number;
  readonly perSecond: number;
  /** Answered, but not with success: a hook that GitHub would show as failed. */
  readonly refused: number;
  readonly p99Ms: number;
  readonly residentMib: number;
}

const CONNECTIONS = 256;
const WARM_UP_JOBS = 2000;
const MEBIBYTE = 1024 ** 2;
const PATIENCE_MS = 60_000;
/** A program that uses less of it than that in such a time has nothing more to do. */
const IDLE = { ms: 500, cpuMs: 20 };

/**
 * The same load for the bare handler, this service and programs of others, as fast as each answers. All take turns, and
 * each is new in each round. Of those that answer before they process, the CPU is that of both.
 */
export async function measurePeers(sizes: PeerSizes, load: LoadProcess, progress: Progress): Promise<Row[]> {
  const bare: Program = { name: 'bare handler', start: startBareHandler };
  const ours: Program = { name: 'ant-watcher, durable', start: startService };
  const built = EXPORTERS.filter((exporter) => existsSync(exporterProgram(exporter)));
  const programs = [bare, ours, ...built.map(programOf)];
  const measured = new Map<Program, Measured[]>(programs.map((program) => [program, []]));
  for (let round = 1; round <= sizes.rounds; round += 1)
    for (const [program, rounds] of measured) {
      rounds.push(await measure(program, sizes.jobs, load));
      const { cpuUs, perSecond } = rounds.at(-1) ?? { cpuUs: 0, perSecond: 0 };
      progress(`peers: ${program.name}: ${numberText(cpuUs)} µs, ${numberText(perSecond)}/s`);
    }
  const floors = measured.get(bare) ?? [];
  const missing = EXPORTERS.filter((exporter) => !built.includes(exporter));
  return [
    ...Array.from(measured, ([{ name }, rounds]) => rowOf(name, rounds, floors)),
    ...missing.map(({ repository }) => ({
      what: `${repository}: CPU per delivery ÷ bare handler`,
      measured: 'not built: bin/node scripts/build-exporters.ts, which needs Go',
      budget: '',
    })),
  ];
}

function programOf(exporter: Exporter): Program {
  const { repository, commit, date, isDurable } = exporter;
  const kept = isDurable ? 'durable' : 'in memory';
  return { name: `${repository} ${commit} of ${date}, ${kept}`, start: (folder) => launch(exporter, folder) };
}

async function launch(exporter: Exporter, folder: string): Promise<Server> {
  const port = await freePort();
  const { args, env = {}, files = {} } = exporter.launch(port, await freePort());
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const child = startProcess(exporterProgram(exporter), args, { cwd: folder, env });
  child.discard();
  await listens(port);
  return { pid: child.pid, port, [Symbol.asyncDispose]: () => child.kill() };
}

async function listens(port: number): Promise<void> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  while (!(await connects(port))) {
    if (performance.now() > deadlineMs) throw new Error('an exporter does not listen');
    await sleep(20);
  }
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

async function measure({ start }: Program, jobs: number, load: LoadProcess): Promise<Measured> {
  using folder = openFolder();
  await using server = await start(folder.path);
  const order = { ports: [server.port], connections: CONNECTIONS, perSecond: null };
  await load.send({ ...order, jobs: WARM_UP_JOBS });
  await idle(server.pid);
  const beforeMs = cpuMsOf(server.pid);
  const { sent, answered, elapsedMs, latencyMs } = await load.send({ ...order, jobs });
  await idle(server.pid);
  const taken = Object.entries(answered).reduce(
    (sum, [status, n]) => sum + (status.startsWith('2') ? n : 0),
    0,
  );
  return {
    cpuUs: ((cpuMsOf(server.pid) - beforeMs) * 1000) / sent,
    perSecond: (taken * 1000) / elapsedMs,
    refused: sent - taken,
    p99Ms: latencyMs.p99,
    residentMib: residentBytesOf(server.pid).highest / MEBIBYTE,
  };
}

async function idle(pid: number): Promise<void> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  for (let before = Number.NEGATIVE_INFINITY; cpuMsOf(pid) - before > IDLE.cpuMs; await sleep(IDLE.ms)) {
    if (performance.now() > deadlineMs) return;
    before = cpuMsOf(pid);
  }
}

function rowOf(name: string, rounds: readonly Measured[], floors: readonly Measured[]): Row {
  const of = (key: keyof Measured): number[] => rounds.map((round) => round[key]);
  const ratios = of('cpuUs').map((us, round) => us / (floors[round]?.cpuUs ?? Number.NaN));
  const rates = of('perSecond');
  const times = of('p99Ms');
  const refused = of('refused').reduce((sum, count) => sum + count, 0);
  return {
    what: `${name}: CPU per delivery ÷ bare handler`,
    measured: ratioText(ratios, [
      `${numberText(medianOf(of('cpuUs')))} µs`,
      `${numberText(medianOf(of('residentMib')))} MiB`,
      `${numberText(medianOf(rates))}/s, ${rangeText(rates)}`,
      `p99 ${numberText(medianOf(times))} ms, ${rangeText(times)}`,
      ...(refused > 0 ? [`${numberText(refused)} answered with an error`] : []),
    ]),
    budget: '',
  };
}
