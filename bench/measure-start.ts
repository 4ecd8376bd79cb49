import { cpSync } from 'node:fs';
import type { LoadProcess } from './load-process.ts';
import { openPackage } from './package-folder.ts';
import { medianOf, numberText, type Progress, type Row, rangeText } from './report.ts';
import { type Folder, openFolder, startService, storageUrl } from './servers.ts';
import { startProcess } from './start-process.ts';
import { storeWorld } from './stored-world.ts';

export interface StartSizes {
  readonly rounds: number;
  /** Sent before it is killed. */
  readonly jobs: number;
  /** In the large database; 0: none is measured. */
  readonly storedJobs: number;
}

interface Start {
  /** Of the process and all that it started, until it was ready. */
  readonly cpuMs: number;
  readonly readyMs: number;
  readonly residentMib: number;
}

interface Kind {
  readonly what: string;
  readonly budgetMs: number;
  start(): Promise<Start>;
}

const MEBIBYTE = 1024 * 1024;
const CONNECTIONS = 64;

/**
 * From the start of the process to the first success of `/readyz`: from a checkout and from the package, on databases
 * of all kinds, and Node.js with an empty program. All take turns.
 */
export async function measureStart(sizes: StartSizes, load: LoadProcess, progress: Progress): Promise<Row[]> {
  using installed = await openPackage();
  using killed = await killAfterLoad(sizes.jobs, load);
  using large = openFolder();
  if (sizes.storedJobs > 0) progress(`storing ${numberText(sizes.storedJobs)} jobs`);
  const world = { completedJobs: sizes.storedJobs, activeJobs: 0, seriesLines: 0 };
  if (sizes.storedJobs > 0) await storeWorld(storageUrl(large.path), world);
  const kinds: Kind[] = [
    { what: 'a checkout, new database', budgetMs: 250, start: () => startAnew() },
    { what: 'the package, new database', budgetMs: 250, start: () => startAnew(installed.bin) },
    {
      what: 'the package, after `kill -9` under load',
      budgetMs: 250,
      start: () => startOnCopy(killed, installed.bin),
    },
  ];
  const what = `the package, ${numberText(sizes.storedJobs)} jobs stored`;
  if (sizes.storedJobs > 0)
    kinds.push({ what, budgetMs: 1000, start: () => startIn(large.path, installed.bin) });
  return await measureKinds(kinds, sizes.rounds, progress);
}

async function measureKinds(kinds: readonly Kind[], rounds: number, progress: Progress): Promise<Row[]> {
  // The first of a kind compiles what the others find compiled.
  for (const kind of kinds) await kind.start();
  const bareMs: number[] = [];
  const starts = new Map<Kind, Start[]>(kinds.map((kind) => [kind, []]));
  for (let round = 1; round <= rounds; round += 1) {
    bareMs.push(await bareCpuMs());
    for (const [kind, measured] of starts) measured.push(await kind.start());
    progress(`start: round ${round} of ${rounds}`);
  }
  return Array.from(starts, ([kind, measured]) => startRow(kind, measured, bareMs));
}

function startRow({ what, budgetMs }: Kind, starts: readonly Start[], bareMs: readonly number[]): Row {
  const ratios = starts.map(({ cpuMs }, round) => cpuMs / (bareMs[round] ?? Number.NaN));
  const cpuMs = medianOf(starts.map((each) => each.cpuMs));
  const readyMs = starts.map((each) => each.readyMs);
  const details = [
    `${numberText(cpuMs)} ms of CPU, bare ${numberText(medianOf(bareMs))} ms`,
    `ready after ${numberText(medianOf(readyMs))} ms, ${rangeText(readyMs)}`,
    `${numberText(medianOf(starts.map((each) => each.residentMib)))} MiB resident`,
  ];
  return {
    what: `start of ${what}: CPU until ready ÷ that of an empty program`,
    measured: `${numberText(medianOf(ratios), 1)} × (${rangeText(ratios, 1)}; ${details.join('; ')})`,
    budget: `≤ ${numberText(budgetMs)} ms of CPU`,
    isMet: cpuMs <= budgetMs,
  };
}

/** All of the CPU of `node -e ''`, but for its last words. */
async function bareCpuMs(): Promise<number> {
  const child = startProcess(process.execPath, ['-p', 'JSON.stringify(process.cpuUsage())']);
  const { user, system }: NodeJS.CpuUsage = JSON.parse(await child.line('user'));
  await child.ended;
  return (user + system) / 1000;
}

async function startAnew(bin?: string): Promise<Start> {
  using folder = openFolder();
  return await startIn(folder.path, bin);
}

async function startOnCopy(original: Folder, bin: string): Promise<Start> {
  using folder = openFolder();
  cpSync(original.path, folder.path, { recursive: true });
  return await startIn(folder.path, bin);
}

async function startIn(folder: string, bin?: string): Promise<Start> {
  await using service = await startService(folder, {}, bin);
  const { readyMs, readyCpuMs: cpuMs, readyResidentBytes } = service;
  return { cpuMs, readyMs, residentMib: readyResidentBytes / MEBIBYTE };
}

/** A database as `kill -9` leaves it when the last delivery has just been answered. */
async function killAfterLoad(jobs: number, load: LoadProcess): Promise<Folder> {
  const folder = openFolder();
  const service = await startService(folder.path);
  await load.send({ ports: [service.port], jobs, connections: CONNECTIONS, perSecond: null });
  await service.kill();
  return folder;
}
