import { parseArgs } from 'node:util';
import { readDuration } from '../simulator/command-line.ts';
import { companyTraffic } from '../simulator/company/company-traffic.ts';
import type { SimulatedDelivery } from '../simulator/deliveries.ts';
import { type OwnService, startOwnService } from '../simulator/own-service.ts';
import { pauseUntil } from '../simulator/pause.ts';
import { createSender } from '../simulator/sender.ts';
import { signRequest } from '../simulator/signed-request.ts';
import { AntError } from '../src/domain/errors.ts';

/*
 * `npm run demo`: the service on a temporary store, with the traffic of a simulated company: what goes on now until
 * Ctrl-C, and meanwhile its last days, the latest first. Nothing is left behind.
 */

const HELP = `Usage: npm run demo -- [flags]

  --past TIME        how much of the company's past to show (default 7d)
  --duration TIME    stop by itself after this long, such as 20s
  --ports free       take any free ports instead of 8080 and 9876
`;

/** The service needs about so long to start. */
const START_MS = 1500;
/** Of deliveries under way. Of the past not more than are processed at once, so that the present never queues. */
const CONCURRENCY = { past: 16, present: 64 };

/** What the company's own runners cost a minute, in dollars. */
const PRICES =
  'ubuntu-latest-8-cores=linux_8_core, group:Build machines=self_hosted:0.004, group:GPU machines=self_hosted:0.03, group:Kubernetes=self_hosted:0.003';

const { values: flags } = parseArgs({
  options: {
    past: { type: 'string', default: '7d' },
    duration: { type: 'string' },
    ports: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (flags.help) process.stdout.write(HELP);
else process.exitCode = await demonstrate();

/** Runs the demo to its end and returns the exit code. */
async function demonstrate(): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  try {
    const pastMs = readDuration('demo', 'past', flags.past);
    const durationMs = flags.duration === undefined ? null : readDuration('demo', 'duration', flags.duration);
    say('Starting ant-watcher, and a company that uses GitHub Actions …');
    const starting = startOwnService({
      env: process.env,
      signal: stop.signal,
      anyPorts: flags.ports === 'free',
      settings: { ANT_WATCHER_PRICES_RULES: PRICES },
    });
    const presentMs = Math.ceil((Date.now() + START_MS) / 1000) * 1000;
    const traffic = companyTraffic({ seed: 'demo', pastMs, presentMs });
    await using service = await starting;
    const signals = [stop.signal, service.ended];
    if (durationMs !== null) signals.push(AbortSignal.timeout(durationMs));
    const signal = AbortSignal.any(signals);
    await Promise.all([
      sendPresent(traffic.present, { presentMs, service, signal }),
      sendPast(traffic.past, service, signal),
    ]);
    return service.ended.aborted ? 1 : 0;
  } catch (err) {
    if (!(err instanceof AntError)) throw err;
    if (!stop.signal.aborted) say(err.message);
    return stop.signal.aborted ? 0 : 1;
  }
}

/** Each delivery at its time. Says where the page is once it shows what is under way. */
async function sendPresent(
  deliveries: Iterable<SimulatedDelivery>,
  {
    presentMs,
    service,
    signal,
  }: { readonly presentMs: number; readonly service: OwnService; readonly signal: AbortSignal },
): Promise<void> {
  await using sender = createSender(service.webhook, CONCURRENCY.present);
  let isShown = false;
  for (const delivery of deliveries) {
    if (!isShown && delivery.atMs > presentMs) {
      await sender.settle();
      isShown = true;
      say(`The page is at ${service.api}/`);
    }
    await pauseUntil(delivery.atMs, signal);
    if (signal.aborted) break;
    await sender.send(signed(delivery, service));
  }
  await sender.settle();
}

async function sendPast(
  deliveries: Iterable<SimulatedDelivery>,
  service: OwnService,
  signal: AbortSignal,
): Promise<void> {
  await using sender = createSender(service.webhook, CONCURRENCY.past);
  for (const delivery of deliveries) {
    if (signal.aborted) break;
    await sender.send(signed(delivery, service));
  }
  await sender.settle();
}

function signed({ event, guid, body }: SimulatedDelivery, { secret }: OwnService) {
  return signRequest({ event, guid, body: body() }, secret, false);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
