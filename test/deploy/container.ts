import { randomUUID } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { peerPath } from '../peers.ts';

/*
 * A program that a test starts in place of `bin/ant-watcher`: it runs the image with runc, which Docker and Kubernetes
 * use too, as somebody careful would have it: a read-only root, no capability, nothing but /data and /tmp to write to.
 * The network is the machine's, so that a test can reach it.
 */

/** What an image says of itself, as far as it matters here. */
export interface ImageConfig {
  readonly User: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly Cmd: readonly string[];
  readonly WorkingDir: string;
}

const USER = { uid: 65532, gid: 65532 };

/**
 * Writes that program into a folder and returns its path. Started in another folder, it keeps the data of its
 * containers in `data` there. Killed with SIGKILL, it takes the processes of its container along.
 */
export function writeContainerProgram(folder: string, rootfs: string, config: ImageConfig): string {
  const path = join(folder, 'container');
  const node = [process.execPath, join(import.meta.dirname, 'container-bundle.ts')];
  const image = join(folder, 'image.json');
  writeFileSync(image, JSON.stringify({ rootfs, config }));
  const script = [
    '#!/bin/sh',
    'set -eu',
    `bundle=$(${quoted([...node, image])} "$@")`,
    'id=$(basename "$bundle")',
    `runc='${peerPath('runc')} --root ${folder}/runc'`,
    // That of the process before it may still be ending.
    'for _ in $(seq 600); do [ -z "$($runc list -q 2>/dev/null)" ] && break; sleep 0.05; done',
    '(tail --pid=$$ -f /dev/null; $runc kill "$id" KILL; $runc delete --force "$id") >/dev/null 2>&1 &',
    'exec $runc run --bundle "$bundle" "$id"',
  ];
  writeFileSync(path, `${script.join('\n')}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** Writes what runc needs to run a command of the image with these variables. Returns the folder, named as its id. */
export function writeBundle(
  { rootfs, config }: { readonly rootfs: string; readonly config: ImageConfig },
  { args, env }: { readonly args: readonly string[]; readonly env: NodeJS.ProcessEnv },
): string {
  const bundle = join(process.cwd(), randomUUID());
  const data = join(process.cwd(), 'data');
  mkdirSync(bundle);
  mkdirSync(data, { recursive: true, mode: 0o700 });
  chownSync(data, USER.uid, USER.gid);
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const spec = {
    ociVersion: '1.0.2',
    process: {
      user: USER,
      args: [...config.Entrypoint, ...(args.length > 0 ? args : config.Cmd)],
      env: [...config.Env, ...variables],
      cwd: config.WorkingDir,
      noNewPrivileges: true,
      capabilities: { bounding: [], effective: [], inheritable: [], permitted: [], ambient: [] },
    },
    root: { path: rootfs, readonly: true },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755'] },
      { destination: '/tmp', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'nodev', 'mode=1777'] },
      { destination: '/data', type: 'bind', source: data, options: ['rbind', 'rw', 'nosuid', 'nodev'] },
    ],
    linux: {
      namespaces: ['pid', 'mount', 'ipc', 'uts'].map((type) => ({ type })),
      maskedPaths: ['/proc/kcore', '/proc/keys', '/proc/sched_debug', '/proc/timer_list'],
      readonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
    },
  };
  writeFileSync(join(bundle, 'config.json'), JSON.stringify(spec));
  return bundle;
}

function quoted(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(' ');
}
