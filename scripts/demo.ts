import { parseArgs } from 'node:util';
import { startOwnService, whereToLook } from '../simulator/own-service.ts';
import { runSimulate } from '../simulator/simulate-command.ts';
import { AntError } from '../src/domain/errors.ts';

/*
 * `npm run demo`: the service on a temporary store, with simulated GitHub traffic: a few hundred runs of the
 * last hours at once, then live ones until Ctrl-C. Nothing is left behind.
 */

const HELP = `Usage: npm run demo -- [flags]

  --duration TIME    stop by itself after this long, such as 20s
  --ports free       take any free ports instead of 8080 and 9876
`;

const PAST = ['--runs', '300', '--in-flight', '0'];
/** Ten times as fast as the world, until it has caught up with the present. */
const LIVE = ['--seed', 'live', '--speed', '10', '--duplicates', '0.02', '--reorder', '0.05'];

const { values: flags } = parseArgs({
  options: { duration: { type: 'string' }, ports: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
});
if (flags.help) process.stdout.write(HELP);
else process.exitCode = await demonstrate(flags.duration, flags.ports === 'free');

/** Runs the demo to its end and returns the exit code. */
async function demonstrate(duration: string | undefined, anyPorts: boolean): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  try {
    await using service = await startOwnService({ env: process.env, signal: stop.signal, anyPorts });
    const signal = AbortSignal.any([stop.signal, service.ended]);
    const io = { stdout: process.stdout, stderr: process.stderr, env: {}, signal };
    say('The service is running. Sending some hundred simulated runs of the last hours …');
    const sending = ['--url', service.webhook.href, '--secret', service.secret];
    await runSimulate([...PAST, ...sending], io);
    if (signal.aborted) return service.ended.aborted ? 1 : 0;
    say(whereToLook(service));
    const end = duration === undefined ? [] : ['--duration', duration];
    const code = await runSimulate([...LIVE, ...end, ...sending], io);
    say(service.ended.aborted ? 'The service has stopped.' : 'Stopping …');
    return service.ended.aborted ? 1 : code;
  } catch (err) {
    if (!(err instanceof AntError)) throw err;
    if (!stop.signal.aborted) say(err.message);
    return stop.signal.aborted ? 0 : 1;
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
