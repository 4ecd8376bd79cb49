import { setTimeout as sleep } from 'node:timers/promises';
import { PROTOCOLS, type PushProtocol } from '../src/push/protocols.ts';
import { freePort } from '../test/free-port.ts';
import { peerPath } from '../test/peers.ts';
import { openTemporaryFolder } from '../test/temporary-folder.ts';
import { cpuMsOf } from './process-usage.ts';
import { countAt, samplesInLists } from './pushed-samples.ts';
import { startProcess } from './start-process.ts';

/** As many as ant-watcher puts into a request. */
const AT_ONCE = 2000;
const POLL_MS = 250;
const PATIENCE_MS = 300_000;

/**
 * Gives samples to VictoriaMetrics' own agent, in the requests that ant-watcher sends, until the database has all of
 * them. Answers the CPU of the agent for each, in µs: it reads them, writes them anew and sends them on.
 */
export async function relaySamples(database: string, protocol: PushProtocol, count: number): Promise<number> {
  using folder = openTemporaryFolder();
  const address = `127.0.0.1:${await freePort()}`;
  const agent = startProcess(peerPath('vmagent'), [
    `-httpListenAddr=${address}`,
    `-remoteWrite.url=${database}/api/v1/write`,
    `-remoteWrite.tmpDataPath=${folder.path}`,
    '-loggerLevel=ERROR',
  ]);
  try {
    const url = `http://${address}`;
    while (!(await fetch(`${url}/health`).catch(() => null))?.ok) await sleep(POLL_MS);
    const beforeMs = cpuMsOf(agent.pid);
    await sendAll(`${url}${PROTOCOLS[protocol].path}`, protocol, count);
    for (const startMs = performance.now(); (await countAt(database)) < count; await sleep(POLL_MS))
      if (performance.now() - startMs > PATIENCE_MS) throw new Error('vmagent does not send all samples');
    return (1000 * (cpuMsOf(agent.pid) - beforeMs)) / count;
  } finally {
    await agent.stop();
  }
}

async function sendAll(url: string, protocol: PushProtocol, count: number): Promise<void> {
  const format = PROTOCOLS[protocol].formatWith([]);
  for (const samples of samplesInLists(count, AT_ONCE)) {
    const encoded = await format.encode(samples);
    if (encoded.problem !== null) throw new Error(encoded.problem);
    const { body } = encoded.payload;
    const { ok, status } = await fetch(url, {
      method: 'POST',
      headers: format.headers,
      body: new Uint8Array(body),
    });
    if (!ok) throw new Error(`vmagent answers ${status}`);
  }
}
