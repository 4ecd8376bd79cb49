import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { peerPath } from './peers.ts';

/**
 * The one thing that promtool may say. It wants every time in seconds; minutes are the unit in which GitHub bills, each
 * job rounded up to one, and the metric's name is part of the contract with dashboards.
 */
const ACCEPTED = 'github_actions_billed_minutes_total use base unit "seconds" instead of "minutes"';

/** Has the real promtool check an exposition; fails on anything that it says beyond that. */
export function expectNoComplaint(exposition: Uint8Array | string): void {
  const { stdout, stderr, error } = spawnSync(peerPath('promtool'), ['check', 'metrics'], {
    input: exposition,
    encoding: 'utf8',
  });
  assert.equal(error, undefined);
  const said = `${stdout}${stderr}`.split('\n').filter((line) => line !== '' && line !== ACCEPTED);
  assert.deepEqual(said, []);
}
