import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSimulateOptions } from './simulate-options.ts';

function read(args: string): ReturnType<typeof readSimulateOptions> {
  return readSimulateOptions(['--no-send', '--record', 'f', ...args.split(' ')], {});
}

test("the API defaults to GitHub's limits, the hook of an App, and no faults", () => {
  assert.deepEqual(read('--serve-api 8090')?.api, {
    port: 8090,
    token: 'ghp_simulated',
    appKey: undefined,
    hooks: ['app'],
    faults: {},
    lies: {},
    limits: {},
    tokenLifeMs: undefined,
  });
});

test('hooks, faults, lies, limits and the token lifetime are parsed', () => {
  const limits = '--api-limit 100/10s --api-burst 20/500ms --api-token-life 1.5m';
  const hooks =
    '--api-hooks organization,repository --api-faults error=0.1,hang=0.01 --api-lies same_page=1,stale_etag=0.5';
  const api = read(`--serve-api 0 --api-token t ${limits} ${hooks}`)?.api;
  assert.deepEqual(api, {
    port: 0,
    token: 't',
    appKey: undefined,
    hooks: ['organization', 'repository'],
    faults: { error: 0.1, hang: 0.01 },
    lies: { same_page: 1, stale_etag: 0.5 },
    limits: { perHour: 100, hourMs: 10_000, pointsPerMinute: 20, minuteMs: 500 },
    tokenLifeMs: 90_000,
  });
  assert.deepEqual(read('--serve-api 0 --api-hooks none')?.api?.hooks, []);
  assert.equal(read('--seed 2')?.api, null);
});

const WRONG: readonly [string, RegExp][] = [
  ['--api-hooks app', /--api-hooks needs --serve-api/],
  ['--serve-api 99999', /--serve-api must be a whole number from 0 to 65535/],
  ['--serve-api 0 --api-hooks app,team', /--api-hooks takes app, .* or none, not "team"/],
  ['--serve-api 0 --api-faults fire=1', /--api-faults takes shares of error, .*, not "fire=1"/],
  ['--serve-api 0 --api-faults error', /--api-faults error must be a number from 0 to 1/],
  ['--serve-api 0 --api-faults error=0.7,hang=0.6', /their sum can't be 1\.3/],
  ['--serve-api 0 --api-lies truth=1', /--api-lies takes shares of same_page, .*, not "truth=1"/],
  ['--serve-api 0 --api-limit 100', /--api-limit must look like 100\/10s, not "100"/],
  ['--serve-api 0 --api-burst 0/10s', /--api-burst must be a whole number of at least 1/],
  ['--serve-api 0 --api-token-life 5', /--api-token-life must be a duration/],
];

for (const [args, message] of WRONG) {
  test(`${args} is wrong usage, with a hint`, () => {
    assert.throws(() => read(args), { code: 'usage', message, hint: /ant-watcher help simulate/ });
  });
}
