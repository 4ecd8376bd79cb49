import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sentWorld } from '../push/sent-world.ts';
import { hasAccepted, Resender } from '../resender.ts';
import { sumOf } from '../samples.ts';
import { type Configuration, startConfigured } from './configured.ts';

/*
 * Many reloads: nothing of a former configuration remains.
 */

const RELOADS = 50;
const JOB_SAMPLE = 'github_actions_event_job_duration_seconds';
const NOBODY = 'http://127.0.0.1:9';

/** Everything replaceable differs with each number. */
function other(number: number): Configuration {
  const odd = number % 2 === 1;
  return {
    webhook: { max_waiting: 5000 + number },
    sinks: [
      { name: 'one', url: `${NOBODY}/${number}` },
      { name: odd ? 'two' : 'three', url: NOBODY },
    ],
    push: { snapshot_interval: odd ? '1s' : 'never' },
    github: { token: `ghp_${number}`, api_url: NOBODY },
    recovery: { interval: odd ? '1s' : '2s' },
    metrics: { label_policy: odd ? 'jobs_total: -job_name' : '', max_series: 10_000 + number },
    prices: { rules: odd ? 'self-hosted=self_hosted:0.002' : '' },
  };
}

test(`${2 * RELOADS} reloads while a world is sent: every event counts once, and nothing leaks`, async (t) => {
  const { letters, expected } = sentWorld('endurance', 80);
  await using configured = await startConfigured(other(0));
  const { service } = configured;
  const fresh = letters.values();
  const resender = new Resender(service, 4, () => fresh.next().value);
  const running = resender.run();
  const openAfter: number[] = [];
  for (let number = 1; number <= 2 * RELOADS; number += 1) {
    await hasAccepted(resender, (letters.length * number) / (2 * RELOADS + 1), running);
    await configured.change(other(number));
    if (number % RELOADS === 0) openAfter.push(sumOf(await service.metrics(), 'process_open_fds'));
  }
  await running;
  await resender.finish();
  const jobs = sumOf(await service.settled(), 'github_actions_job_duration_seconds_count');
  assert.equal(jobs, expected.filter(({ labels }) => labels['__name__'] === JOB_SAMPLE).length);
  t.diagnostic(`descriptors after each half: ${openAfter}`);
  // Some are connections of this test.
  assert.ok((openAfter[1] ?? 0) <= (openAfter[0] ?? 0) + 5, `${openAfter} descriptors`);
  const { code, log } = await service.stop();
  assert.equal(code, 0);
  // Node.js warns about leaking listeners.
  assert.doesNotMatch(log, /Warning/);
});

test('of concurrent reloads the last configuration counts', async () => {
  await using configured = await startConfigured({});
  const asked = Array.from({ length: 20 }, (_, index) => {
    configured.write({ metrics: { max_series: 100 + index } });
    return configured.reload();
  });
  const answers = await Promise.all(asked);
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  assert.deepEqual((await configured.reload()).body, { applied: [], needs_restart: [] });
});
