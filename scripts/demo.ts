import { parseArgs } from 'node:util';
import { readDuration } from '../simulator/command-line.ts';
import { AntError } from '../src/domain/errors.ts';
import type { Demo } from './demo/demo.ts';
import { showOneService } from './demo/one-service.ts';
import { showReplicas } from './demo/replicas.ts';

/*
 * `npm run demo`: the service on a temporary store, with the traffic of a simulated company: what goes on now until
 * Ctrl-C, and meanwhile its last days, the latest first. Nothing is left behind.
 */

const HELP = `Usage: npm run demo -- [flags]

  --past TIME        how much of the company's past to show (default 7d)
  --duration TIME    stop by itself after this long, such as 20s
  --ports free       take any free ports instead of 8080 and 9876
  --replicas COUNT   so many replicas on a temporary PostgreSQL; again and again one is killed and started again
  --kill-every TIME  how long until the next one is killed (default 5s)
`;

const MOST_REPLICAS = 9;

const { values: flags } = parseArgs({
  options: {
    past: { type: 'string', default: '7d' },
    duration: { type: 'string' },
    ports: { type: 'string' },
    replicas: { type: 'string' },
    'kill-every': { type: 'string', default: '5s' },
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
    const demo: Demo = {
      pastMs: readDuration('demo', 'past', flags.past),
      durationMs: flags.duration === undefined ? null : readDuration('demo', 'duration', flags.duration),
      anyPorts: flags.ports === 'free',
      env: process.env,
      stop: stop.signal,
      say: (text) => void process.stdout.write(`${text}\n`),
    };
    if (flags.replicas === undefined) return await showOneService(demo);
    const killEveryMs = readDuration('demo', 'kill-every', flags['kill-every']);
    return await showReplicas({ ...demo, count: readCount(flags.replicas), killEveryMs });
  } catch (err) {
    // A Ctrl-C of a terminal reaches the programs that were being started, too, and that may be heard first.
    await new Promise((resolve) => setImmediate(resolve));
    if (stop.signal.aborted) return 0;
    if (!(err instanceof AntError)) throw err;
    process.stdout.write(`${err.message}\n`);
    return 1;
  }
}

function readCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 2 && count <= MOST_REPLICAS) return count;
  throw new AntError('command_failed', `--replicas is a number from 2 to ${MOST_REPLICAS}`);
}
