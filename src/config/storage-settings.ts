import * as kinds from './kinds.ts';
import { oneLine, secretLines } from './secrets.ts';
import { secret, setting } from './setting.ts';

/** Of a PostgreSQL URL; what it says of TLS is as of libpq. */
const PARAMETERS = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'host', 'prepared'];
const SSL_MODES = ['disable', 'require', 'verify-ca', 'verify-full'];

/** Where the state is stored. */
export function storageUrl(): kinds.Kind<string> {
  return kinds.single({
    expects: 'sqlite:PATH, postgres://USER@HOST/DATABASE or memory:',
    example: 'sqlite:data/ant-watcher.db',
    read: (text) => (isLocal(text) || isServer(text) ? text : undefined),
    advise(text) {
      if (text.startsWith('sqlite://'))
        return 'write sqlite:PATH without the two slashes, as in sqlite:/var/lib/ant-watcher.db';
      return text.startsWith('postgres') ? adviseServer(text) : undefined;
    },
  });
}

function isLocal(text: string): boolean {
  return text === 'memory:' || /^sqlite:(?!\/\/)./.test(text);
}

function isServer(text: string): boolean {
  return /^postgres(ql)?:\/\//.test(text) && URL.canParse(text) && adviseServer(text) === undefined;
}

/** What to change; undefined: nothing. */
function adviseServer(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null) return 'write postgres://USER@HOST:PORT/DATABASE';
  if (url.password !== '' || url.searchParams.has('password'))
    return 'leave the password out: put it into storage.password, or into the file that storage.password_file names';
  if (url.username === '' || url.pathname.length < 2) return 'write postgres://USER@HOST/DATABASE';
  const unknown = [...url.searchParams.keys()].find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined) return `leave out ${unknown}: the address takes only ${PARAMETERS.join(', ')}`;
  if (url.searchParams.has('sslcert') !== url.searchParams.has('sslkey'))
    return 'give sslcert and sslkey together';
  if (url.hostname.includes(',')) return 'name one host: an address that leads to the primary';
  const prepared = url.searchParams.get('prepared') ?? 'true';
  if (!['true', 'false'].includes(prepared)) return 'write prepared=false or prepared=true';
  const mode = url.searchParams.get('sslmode') ?? 'disable';
  return SSL_MODES.includes(mode) ? undefined : `write one of ${SSL_MODES.join(', ')} for sslmode`;
}

export const STORAGE_SETTINGS = {
  url: setting(
    'storage.url',
    storageUrl(),
    'sqlite:data/ant-watcher.db',
    'Where the state is stored: `sqlite:PATH`; `postgres://USER@HOST/DATABASE`, which any number of processes may share; or `memory:` for trials (everything is lost when the process ends).',
    'restart',
  ),
  password: {
    ...secret(
      'storage.password',
      oneLine(secretLines(), 'a password', (line) => line),
      'Password of the user in `storage.url`, for PostgreSQL.',
    ),
    applies: 'restart' as const,
  },
  retentionMs: setting(
    'storage.retention',
    kinds.durationOrNever({ min: '1h', max: '3650d' }),
    '35d',
    'How long finished runs and jobs are kept after the last event of their run. Metrics keep their counts. The minimum in effect is 35 days: GitHub lets a run live that long, and allows re-runs for 30 days.',
  ),
  stepsRetentionMs: setting(
    'storage.steps_retention',
    kinds.durationOrNever({ min: '1h', max: '3650d' }),
    '7d',
    'How long the steps of finished jobs are kept after their end.',
  ),
} as const;
