import { parseArgs } from 'node:util';
import type { BackfillStatus } from '../../domain/backfill.ts';
import { AntError } from '../../domain/errors.ts';
import { sleep } from '../../timing/sleep.ts';
import { askService, type CommandEnvironment, serviceUrlOf } from '../ask-service.ts';

export const backfillHelp = `Usage: ant-watcher backfill --since TIME [--repo OWNER/NAME]… [flags]

Has the running service read runs from GitHub's past that it does not know. First it lists them, to estimate the
requests; then it reads them. It does not use the share of the rate limits that github.reserve keeps, and waits when
the rest is used up. If you interrupt the command, the backfill continues in the service; --stop ends it. After a
restart of the service, run it again: nothing is read twice.

  --since TIME   how far back, in days or hours: 7d, 12h
  --repo NAME    only this repository; may be given several times (default: all that the service knows)
  --dry-run      only estimate
  --stop         end the running backfill
  --url URL      the API of the service (default http://127.0.0.1:9876, or the port that ANT_WATCHER_API_PORT names)
The token, where the service asks for one, comes from ANT_WATCHER_API_TOKEN.

Example:
  ant-watcher backfill --since 7d --repo octo/ants --dry-run
`;

interface CommandIo {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  readonly env: CommandEnvironment;
}

const LOOK_EVERY_MS = 500;
const MS_OF = { d: 86_400_000, h: 3_600_000 } as const;

/**
 * Starts a backfill and shows its progress. Returns 0 if everything was read, else 1. Rejects with `usage` or
 * `command_failed`.
 */
export async function runBackfill(
  args: readonly string[],
  { stdout, stderr, env }: CommandIo,
): Promise<number> {
  const { sinceMs, repo, isDryRun, isStop, url } = flagsOf(args, env);
  const path = '/api/v1/backfill';
  const asking = { url, token: env['ANT_WATCHER_API_TOKEN'], command: 'backfill' };
  const ask = async (body?: object): Promise<BackfillJson> =>
    JSON.parse(await askService({ ...asking, path, ...(body && { body }) }));
  if (isStop) {
    await askService({ ...asking, path: `${path}/stop`, body: {} });
    stdout.write('The backfill stops.\n');
    return 0;
  }
  let status = await ask({ since_ms: sinceMs, repositories: repo, dry_run: isDryRun });
  let shown = '';
  while (status.state !== 'done' && status.state !== 'stopped') {
    const text = progressText(status);
    if (text !== shown) stderr.write(`${text}\n`);
    shown = text;
    await sleep(LOOK_EVERY_MS);
    status = await ask();
  }
  stdout.write(resultText(status, isDryRun));
  return status.state === 'done' && status.problems.length === 0 ? 0 : 1;
}

function flagsOf(args: readonly string[], env: CommandEnvironment) {
  const options = {
    since: { type: 'string' },
    repo: { type: 'string', multiple: true },
    'dry-run': { type: 'boolean', default: false },
    stop: { type: 'boolean', default: false },
    url: { type: 'string', default: serviceUrlOf(env) },
  } as const;
  try {
    const { values } = parseArgs({ args: [...args], options });
    const { since = '', repo = [], stop: isStop, url } = values;
    const [, count, unit] = /^(\d{1,5})([dh])$/.exec(since) ?? [];
    if (!isStop && unit === undefined) throw new TypeError('name --since in days or hours, as in 7d');
    if (repo.some((name) => !/^[^/]+\/[^/]+$/.test(name))) throw new TypeError('a repository is OWNER/NAME');
    const sinceMs = Date.now() - Number(count ?? 0) * MS_OF[(unit ?? 'd') as keyof typeof MS_OF];
    return { sinceMs, repo, isDryRun: values['dry-run'], isStop, url };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new AntError('usage', `backfill: ${message}`, { hint: 'ant-watcher help backfill' });
  }
}

/** A backfill in the form of the API. */
export type BackfillJson = Omit<BackfillStatus, 'waitsUntilMs' | 'tooOld'> & {
  readonly too_old: number;
  readonly waits_until: string | null;
};

/** The progress, on one line. */
function progressText(status: BackfillJson): string {
  const { state, repositories, finished, runs, requests, read, recovered } = status;
  if (state === 'waiting') return `The rate limit is used up: it goes on at ${status.waits_until}`;
  if (state === 'estimating' && repositories === 0) return 'Looking for repositories';
  if (state === 'estimating') return `Estimating: ${finished} of ${repositories} repositories`;
  const estimate = `about ${runs} runs in ${requests} requests`;
  return `Reading ${estimate}: ${finished} of ${repositories} repositories, ${read} runs read, ${recovered} new deliveries`;
}

/** The result. */
function resultText({ state, problems, ...status }: BackfillJson, isDryRun: boolean): string {
  const { repositories, runs, requests, read, recovered, too_old: tooOld } = status;
  const what = isDryRun
    ? `It would take about ${requests} requests for ${runs} runs of ${repositories} repositories`
    : `${read} runs of ${repositories} repositories read, ${recovered} new deliveries`;
  const end = state === 'stopped' ? 'Stopped. ' : '';
  const old =
    tooOld === 0 ? [] : [`left out: ${tooOld} runs that ended, in all or in part, before that time`];
  return [`${end}${what}.`, ...old, ...problems.map((problem) => `not read: ${problem}`), ''].join('\n');
}
