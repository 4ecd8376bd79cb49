import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setDefaultCACertificates } from 'node:tls';
import { CERTIFICATE, KEY } from '../fixtures/certificate.ts';
import { freePort } from '../free-port.ts';
import { longTest } from '../long-form.ts';
import { type RunningPeer, startPeer } from '../peer-process.ts';
import { startPrometheus } from '../prometheus.ts';
import { parseExposition } from '../samples.ts';
import { startService } from '../service.ts';
import { openTemporaryFolder } from '../temporary-folder.ts';
import { startVictoriaMetrics } from '../victoria-metrics.ts';
import { expectSamples } from './expected-samples.ts';
import { drained, expectNoneRejected, sendLetters, until } from './receivers.ts';
import { sentWorld } from './sent-world.ts';

/*
 * Newer programs than Debian's, and what stands between ant-watcher and a database: each gets a whole world, badly
 * delivered, and has exactly its samples.
 */

const EVENTS = '{__name__=~"github_actions_event_.+"}';
const TOKEN = 'a-token-that-vmauth-knows';
const USER = { name: 'ants', password: 'hill-hill-hill' };

interface Sink {
  readonly url: string;
  readonly [setting: string]: string;
}

/** A service that has sent a world to the sinks, and nothing waits. */
async function sendTo(sinks: readonly Sink[], runs = 40) {
  const { letters, expected } = sentWorld('newer', runs);
  const service = await startService({
    env: {
      ANT_WATCHER_SINKS: JSON.stringify(sinks),
      ANT_WATCHER_PUSH_BATCH_AGE: '20ms',
      ANT_WATCHER_PUSH_BATCH_SAMPLES: '50',
    },
  });
  await sendLetters(service, letters);
  await drained(service);
  await expectNoneRejected(service);
  return { service, expected };
}

async function startVmagent(database: string): Promise<RunningPeer & { readonly url: string }> {
  const address = `127.0.0.1:${await freePort()}`;
  const folder = openTemporaryFolder();
  const flags = [
    `-httpListenAddr=${address}`,
    `-remoteWrite.url=${database}/api/v1/write`,
    `-remoteWrite.tmpDataPath=${folder.path}`,
    '-loggerLevel=ERROR',
  ];
  const vmagent = await startPeer('vmagent', flags, `http://${address}/health`);
  return Object.assign(vmagent, { url: `http://${address}` });
}

/**
 * Asks for TLS and a login, as in front of a cluster: a token leads to one database, by the path of a tenant, and a user
 * to another.
 */
async function startVmauth(
  folder: string,
  { tenant, user }: { readonly tenant: string; readonly user: string },
): Promise<RunningPeer & { readonly url: string }> {
  const ofTenant = {
    src_paths: ['/insert/7/prometheus/.*'],
    drop_src_path_prefix_parts: 2,
    url_prefix: tenant,
  };
  const users = [
    { bearer_token: TOKEN, url_map: [ofTenant] },
    { username: USER.name, password: USER.password, url_prefix: user },
  ];
  setDefaultCACertificates([CERTIFICATE]);
  writeFileSync(join(folder, 'auth.yml'), JSON.stringify({ users }));
  const address = `127.0.0.1:${await freePort()}`;
  const flags = [
    `-httpListenAddr=${address}`,
    '-tls',
    `-tlsCertFile=${join(folder, 'cert.pem')}`,
    `-tlsKeyFile=${join(folder, 'key.pem')}`,
    `-auth.config=${join(folder, 'auth.yml')}`,
    '-loggerLevel=ERROR',
  ];
  const vmauth = await startPeer('vmauth', flags, `https://${address}/health`);
  return Object.assign(vmauth, { url: `https://${address}` });
}

longTest(
  'VictoriaMetrics 1.151 has every sample, by its own protocol and by remote write, also after a kill',
  async () => {
    await using own = await startVictoriaMetrics({ program: 'victoria-metrics-new' });
    await using remote = await startVictoriaMetrics({ program: 'victoria-metrics-new' });
    const { service, expected } = await sendTo([
      { name: 'own', url: own.url },
      { name: 'remote', url: remote.url, protocol: 'remote_write' },
    ]);
    await using _ = service;
    for (const database of [own, remote]) {
      expectSamples(await database.samples(EVENTS), expected, 'at once');
      await database.stop('SIGKILL');
      await database.start();
    }
    for (const database of [own, remote])
      await until(
        'what it lost is not sent again',
        async () => (await database.samples(EVENTS)).length >= expected.length,
      );
    for (const database of [own, remote])
      expectSamples(await database.samples(EVENTS), expected, 'after a kill');
  },
);

for (const protocol of ['victoriametrics', 'remote_write'])
  longTest(
    `vmagent in front of VictoriaMetrics delivers every sample by ${protocol}, also of a time without it`,
    async () => {
      await using database = await startVictoriaMetrics({ program: 'victoria-metrics-new' });
      await using vmagent = await startVmagent(database.url);
      await database.stop();
      const { service, expected } = await sendTo([{ name: 'agent', url: vmagent.url, protocol }]);
      await using _ = service;
      await database.start();
      const all = async () => (await database.samples(EVENTS)).length >= expected.length;
      await until('vmagent has not delivered', all);
      expectSamples(await database.samples(EVENTS), expected, 'behind vmagent');
    },
  );

longTest(
  "Prometheus 3 has every sample by remote write, and shows the same series as Debian's when it scrapes",
  async () => {
    await using newer = await startPrometheus({}, [], 'prometheus-new');
    const { service, expected } = await sendTo([{ name: 'new', url: newer.url, protocol: 'remote_write' }]);
    await using _ = service;
    expectSamples(await newer.samples(EVENTS, Date.now() + 60_000), expected, 'Prometheus 3');
    await using scraping = await startPrometheus({ ants: service.apiAddress }, [], 'prometheus-new');
    const numbers = 'sort({__name__=~"github_actions_.+"})';
    await until('nothing is scraped', async () => (await scraping.query('up{job="ants"} == 1')).length > 0);
    const shown = parseExposition(await service.exposition());
    const wanted = [...shown.keys()].filter((key) => key.startsWith('github_actions_')).length;
    await until('series are missing', async () => (await scraping.query(numbers)).length === wanted);
  },
);

longTest(
  'vmauth asks for TLS and a login, and a tenant of a cluster is part of the path: every sample arrives',
  async () => {
    using folder = openTemporaryFolder({ 'cert.pem': CERTIFICATE, 'key.pem': KEY });
    await using tenant = await startVictoriaMetrics({ program: 'victoria-metrics-new' });
    await using user = await startVictoriaMetrics({ program: 'victoria-metrics-new' });
    await using vmauth = await startVmauth(folder.path, { tenant: tenant.url, user: user.url });
    const ca_file = join(folder.path, 'cert.pem');
    const { service, expected } = await sendTo([
      { name: 'tenant', url: `${vmauth.url}/insert/7/prometheus`, token: TOKEN, ca_file },
      {
        ...{ name: 'user', url: `${vmauth.url}/api/v1/write`, protocol: 'remote_write', ca_file },
        basic_auth: `${USER.name}:${USER.password}`,
      },
    ]);
    await using _ = service;
    for (const database of [tenant, user])
      expectSamples(await database.samples(EVENTS), expected, 'behind vmauth');
  },
);
