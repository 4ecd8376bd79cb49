import type { Setting } from '../../config/setting.ts';
import { listSettings } from '../../config/settings.ts';
import { nearestName } from '../../domain/nearest-name.ts';
import type { Becomes, OldExporter } from './old-exporter.ts';
import type { OldValue } from './old-value.ts';

/** A setting of ours that follows from the old configuration. Never has the value of a secret. */
export interface NewSetting {
  /** As in the configuration file: `webhook.port`, `webhook.secret_file`. */
  readonly key: string;
  readonly text: string;
  /** Where it comes from or what is still to do, for people. */
  readonly about: string;
  /** It can't be used before somebody has looked: printed as a comment. */
  readonly isOff: boolean;
}

export interface Migration {
  readonly settings: readonly NewSetting[];
  /** Old settings that become nothing, and those that can't be read, for people. */
  readonly remarks: readonly string[];
}

const ALL = new Map<string, Setting<unknown>>(listSettings().map((each) => [each.name, each]));
const NEEDS_LOGIN = ['github.billing', 'github.enterprises', 'github.repositories'];

/** Our configuration for what was found of another exporter. Of two values for the same, the first counts. */
export function translate(exporter: OldExporter, values: readonly OldValue[]): Migration {
  const set = values.filter(({ value }) => value !== '');
  const read = exporter.settings.flatMap(({ names, becomes }) => {
    const found = set.find(({ name }) => names.includes(name));
    return found === undefined ? [] : readOne(found, becomes, exporter);
  });
  const given = read.filter((each) => typeof each !== 'string');
  const all = withSecretHint([...given, ...defaultsOf(exporter)], exporter).filter(isFirst);
  const hasLogin = all.some(({ key }) => /^github\.(token|app_private_key)_file$/.test(key));
  const usable = all.filter(({ key }) => hasLogin || !NEEDS_LOGIN.includes(key));
  const lonely = all.filter((each) => !usable.includes(each));
  return {
    settings: withoutClash(usable),
    remarks: [
      ...unknownNames(exporter, set),
      ...read.filter((each) => typeof each === 'string'),
      ...lonely.map(({ key, about }) => `${about}: ${key} needs a login to GitHub, and there is none`),
    ],
  };
}

function readOne(found: OldValue, becomes: Becomes, exporter: OldExporter): readonly (NewSetting | string)[] {
  if ('secret' in becomes) return [readSecret(found, becomes)];
  if ('nothing' in becomes) return found.value === 'false' ? [] : [`${found.name}: ${becomes.nothing}`];
  if ('listener' in becomes) return readAddress(found, becomes.listener);
  const { setting, convert = (text: string) => text } = becomes;
  if (typeof found.value !== 'string') {
    const about = `${found.name}, ${found.value.at}: write it here, or set ${variableOf(setting)}`;
    return [{ key: setting, text: '…', about, isOff: true }];
  }
  const text = convert(found.value);
  const isPath = setting === 'webhook.path' && text !== null;
  return [checked(setting, isPath ? withOwnPath(text, exporter) : text, found)];
}

/** A file that the old value names, or one that somebody has to write. */
function readSecret(
  { name, value, from }: OldValue,
  { secret, fileIn }: Extract<Becomes, { readonly secret: string }>,
): NewSetting {
  const key = `${secret}_file`;
  const file = typeof value === 'string' ? (fileIn?.(value) ?? null) : null;
  if (file !== null) return { key, text: file, about: `the file that ${name} names`, isOff: false };
  const place =
    typeof value === 'string' ? `the value of ${name} (${from})` : `${name}, ${value.at} (${from})`;
  const isOff = typeof value !== 'string' && value.isOptional;
  const condition = isOff ? 'if there is one, ' : '';
  const about = `${condition}write this file: ${place}. In place of this line, ${variableOf(key)} can name it`;
  return { key, text: fileFor(secret), about, isOff };
}

/** `HOST:PORT`; every address is our default for webhooks, and none but this machine's for the API. */
function readAddress(found: OldValue, group: 'webhook' | 'api'): readonly (NewSetting | string)[] {
  const [, bracketed, plain = '', port = ''] =
    /^(?:tcp:\/\/)?(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(
      typeof found.value === 'string' ? found.value : '',
    ) ?? [];
  const host = bracketed ?? plain;
  const isOwn = ['127.0.0.1', '::1', 'localhost'].includes(host);
  const ofHost = host !== '' && (group === 'webhook' || isOwn) ? [checked(`${group}.host`, host, found)] : [];
  return [checked(`${group}.port`, port, found), ...ofHost];
}

/** What our setting does not take is only named: it may hold a password. */
function checked(key: string, text: string | null, { name, from }: OldValue): NewSetting | string {
  const kind = ALL.get(key)?.kind;
  if (text !== null && kind?.read([text]) !== undefined)
    return { key, text, about: `${name} (${from})`, isOff: false };
  return `${name}: ${key} can't take its value (must be ${kind?.expects})`;
}

function defaultsOf({ ports, hookPath }: OldExporter): NewSetting[] {
  const about = 'as the old exporter has it by default';
  const path = { key: 'webhook.path', text: withOwnPath(hookPath, { hookPath }), about, isOff: false };
  return [path, ...Object.entries(ports).map(([key, text]) => ({ key, text, about, isOff: false }))];
}

/** Our own path, and that of the old hook. */
function withOwnPath(path: string, { hookPath }: Pick<OldExporter, 'hookPath'>): string {
  return hookPath === '*' || path === '/webhook' ? path : `/webhook, ${path}`;
}

function withSecretHint(settings: readonly NewSetting[], exporter: OldExporter): NewSetting[] {
  const secret = 'webhook.secret';
  const names = exporter.settings.find(
    ({ becomes }) => 'secret' in becomes && becomes.secret === secret,
  )?.names;
  const about = `${names?.[0]} was not found: write this file, with the secret of the webhook`;
  return [...settings, { key: `${secret}_file`, text: fileFor(secret), about, isOff: true }];
}

function isFirst({ key }: NewSetting, at: number, all: readonly NewSetting[]): boolean {
  return all.findIndex((each) => each.key === key) === at;
}

/** Both listeners had one port there, or a port that is ours for the API. */
function withoutClash(settings: readonly NewSetting[]): NewSetting[] {
  const portOf = (key: string) => settings.find((each) => each.key === key)?.text ?? ALL.get(key)?.default;
  const hook = portOf('webhook.port');
  if (hook === '0' || hook !== portOf('api.port')) return [...settings];
  const text = hook === '9876' ? '9877' : '9876';
  const about = `${hook} is the port of the webhooks`;
  return [
    ...settings.filter(({ key }) => key !== 'api.port'),
    { key: 'api.port', text, about, isOff: false },
  ];
}

/** Ours has them as well, or they are no setting of a program. */
const OF_ALL_PROGRAMS = /^(?:(?:HTTPS?|NO|ALL)_PROXY|TZ|PATH|HOME|NODE_.*|GO.*)$/;

function unknownNames({ settings }: OldExporter, values: readonly OldValue[]): string[] {
  const known = settings.flatMap(({ names }) => names);
  const unknown = values.filter(({ name }) => !known.includes(name) && !OF_ALL_PROGRAMS.test(name));
  return [...new Map(unknown.map((each) => [each.name, each])).values()].map(({ name, from }) => {
    const nearest = nearestName(name, known);
    return `${name} (${from}): no setting of that exporter${nearest === undefined ? '' : `; did you mean ${nearest}?`}`;
  });
}

/** `github.app_private_key` → `/etc/ant-watcher/github-app-private-key`. */
function fileFor(secret: string): string {
  return `/etc/ant-watcher/${secret.replaceAll(/[._]/g, '-')}`;
}

function variableOf(key: string): string {
  return `ANT_WATCHER_${key.replaceAll('.', '_').toUpperCase()}`;
}
