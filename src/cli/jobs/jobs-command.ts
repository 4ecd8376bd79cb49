import { parseArgs } from 'node:util';
import { AntError } from '../../domain/errors.ts';
import { askService, type CommandEnvironment, serviceUrlOf } from '../ask-service.ts';
import { jobsTable, type ShownJobs } from './jobs-table.ts';

export const jobsHelp = `Usage: ant-watcher jobs [flags]

Lists the jobs that a running service knows: those that wait and run now or, with --status completed, those that have
ended. So an alert leads to the job that caused it. A flag that is given more than once matches any of its values.

  --status STATUS      queued, waiting, pending, in_progress, completed; more than once (default: all but completed)
  --repository NAME    owner/name, or owner/* for all of an owner; more than once
  --repository-label LABEL=VALUE
                       of repositories that have this label now, such as team=payments; more than once
  --workflow NAME      more than once, as are the following eight
  --job-name NAME      as the label job_name has it: without the values of a matrix
  --runs-on LABELS     as the label runs_on has it, for example self-hosted,gpu
  --label LABEL        jobs that requested this label, among others
  --runner-group NAME
  --branch CLASS       as the label branch has it: default, pull_request (whatever its base is), merge_queue, other, or a
                       group of yours
  --event EVENT        push, schedule, …
  --conclusion WORD    of completed jobs: failure, success, …
  --sku KIND           what completed jobs are billed as, as cost has it: linux_4_core, …, or none
  --from, --to TIME    when completed jobs ended: 2026-11-28T12:00:00Z, seconds since 1970, or -7d, -12h, -30m (default: -24h until now)
  --sort FIELD         created_at, completed_at, waiting_seconds, queue_seconds or duration_seconds; --sort=-FIELD for descending
                       (default: -waiting_seconds, of completed jobs -completed_at)
  --stale              jobs that left the gauges because GitHub can't complete them any more
  --limit COUNT        at most 500 (default 100)
  --cursor TEXT        continue after an earlier answer, which says how
  --json               print the answer of the API as it is
  --url URL            the API of the service (default http://127.0.0.1:9876, or the port that ANT_WATCHER_API_PORT names)
The token, where the service asks for one, comes from ANT_WATCHER_API_TOKEN.

Examples:
  ant-watcher jobs --status queued --runs-on self-hosted,gpu
  ant-watcher jobs --status completed --conclusion failure --repository octo/hill --from=-2h
  ant-watcher jobs --status completed --sort=-queue_seconds --from=-7d --limit 10
`;

interface CommandIo {
  readonly stdout: NodeJS.WritableStream;
  readonly env: CommandEnvironment;
}

const MANY = [
  ...[
    'status',
    'repository',
    'repository-label',
    'workflow',
    'job-name',
    'runs-on',
    'label',
    'runner-group',
    'branch',
  ],
  ...['event', 'conclusion', 'sku'],
] as const;
const ONE = ['from', 'to', 'sort', 'limit', 'cursor'] as const;

/** Prints the jobs. Rejects with `usage` or `command_failed`. */
export async function runJobs(args: readonly string[], { stdout, env }: CommandIo): Promise<number> {
  const values = flagsOf(args, env);
  const parameters = new URLSearchParams();
  for (const flag of MANY) for (const text of values[flag] ?? []) parameters.append(parameterOf(flag), text);
  for (const flag of ONE) {
    const text = values[flag];
    if (text !== undefined) parameters.set(flag, text);
  }
  if (values.stale) parameters.set('stale', 'true');
  const text = await askService({
    url: values.url,
    path: `/api/v1/jobs?${parameters}`,
    token: env['ANT_WATCHER_API_TOKEN'],
    command: 'jobs',
  });
  stdout.write(values.json ? `${text}\n` : jobsTable(JSON.parse(text) as ShownJobs));
  return 0;
}

function parameterOf(flag: string): string {
  return flag.replaceAll('-', '_');
}

function flagsOf(args: readonly string[], env: CommandEnvironment) {
  const many = { type: 'string', multiple: true } as const;
  const one = { type: 'string' } as const;
  const options = {
    ...(Object.fromEntries(MANY.map((flag) => [flag, many])) as Record<(typeof MANY)[number], typeof many>),
    ...(Object.fromEntries(ONE.map((flag) => [flag, one])) as Record<(typeof ONE)[number], typeof one>),
    stale: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    url: { type: 'string', default: serviceUrlOf(env) },
  } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new AntError('usage', `jobs: ${message}`, { hint: 'ant-watcher help jobs' });
  }
}
