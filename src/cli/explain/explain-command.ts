import { parseArgs } from 'node:util';
import { AntError } from '../../domain/errors.ts';
import { askService, type CommandEnvironment, serviceUrlOf } from '../ask-service.ts';
import { type ExplanationJson, explanationText } from './explanation-text.ts';

export const explainHelp = `Usage: ant-watcher explain (--job ID | --run ID) [flags]

Asks a running service what it knows of one job or run: every delivery about it, what each changed, and why
something was not counted. The id is the number at the end of the job's or run's address on GitHub.

  --job ID       a job
  --run ID       a run, all attempts of it, and its jobs
  --url URL      the API of the service (default http://127.0.0.1:9876, or the port that ANT_WATCHER_API_PORT names)
  --json         print the answer as it is
The token, where the service asks for one, comes from ANT_WATCHER_API_TOKEN.

Example:
  ant-watcher explain --job 41546348818
`;

const UNKNOWN = {
  message: 'Not known to the service',
  hint: 'no delivery about it has been processed; /health shows parked ones',
};

interface CommandIo {
  readonly stdout: NodeJS.WritableStream;
  readonly env: CommandEnvironment;
}

/** Prints the explanation of one job or run. Rejects with `usage` or `command_failed`. */
export async function runExplain(args: readonly string[], { stdout, env }: CommandIo): Promise<number> {
  const { job, run, url, json } = flagsOf(args, env);
  const query = job === undefined ? `run=${run}` : `job=${job}`;
  const text = await askService({
    url,
    path: `/api/v1/explain?${query}`,
    token: env['ANT_WATCHER_API_TOKEN'],
    command: 'explain',
    unknown: UNKNOWN,
  });
  stdout.write(json ? `${text}\n` : explanationText(JSON.parse(text) as ExplanationJson));
  return 0;
}

function flagsOf(args: readonly string[], env: CommandEnvironment) {
  const options = {
    job: { type: 'string' },
    run: { type: 'string' },
    url: { type: 'string', default: serviceUrlOf(env) },
    json: { type: 'boolean', default: false },
  } as const;
  try {
    const { values } = parseArgs({ args: [...args], options });
    if ((values.job === undefined) === (values.run === undefined))
      throw new TypeError('name one --job or one --run');
    if (!/^\d+$/.test(values.job ?? values.run ?? '')) throw new TypeError('an id is a number');
    return values;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new AntError('usage', `explain: ${message}`, { hint: 'ant-watcher help explain' });
  }
}
