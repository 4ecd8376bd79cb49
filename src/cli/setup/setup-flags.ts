import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AntError } from '../../domain/errors.ts';
import {
  APP_PARTS,
  type AppPart,
  type AppPlan,
  isPart,
  NEEDED_PART,
  needsOrganization,
  USUAL_PARTS,
} from './app-manifest.ts';

export const setupHelp = `Usage: ant-watcher setup --webhook-url URL [--org ORGANIZATION] [flags] [--config FILE] [--SETTING VALUE]…

Creates a GitHub App with what ant-watcher needs, and no more. It opens a page on this machine whose button leads to
GitHub, where you confirm. GitHub's answer, the App's key and the secret of its webhook, goes into two new files that
only you may read; the configuration that names them is printed. Nothing else at GitHub is changed.

  --webhook-url URL   where GitHub reaches the service: the public address of webhook.path
  --org NAME          the organization that will own the App (default: your own account)
  --name NAME         the App's name, at most 34 characters, not taken by anybody at GitHub (default: ant-watcher-…)
  --parts LIST        what it is for (default: ${USUAL_PARTS.join(',')}; runners only with --org):
${Object.entries(APP_PARTS)
  .map(
    ([part, { what, permissions }]) =>
      `                        ${part.padEnd(12)}${what} (reads ${permissions.join(', ')})`,
  )
  .join('\n')}
  --key-file FILE     for the App's private key (default: ant-watcher-app.pem)
  --secret-file FILE  for the webhook's secret (default: ant-watcher-webhook-secret)
  --port PORT         of the page, on 127.0.0.1 (default: any free one)
  --print             where no browser can reach this machine: print the manifest, and the steps to do by hand

Enterprise Server: --github.api-url https://HOST/api/v3. Over SSH: choose a --port, and open the page through
ssh -L PORT:127.0.0.1:PORT.

Examples:
  ant-watcher setup --org octo-org --webhook-url https://ants.example.com/webhook
  ant-watcher setup --webhook-url https://ants.example.com/webhook --print
`;

export interface SetupFlags {
  readonly plan: AppPlan;
  readonly keyFile: string;
  readonly secretFile: string;
  readonly port: number;
  readonly isPrinted: boolean;
  /** Those that are for settings. */
  readonly rest: readonly string[];
}

const OWN = {
  'webhook-url': { type: 'string' },
  org: { type: 'string' },
  name: { type: 'string' },
  parts: { type: 'string' },
  'key-file': { type: 'string', default: 'ant-watcher-app.pem' },
  'secret-file': { type: 'string', default: 'ant-watcher-webhook-secret' },
  port: { type: 'string', default: '0' },
  print: { type: 'boolean', default: false },
} as const;

/** GitHub's own limit. */
const MAX_NAME_LENGTH = 34;

/** Throws `usage`. */
export function setupFlags(args: readonly string[]): SetupFlags {
  const [own, rest] = separated(args);
  const { values } = parseOwn(own);
  const org = values.org ?? null;
  if (org !== null && !/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})$/.test(org))
    throw wrong('--org needs the name of an organization', 'as in https://github.com/NAME');
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw wrong('--port needs a port');
  return {
    plan: {
      name: nameOf(values.name, org),
      org,
      webhookUrl: webhookUrlOf(values['webhook-url']),
      parts: partsOf(values.parts, org),
    },
    keyFile: resolve(values['key-file']),
    secretFile: resolve(values['secret-file']),
    port,
    isPrinted: values.print,
    rest,
  };
}

/** Flags of this command, and those of settings, each with its value. */
function separated(args: readonly string[]): [own: string[], rest: string[]] {
  const { tokens } = parseArgs({ args: [...args], strict: false, tokens: true, allowPositionals: true });
  const own = new Set<number>();
  for (const token of tokens) {
    if (token.kind !== 'option' || !Object.hasOwn(OWN, token.name)) continue;
    own.add(token.index);
    const isText = OWN[token.name as keyof typeof OWN].type === 'string';
    if (isText && !token.inlineValue) own.add(token.index + 1);
  }
  return [args.filter((_, index) => own.has(index)), args.filter((_, index) => !own.has(index))];
}

function parseOwn(args: string[]) {
  try {
    return parseArgs({ args, options: OWN });
  } catch (cause) {
    throw wrong(cause instanceof Error ? cause.message : String(cause));
  }
}

function webhookUrlOf(text: string | undefined): string {
  if (text === undefined) throw wrong('--webhook-url is missing', 'see ant-watcher help setup');
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw wrong('--webhook-url needs an address that begins with https://');
  if (url.username !== '' || url.password !== '')
    throw wrong('--webhook-url has a user or a password', 'GitHub signs what it sends with the secret');
  if (/^(localhost|127\..*|\[::1\]|0\.0\.0\.0)$/.test(url.hostname))
    throw wrong('--webhook-url is this machine itself', 'GitHub has to reach it: give the public address');
  return url.href;
}

function nameOf(given: string | undefined, org: string | null): string {
  const name = given ?? `ant-watcher${org === null ? '' : `-${org}`}`.slice(0, MAX_NAME_LENGTH);
  if (name.trim() === '' || name.length > MAX_NAME_LENGTH)
    throw wrong(`--name needs 1 to ${MAX_NAME_LENGTH} characters`);
  return name;
}

function partsOf(text: string | undefined, org: string | null): AppPart[] {
  const named = text?.split(',').map((each) => each.trim());
  if (named === undefined) return USUAL_PARTS.filter((part) => org !== null || !needsOrganization(part));
  const all = [...new Set([NEEDED_PART, ...named])];
  const unknown = all.filter((each) => !isPart(each));
  if (unknown.length > 0)
    throw wrong(`--parts has no "${unknown[0]}"`, `choose from ${Object.keys(APP_PARTS).join(', ')}`);
  const parts = all.filter(isPart);
  const lonely = parts.find((part) => org === null && needsOrganization(part));
  if (lonely !== undefined) throw wrong(`--parts ${lonely} needs --org`);
  return parts;
}

function wrong(message: string, hint?: string): AntError {
  return new AntError('usage', `setup: ${message}`, hint === undefined ? {} : { hint });
}
