import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  COLLECTOR_MODULES,
  findPeer,
  GO_MODULES,
  GO_PEERS,
  type GoModule,
  type GoPeer,
  goFolderOf,
  PEERS_FOLDER,
} from '../test/peers.ts';

/**
 * Builds the programs of `GO_PEERS` that are missing, each from its Go module, and downloads `GO_MODULES`. Returns 1, as
 * an exit code, when one is still missing, after saying which and why. The first time takes minutes.
 */
export function buildGoPeers(): 0 | 1 {
  const missing = (Object.keys(GO_PEERS) as GoPeer[]).filter((peer) => findPeer(peer) === undefined);
  const modules = (Object.keys(GO_MODULES) as GoModule[]).filter((name) => !existsSync(goFolderOf(name)));
  if (missing.length === 0 && modules.length === 0) return 0;
  if (spawnSync('go', ['version']).error !== undefined) {
    say(
      `Missing: ${[...missing, ...modules].join(', ')}. There is no Go to build them with, which the long form of tests needs.`,
    );
    say('Install it (https://go.dev/dl), and put go on PATH.');
    return 1;
  }
  const failed = [...missing.filter((peer) => !build(peer)), ...modules.filter((name) => !download(name))];
  return failed.length === 0 ? 0 : 1;
}

/** Under its final name only once it is complete. Other work goes first: it takes all processors for minutes. */
function build(peer: GoPeer): boolean {
  const folder = goFolderOf(peer);
  const partial = `${folder}.partial`;
  say(`Building ${GO_PEERS[peer]} into ${folder}, which may take minutes`);
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  const module = GO_PEERS[peer].split(' ');
  const args = peer === 'otelcol' ? collectorBuild(partial) : ['install', ...module];
  const { status } = spawnSync('nice', ['-n', '15', 'go', ...args], {
    env: { ...process.env, GOBIN: partial },
    stdio: 'inherit',
  });
  if (status !== 0) {
    say(`Missing: ${peer}. go ${args[0]} failed, as it says above.`);
    return false;
  }
  const built = readdirSync(partial);
  if (!built.includes(peer)) renameSync(join(partial, built[0] ?? ''), join(partial, peer));
  rmSync(folder, { recursive: true, force: true });
  renameSync(partial, folder);
  return true;
}

/**
 * The arguments of Go that run the Collector's builder, which leaves the program in the folder, beside its sources:
 * https://opentelemetry.io/docs/collector/extend/ocb/.
 */
function collectorBuild(folder: string): string[] {
  const parts = Object.entries(COLLECTOR_MODULES).map(([kind, gomod]) => [kind, [{ gomod }]]);
  const dist = { name: 'otelcol', output_path: resolve(folder), cgo_enabled: false };
  const manifest = join(folder, 'manifest.yaml');
  writeFileSync(manifest, JSON.stringify({ dist, ...Object.fromEntries(parts) }));
  return ['run', GO_PEERS.otelcol, '--config', manifest];
}

/** The module stays where Go keeps it. */
function download(name: GoModule): boolean {
  const folder = goFolderOf(name);
  say(`Fetching the Go module ${GO_MODULES[name]}`);
  mkdirSync(`${PEERS_FOLDER}/go`, { recursive: true });
  const { status, stdout } = spawnSync('go', ['mod', 'download', '-json', GO_MODULES[name]], {
    cwd: PEERS_FOLDER,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) {
    say(`Missing: ${name}. go mod download failed. ${stdout}`);
    return false;
  }
  rmSync(folder, { force: true });
  symlinkSync(JSON.parse(stdout).Dir, folder);
  return true;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
