import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { Now } from '../src/domain/openapi-types.ts';
import { linesOf, parseExposition, type Samples, sumOf } from './samples.ts';

const ROOT = join(import.meta.dirname, '..');

test("the demo ends with the page's address, shows a company at work, and leaves nothing behind", async () => {
  const args = [join(ROOT, 'scripts/demo.ts'), '--ports', 'free', '--past', '1d'];
  using demo = spawn(join(ROOT, 'bin/node'), args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(demo, 'exit');
  let said = '';
  for (const stream of [demo.stdout, demo.stderr])
    stream.on('data', (part: Buffer) => {
      said += part;
    });
  const api = await until(async () => /The page is at (http:\S+)\/\n$/.exec(said)?.[1]);
  const shownMs = Date.now();
  const first = await scrape(api);
  assert.ok(sumOf(first, 'github_actions_active_jobs') > 20, 'at work from the first moment on');
  await until(async () => (await jobsNow(api)).find((job) => Date.parse(job.since ?? '') > shownMs));
  const changed = await until(async () => {
    const samples = await scrape(api);
    return sumOf(samples, 'github_actions_jobs_total') > 1000 ? samples : undefined;
  });
  assert.ok(sumOf(changed, 'github_actions_cost_dollars_total') > 0);
  assert.ok(sumOf(changed, 'github_actions_jobs_total', { team: 'payments', tier: '1' }) > 0);
  assert.ok(sumOf(changed, 'github_actions_deployments_total') > 0);
  assert.equal(sumOf(changed, 'github_actions_stale_jobs'), 0);
  await untilApiIsRead(api);
  demo.kill('SIGINT');
  assert.deepEqual(await ended, [0, null]);
  assert.match(
    said,
    /^Starting .*\nThe page is at http:\S+\n$/,
    'nothing follows, and nothing is warned about',
  );
  await assert.rejects(fetch(`${api}/livez`));
});

/** What no webhook tells: runners, bills, and the log of the webhook. */
async function untilApiIsRead(api: string): Promise<void> {
  const shown = async (name: string, labels = {}) => sumOf(await scrape(api), name, labels) > 0 || undefined;
  await until(() => shown('github_actions_runners', { status: 'online', busy: 'true' }));
  await until(() => shown('github_actions_runners', { status: 'offline' }));
  await until(() => shown('github_actions_billing_gross_dollars', { owner: 'lumen-works' }));
  await until(
    async () => linesOf(await scrape(api), 'ant_watcher_hook_deliveries_total').length > 0 || undefined,
  );
}

async function until<T>(found: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const value = await found();
    if (value !== undefined) return value;
    await setTimeout(50);
  }
}

async function scrape(api: string): Promise<Samples> {
  return parseExposition(await (await fetch(`${api}/metrics`)).text());
}

/** Some of what waits and runs. */
async function jobsNow(api: string): Promise<Now['jobs']> {
  const { jobs } = (await (await fetch(`${api}/api/v1/now?limit=200`)).json()) as Now;
  return jobs;
}
