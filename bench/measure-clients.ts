import { writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { LoadProcess } from './load-process.ts';
import { cpuMsOf } from './process-usage.ts';
import { medianOf, numberText, type Progress, type Row } from './report.ts';
import { type AntWatcher, openFolder, startService } from './servers.ts';
import { readPauses, watchedEnvironment } from './watch-pauses.ts';

const CLIENTS = 20;
const CONNECTIONS = 256;
const WARM_UP_JOBS = 4000;
const BUDGET_PAUSE_MS = 20;
const BUDGET_MORE = 0.03;

export interface ClientSizes {
  /** In each half of a pair; three deliveries each. */
  readonly jobs: number;
  /** With clients and without, in turns. */
  readonly pairs: number;
}

/**
 * What pages cost the intake: at half of what it can take, with a number of pages of Now and without. Pauses
 * are measured in a process of their own, because to watch them costs CPU time too.
 */
export async function measureClients(
  { jobs, pairs }: ClientSizes,
  load: LoadProcess,
  progress: Progress,
): Promise<Row[]> {
  using folder = openFolder();
  const { perSecond, ratios, lost } = await comparePairs(folder.path, { jobs, pairs }, load);
  const ratio = medianOf(ratios);
  progress(`clients: ${numberText(100 * (ratio - 1), 1)} % more CPU at ${numberText(perSecond)}/s`);
  const pauses = await pausesWithClients(folder.path, { jobs, perSecond }, load);
  const ms = Math.max(0, ...pauses.map((pause) => pause.ms));
  // What the program itself is responsible for, however busy the machine is.
  const cpuMs = Math.max(0, ...pauses.map((pause) => pause.cpuMs));
  const what = `intake at ${numberText(perSecond)}/s, half of its most, with ${CLIENTS} pages of Now`;
  const range = `${numberText(100 * (Math.min(...ratios) - 1), 1)} to ${numberText(100 * (Math.max(...ratios) - 1), 1)}`;
  return [
    {
      what: `${what}: CPU per delivery, more than without`,
      measured: `${numberText(100 * (ratio - 1), 1)} % (${range}; ${ratios.length})`,
      budget: `≤ ${100 * BUDGET_MORE} %`,
      isMet: ratio - 1 <= BUDGET_MORE,
    },
    {
      what: `${what}: longest pause of the engine thread`,
      measured: `${numberText(ms, 1)} ms (the most CPU in any is ${numberText(cpuMs, 1)} ms)`,
      budget: `≤ ${BUDGET_PAUSE_MS} ms`,
      isMet: ms <= BUDGET_PAUSE_MS,
    },
    {
      what: 'not accepted meanwhile',
      measured: numberText(lost),
      budget: '0',
      isMet: lost === 0,
    },
  ];
}

async function comparePairs(folder: string, { jobs, pairs }: ClientSizes, load: LoadProcess) {
  await using service = await startService(folder);
  const perSecond = await halfOfTheMost(service, jobs, load);
  const ratios: number[] = [];
  let lost = 0;
  for (let pair = 0; pair < pairs; pair += 1) {
    const without = await sendAt(service, { jobs, perSecond }, load);
    const clients = await openClients(service);
    const withClients = await sendAt(service, { jobs, perSecond }, load);
    await clients.close();
    ratios.push(withClients.cpuUs / without.cpuUs);
    lost += without.lost + withClients.lost;
  }
  return { perSecond, ratios, lost };
}

async function pausesWithClients(
  folder: string,
  { jobs, perSecond }: { readonly jobs: number; readonly perSecond: number },
  load: LoadProcess,
) {
  const file = join(folder, 'pauses');
  writeFileSync(file, '');
  await using service = await startService(folder, watchedEnvironment(file));
  await sendAt(service, { jobs: WARM_UP_JOBS, perSecond }, load);
  const clients = await openClients(service);
  const startMs = Date.now();
  await sendAt(service, { jobs, perSecond }, load);
  await clients.close();
  return readPauses(file, 'engine', startMs);
}

/** Answered and processed. */
async function halfOfTheMost(service: AntWatcher, jobs: number, load: LoadProcess): Promise<number> {
  const order = { ports: [service.port], connections: CONNECTIONS, perSecond: null };
  await load.send({ ...order, jobs: WARM_UP_JOBS });
  await service.settled();
  const startMs = performance.now();
  const { sent } = await load.send({ ...order, jobs });
  await service.settled();
  return Math.round((sent * 1000) / (performance.now() - startMs) / 2);
}

interface Sending {
  readonly jobs: number;
  readonly perSecond: number;
}

async function sendAt(
  service: AntWatcher,
  sending: Sending,
  load: LoadProcess,
): Promise<{ readonly cpuUs: number; readonly lost: number }> {
  const beforeMs = cpuMsOf(service.pid);
  const { sent, answered } = await load.send({ ports: [service.port], connections: CONNECTIONS, ...sending });
  await service.settled();
  return {
    cpuUs: ((cpuMsOf(service.pid) - beforeMs) * 1000) / sent,
    lost: sent - (answered[202] ?? 0),
  };
}

/** Each reads its stream as a browser does. Throws at the end if one of them got nothing. */
async function openClients(service: AntWatcher) {
  const streams = await Promise.all(Array.from({ length: CLIENTS }, () => openStream(service)));
  const bytes = streams.map(() => 0);
  streams.forEach((stream, at) => {
    stream.on('data', (part: Buffer) => {
      bytes[at] = (bytes[at] ?? 0) + part.length;
    });
  });
  return {
    async close() {
      for (const stream of streams) stream.destroy();
      if (bytes.includes(0)) throw new Error('a stream had nothing');
    },
  };
}

function openStream({ api }: AntWatcher): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(`${api}/api/v1/live`, { headers: { 'Accept-Encoding': 'gzip' } }, (response) => {
      if (response.statusCode === 200) resolve(response.on('error', () => {}));
      else reject(new Error(`a stream was answered with ${response.statusCode}`));
    }).on('error', reject);
  });
}
