import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { peerPath } from './peers.ts';

/** Has the real promtool check an exposition; fails on any message from it. */
export function expectNoComplaint(exposition: Uint8Array | string): void {
  const { stdout, stderr, error } = spawnSync(peerPath('promtool'), ['check', 'metrics'], {
    input: exposition,
    encoding: 'utf8',
  });
  assert.equal(error, undefined);
  assert.equal(`${stdout}${stderr}`.trim(), '');
}
