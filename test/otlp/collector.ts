import { startReplying } from '../fixtures/push-server.ts';
import { freePort } from '../free-port.ts';
import { type RunningPeer, startPeer } from '../peer-process.ts';
import { openTemporaryFolder } from '../temporary-folder.ts';

/** What OTLP carries, as the last part of its path. */
export type OtlpSignal = 'traces' | 'metrics';

/** A real OpenTelemetry Collector, which can be stopped, killed, and started again at the same address. */
export interface RunningCollector extends RunningPeer {
  /** Its OTLP receiver over HTTP. */
  readonly url: string;
  /** The requests that it has accepted, in order, as its own exporter writes them in OTLP's JSON. */
  accepted(signal: OtlpSignal): unknown[];
}

/** It answers nothing else with 200. */
const EMPTY_REQUEST = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };

/**
 * The Collector has neither a queue nor batches, and does not retry: it answers that it has accepted a request
 * once what it understood of it has arrived here. So nothing is lost with it.
 */
export async function startCollector(): Promise<RunningCollector> {
  await using stack = new AsyncDisposableStack();
  const answer = { status: 200, headers: { 'content-type': 'application/json' }, body: '{}' };
  const behind = stack.use(await startReplying([answer]));
  const address = `127.0.0.1:${await freePort()}`;
  const config = configOf(address, `http://127.0.0.1:${behind.port}`);
  const folder = stack.use(openTemporaryFolder({ 'collector.yaml': JSON.stringify(config) }));
  const url = `http://${address}`;
  const flags = [`--config=file:${folder.path}/collector.yaml`];
  const collector = stack.use(await startPeer('otelcol', flags, `${url}/v1/traces`, EMPTY_REQUEST));
  const running = stack.move();
  return {
    url,
    accepted: (signal) =>
      behind.arrived
        .filter(({ path }) => path === `/v1/${signal}`)
        .map(({ body }) => JSON.parse(body.toString())),
    stop: collector.stop,
    start: collector.start,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function configOf(address: string, behind: string): object {
  const pipeline = { receivers: ['otlp'], exporters: ['otlp_http'] };
  const exporter = {
    ...{ endpoint: behind, encoding: 'json', compression: 'none' },
    ...{ sending_queue: { enabled: false }, retry_on_failure: { enabled: false } },
  };
  return {
    receivers: { otlp: { protocols: { http: { endpoint: address } } } },
    exporters: { otlp_http: exporter },
    service: {
      pipelines: { traces: pipeline, metrics: pipeline },
      telemetry: { metrics: { level: 'none' }, logs: { level: 'error' } },
    },
  };
}
