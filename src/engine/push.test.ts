import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Logger, Outbox } from '../domain/contracts.ts';
import { type PushOptions, startPush } from './push.ts';

const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => SILENT };
const OPTIONS: PushOptions = {
  sinks: [],
  extraLabels: [],
  headers: {},
  caPem: null,
  timeoutMs: 1000,
  version: '1.2.3',
  batchSamples: 10,
  batchAgeMs: 1000,
  maxSizeBytes: 1_000_000,
  maxAgeMs: 1_000_000,
  closeGraceMs: 1000,
};
const RIGHT = {
  name: 'right',
  url: 'http://127.0.0.1:9',
  protocol: 'victoriametrics',
  basicAuth: null,
  bearerToken: null,
} as const;

test('a configuration that can not work forgets nothing of what waits', async () => {
  const opened: string[][] = [];
  const outbox = {
    async openSinks(sinks: string[]) {
      opened.push(sinks);
      return 0;
    },
  };
  const parts = {
    outbox: outbox as unknown as Outbox,
    meter: { add() {} },
    clock: Date.now,
    logger: SILENT,
  };
  const wrong = { ...RIGHT, name: 'wrong', url: 'http://127.0.0.1:9/api/v1/write' };
  await assert.rejects(startPush({ ...OPTIONS, sinks: [RIGHT, wrong] }, parts), { code: 'config_invalid' });
  assert.deepEqual(opened, []);
});
