import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';

/*
 * Several processes can read a database while one writes it if they share memory: the index of its log is a
 * mapped file. Where the file is on another machine, that machine's other clients do not share it
 * (https://www.sqlite.org/wal.html#noshm).
 */

/** Their names by the number that `statfs` answers (linux/magic.h). */
const NETWORK_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x01021997, '9P'],
  [0x5346414f, 'AFS'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
  [0x19830326, 'BeeGFS'],
]);

/** The name of the network file system that `path` is on; null: it is on none that is known. */
export function networkFileSystemOf(path: string, statfs = statfsSync): string | null {
  return NETWORK_FILE_SYSTEMS.get(statfs(dirname(path)).type >>> 0) ?? null;
}
