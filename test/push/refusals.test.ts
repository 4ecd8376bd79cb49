import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { decompress } from '../fixtures/snappy.ts';
import { sumOf } from '../samples.ts';
import { type Service, startService } from '../service.ts';
import type { ExpectedSample } from './expected-samples.ts';
import { answering, startHostileProxy } from './hostile-proxy.ts';
import { drained, pushingTo, sendLetters, startReceivers, until, urlsOf, waiting } from './receivers.ts';
import { sentWorld } from './sent-world.ts';

/*
 * Receivers that refuse: a sample, the size of a request, or our login.
 */

const LARGE = { ANT_WATCHER_PUSH_BATCH_SAMPLES: '500', ANT_WATCHER_PUSH_BATCH_AGE: '300ms' };

interface PushStatus {
  readonly sinks: readonly { sink: string; waiting_samples: number; last_problem: Problem | null }[];
  readonly rejected: readonly {
    sink: string;
    reason: string;
    metric: string;
    labels: Record<string, string>;
    value: number;
    time: string;
  }[];
}

interface Problem {
  readonly outcome: string;
  readonly reason: string;
}

test('with one bad sample in a world all others arrive, and the bad one is shown with the reason', async () => {
  const { letters, expected } = sentWorld('poison', 12);
  const poison = expected.findLast(({ timesMs }) => timesMs.length === 1) ?? assert.fail();
  await using receivers = await startReceivers();
  const urls = urlsOf(receivers);
  const refuse = (isHeld: boolean) => (isHeld ? answering(400) : undefined);
  await using victoria = await startHostileProxy(urls.victoria, ({ body }) =>
    refuse(gunzipSync(body).includes(textOf(poison))),
  );
  await using prometheus = await startHostileProxy(urls.prometheus, ({ body }) =>
    refuse(Buffer.from(decompress(body)).includes(bytesOf(poison))),
  );
  const env = pushingTo({ victoria: victoria.url, prometheus: prometheus.url });
  await using service = await startService({ env });
  await sendLetters(service, letters);
  await drained(service);
  await receivers.expect(expected.filter((each) => each !== poison));

  const { rejected } = await pushStatus(service);
  assert.deepEqual(rejected.map(({ sink, reason }) => `${sink} ${reason}`).sort(), [
    'prom 400 no: 400',
    'vm 400 no: 400',
  ]);
  for (const { metric, labels, value, time } of rejected) {
    assert.deepEqual({ ...labels, __name__: metric }, poison.labels);
    assert.deepEqual([value, Date.parse(time)], [poison.value, poison.timesMs[0]]);
  }
  const metrics = await service.metrics();
  for (const sink of ['vm', 'prom']) {
    assert.equal(sumOf(metrics, 'ant_watcher_samples_total', { sink, outcome: 'rejected' }), 1);
    assert.equal(sumOf(metrics, 'ant_watcher_samples_total', { sink, outcome: 'sent' }), expected.length - 1);
  }
});

test('receivers that accept only small requests get small ones, and everything', async () => {
  const { letters, expected } = sentWorld('small requests', 12);
  await using receivers = await startReceivers();
  const urls = urlsOf(receivers);
  let refused = 0;
  const judge = ({ body }: { readonly body: Buffer }) => {
    if (body.length <= 700) return undefined;
    refused += 1;
    return answering(413);
  };
  await using victoria = await startHostileProxy(urls.victoria, judge);
  await using prometheus = await startHostileProxy(urls.prometheus, judge);
  const env = pushingTo({ victoria: victoria.url, prometheus: prometheus.url }, LARGE);
  await using service = await startService({ env });
  await sendLetters(service, letters);
  await drained(service);
  await receivers.expect(expected);
  assert.ok(refused > 0);
});

test('a wrong token is logged once and loses nothing: with the right one everything arrives', async () => {
  const { letters, expected } = sentWorld('wrong token', 12);
  await using receivers = await startReceivers();
  const urls = urlsOf(receivers);
  const judge = ({ authorization }: { readonly authorization: string | undefined }) =>
    authorization === 'Bearer right-token' ? undefined : answering(401);
  await using victoria = await startHostileProxy(urls.victoria, judge);
  await using prometheus = await startHostileProxy(urls.prometheus, judge);
  const env = (token: string) => ({
    ...pushingTo({ victoria: victoria.url, prometheus: prometheus.url, token }),
  });
  await using wrong = await startService({ env: env('wrong-token') });
  await sendLetters(wrong, letters);
  await wrong.settled();
  await until('the refusals are not shown', async () => (await refusals(wrong)).length === 2);
  assert.deepEqual(await refusals(wrong), ['prom 401 no: 401', 'vm 401 no: 401']);
  const { status, checks } = (await (await wrong.get('/health')).json()) as Health;
  assert.deepEqual([status, checks.push.ok], ['degraded', false]);
  assert.match(checks.push.reason ?? '', /vm refuses us: 401 no: 401/);
  assert.equal(await waiting(wrong), 2 * expected.length);
  const { code, log } = await wrong.stop();
  assert.equal(code, 0, log);
  const errors = log.split('\n').filter((line) => line.includes('"level":"error"'));
  const refused = errors.filter((line) => line.includes('"msg":"Receiver refuses requests'));
  assert.equal(errors.length, refused.length, errors.join('\n'));
  assert.equal(refused.filter((line) => line.includes('"sink":"vm"')).length, 1, errors.join('\n'));

  const storage = `sqlite:${wrong.folder}/ant-watcher.db`;
  await using right = await startService({ storage, env: env('right-token') });
  await drained(right);
  await receivers.expect(expected);
});

interface Health {
  readonly status: string;
  readonly checks: { readonly push: { readonly ok: boolean; readonly reason?: string } };
}

async function pushStatus(service: Service): Promise<PushStatus> {
  return (await (await service.get('/api/v1/push')).json()) as PushStatus;
}

async function refusals(service: Service): Promise<string[]> {
  const { sinks } = await pushStatus(service);
  return sinks
    .filter(({ last_problem }) => last_problem?.outcome === 'refused')
    .map(({ sink, last_problem }) => `${sink} ${last_problem?.reason}`)
    .sort();
}

/** The sample as the text format ends its line. */
function textOf({ value, timesMs }: ExpectedSample): string {
  return ` ${value} ${timesMs[0]}\n`;
}

/** The sample in remote write: a double, the key of the time, and the time as a varint. */
function bytesOf({ value, timesMs }: ExpectedSample): Buffer {
  const double = Buffer.alloc(8);
  double.writeDoubleLE(value);
  const varint: number[] = [];
  let rest = BigInt(timesMs[0] ?? 0);
  for (; rest > 127n; rest >>= 7n) varint.push(Number(rest & 127n) | 128);
  return Buffer.concat([double, Buffer.from([0x10, ...varint, Number(rest)])]);
}
