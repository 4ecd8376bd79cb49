import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { findPeer, GO_PEERS, type GoPeer, goFolderOf } from '../test/peers.ts';

/**
 * Builds the programs of `GO_PEERS` that are missing, each from its Go module. Returns 1, as an exit code, when one is
 * still missing, after saying which and why. What is built is kept: the first time takes minutes.
 */
export function buildGoPeers(): 0 | 1 {
  const missing = (Object.keys(GO_PEERS) as GoPeer[]).filter((peer) => findPeer(peer) === undefined);
  if (missing.length === 0) return 0;
  if (spawnSync('go', ['version']).error !== undefined) {
    say(
      `Missing: ${missing.join(', ')}. There is no Go to build them with, which the long form of tests needs.`,
    );
    say('Install it (https://go.dev/dl), and put go on PATH.');
    return 1;
  }
  const failed = missing.filter((peer) => !build(peer));
  return failed.length === 0 ? 0 : 1;
}

/** Under its final name only once it is complete. Other work goes first: it takes all processors for minutes. */
function build(peer: GoPeer): boolean {
  const folder = goFolderOf(peer);
  const partial = `${folder}.partial`;
  say(`Building ${GO_PEERS[peer]} into ${folder}, which may take minutes`);
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  const { status } = spawnSync('nice', ['-n', '15', 'go', 'install', GO_PEERS[peer]], {
    env: { ...process.env, GOBIN: partial },
    stdio: 'inherit',
  });
  if (status !== 0) {
    say(`Missing: ${peer}. go install failed, as it says above.`);
    return false;
  }
  rmSync(folder, { recursive: true, force: true });
  renameSync(partial, folder);
  return true;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
