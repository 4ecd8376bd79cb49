import type { ParseArgsOptionsConfig } from 'node:util';
import { readDuration, readNumber, wrong } from './command-line.ts';
import { FAULT_KINDS, type Faults } from './rest/faults.ts';
import { HOOK_KINDS, type HookKind } from './rest/hook-kind.ts';
import { LIE_KINDS, type Lies } from './rest/lies.ts';
import type { LimitOptions } from './rest/limits.ts';

/*
 * The flags of `simulate` for the API that it serves.
 */

export const API_FLAGS = {
  'serve-api': { type: 'string' },
  'api-token': { type: 'string' },
  'api-app-key': { type: 'string' },
  'api-hooks': { type: 'string' },
  'api-faults': { type: 'string' },
  'api-lies': { type: 'string' },
  'api-limit': { type: 'string' },
  'api-burst': { type: 'string' },
  'api-token-life': { type: 'string' },
} as const satisfies ParseArgsOptionsConfig;

export const apiHelp = (
  appId: number,
): string => `  --serve-api PORT   serve GitHub's REST API for the same world at http://127.0.0.1:PORT, for github.api_url, until
                     interrupted: runs, jobs, runners, hooks and the outcomes of deliveries (0: any free port)
With --serve-api:
  --api-token TEXT   a token that the API accepts (default ghp_simulated)
  --api-app-key FILE  the public or private key (PEM) of the GitHub App ${appId}, which the API accepts too
  --api-hooks LIST   the hooks that send the deliveries, and whose logs therefore contain them: app, organization,
                     repository, separated by commas; or none (default app). Only an App's log has dispatches, and an
                     organization's log has only its own repositories
  --api-faults LIST  the shares of requests that go wrong, such as error=0.05,hang=0.01: error (500, 502 or 503), reset
                     (the connection is cut), hang (never answered), slow (a second late), garbage (not JSON)
  --api-lies LIST    the shares of answers that can't be true, such as same_page=0.5,stale_etag=1; one answer may contain
                     several: ${LIE_KINDS.slice(0, 9).join(', ')},
                     ${LIE_KINDS.slice(9, 19).join(', ')},
                     ${LIE_KINDS.slice(19).join(', ')}
  --api-limit N/TIME  requests per credential and time, the primary limit (default 5000/1h)
  --api-burst N/TIME  the same for the secondary limit, where a change counts five times (default 900/1m)
  --api-token-life TIME  when an installation token of the App is refused, though it claims to be valid for an hour
                     (default 1h)`;

export interface ApiOptions {
  readonly port: number;
  readonly token: string;
  /** A file with the App's public or private key. */
  readonly appKey: string | undefined;
  readonly hooks: readonly HookKind[];
  readonly faults: Faults['shares'];
  readonly lies: Lies['shares'];
  readonly limits: LimitOptions;
  readonly tokenLifeMs: number | undefined;
}

type ApiFlag = keyof typeof API_FLAGS;
type Values = { readonly [flag in ApiFlag]?: string | undefined };

/** Null: no API. Throws an AntError with the code `usage`. */
export function readApi(values: Values): ApiOptions | null {
  const port = values['serve-api'];
  if (port === undefined) {
    const useless = (Object.keys(API_FLAGS) as ApiFlag[]).find((flag) => values[flag] !== undefined);
    if (useless !== undefined) throw wrong('simulate', `--${useless} needs --serve-api`);
    return null;
  }
  const life = values['api-token-life'];
  return {
    port: readNumber('simulate', 'serve-api', port, { most: 65_535, whole: true }),
    token: values['api-token'] ?? 'ghp_simulated',
    appKey: values['api-app-key'],
    hooks: readHooks(values['api-hooks'] ?? 'app'),
    faults: readFaults(values['api-faults']),
    lies: readShares('api-lies', LIE_KINDS, values['api-lies']),
    limits: readLimits(values),
    tokenLifeMs: life === undefined ? undefined : readDuration('simulate', 'api-token-life', life),
  };
}

function readHooks(text: string): HookKind[] {
  if (text === 'none') return [];
  return text.split(',').map((word) => {
    const kind = HOOK_KINDS.find((each) => each === word.trim());
    if (kind !== undefined) return kind;
    throw wrong('simulate', `--api-hooks takes ${HOOK_KINDS.join(', ')} or none, not "${word}"`);
  });
}

function readFaults(text: string | undefined): Faults['shares'] {
  const shares = readShares('api-faults', FAULT_KINDS, text);
  const sum = Number(
    Object.values(shares)
      .reduce((total, share) => total + share, 0)
      .toFixed(6),
  );
  if (sum <= 1) return shares;
  throw wrong('simulate', `--api-faults are shares of all requests: their sum can't be ${sum}`);
}

function readShares<Kind extends string>(
  flag: string,
  kinds: readonly Kind[],
  text: string | undefined,
): Partial<Record<Kind, number>> {
  const shares: Partial<Record<Kind, number>> = {};
  for (const part of text?.split(',') ?? []) {
    const [name = '', share = ''] = part.split('=', 2);
    const kind = kinds.find((each) => each === name.trim());
    if (kind === undefined)
      throw wrong('simulate', `--${flag} takes shares of ${kinds.join(', ')}, not "${part}"`);
    shares[kind] = readNumber('simulate', `${flag} ${kind}`, share, { most: 1 });
  }
  return shares;
}

function readLimits(values: Values): LimitOptions {
  const limit = readAllowance('api-limit', values['api-limit']);
  const burst = readAllowance('api-burst', values['api-burst']);
  return {
    ...(limit && { perHour: limit.count, hourMs: limit.withinMs }),
    ...(burst && { pointsPerMinute: burst.count, minuteMs: burst.withinMs }),
  };
}

/** Such as `100/10s`. */
function readAllowance(flag: 'api-limit' | 'api-burst', text: string | undefined) {
  if (text === undefined) return undefined;
  const [count = '', within] = text.split('/', 2);
  if (within === undefined) throw wrong('simulate', `--${flag} must look like 100/10s, not "${text}"`);
  return {
    count: readNumber('simulate', flag, count, { least: 1, whole: true }),
    withinMs: readDuration('simulate', flag, within),
  };
}
