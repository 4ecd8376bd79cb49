import { isDeepStrictEqual } from 'node:util';
import { completeReceiverUrl } from '../push/samples/receiver-url.ts';
import { type ConfigProblem, problemWith } from './problem.ts';
import { PUSH_SETTINGS, SINK_FIELDS } from './push-settings.ts';
import type { Setting, ValuesOf } from './setting.ts';

type PushSettings = Pick<
  ValuesOf<typeof PUSH_SETTINGS>,
  'url' | 'protocol' | 'token' | 'basicAuth' | 'headers' | 'caFile' | 'sinks'
>;

/** One receiver and how to send to it. */
export interface Sink extends Omit<PushSettings, 'sinks' | 'token'> {
  /** Known by it in metrics and in the outbox. */
  readonly name: string;
  readonly bearerToken: string | null;
  /** The settings that it comes from: `push`, or an item such as `sinks[1]`. */
  readonly path: string;
}

/**
 * The receivers of the settings. The one of `push.url` is named by its protocol, and one of `sinks` without a
 * name by its URL: with a name by its position, it would take the place of another one that is removed.
 */
export function sinksOf({ url, sinks, ...single }: PushSettings): Sink[] {
  const items = url === '' ? sinks : [{ ...single, url, name: single.protocol }];
  return items.map(({ name, url, protocol, token, basicAuth, headers, caFile }, index) => ({
    url,
    protocol,
    basicAuth,
    headers,
    caFile,
    name: name === '' ? addressOf(url) : name,
    bearerToken: token,
    path: items === sinks ? `sinks[${index}]` : 'push',
  }));
}

/** Without what may be a secret, and without what does not make it another receiver. */
function addressOf(url: string): string {
  const { host = '', pathname = '' } = URL.parse(url) ?? {};
  return `${host}${pathname.replace(/\/+$/, '')}`;
}

/** What is wrong with the combination of settings, although each of them is valid. */
export function sinkProblems(push: PushSettings, withoutSecrets: boolean): ConfigProblem[] {
  const sinks = sinksOf(push);
  return [
    ...mixedProblems(push),
    ...sinks.flatMap((sink, index) => twinProblem(sink, sinks.slice(0, index), withoutSecrets)),
    ...sinks.flatMap(loginProblems),
    ...sinks.flatMap(urlProblems),
  ];
}

/** Settings of the single receiver would have no effect. */
function mixedProblems(push: PushSettings): ConfigProblem[] {
  if (push.sinks.length === 0) return [];
  const { name, ...keys } = SINK_FIELDS;
  return Object.keys(keys).flatMap((key) => {
    const single: Setting<unknown> = PUSH_SETTINGS[key as keyof typeof keys];
    const byDefault = single.kind.read(single.default === null ? [] : [single.default]);
    if (isDeepStrictEqual(push[key as keyof typeof keys], byDefault)) return [];
    return [problemWith(single.name, 'is set, and so is sinks', 'write it in an item of sinks')];
  });
}

/** Two with the same name could not be distinguished, and one receiver would get everything twice. */
function twinProblem(sink: Sink, others: readonly Sink[], withoutSecrets: boolean): ConfigProblem[] {
  const { path, name, url } = sink;
  const twin = others.find((each) => each.name === name);
  if (twin !== undefined) {
    const hint = 'give each its own name';
    return [problemWith(`${path}.name`, `is ${name}, as is that of ${twin.path}`, hint)];
  }
  const isTwin = (each: Sink) => isDeepStrictEqual(targetOf(each), targetOf(sink));
  const same = withoutSecrets ? undefined : others.find(isTwin);
  if (same === undefined) return [];
  const what = `is that of ${same.path}, with the same headers and login: ${addressOf(url)} would get each sample twice`;
  return [problemWith(`${path}.url`, what, 'remove one of the two')];
}

function targetOf({ url, bearerToken, basicAuth, headers }: Sink): unknown {
  return { url, bearerToken, basicAuth, headers };
}

/** Both would be the header `Authorization`. */
function loginProblems({ path, url, basicAuth, bearerToken }: Sink): ConfigProblem[] {
  const { username = '', password = '' } = URL.parse(url) ?? {};
  if (bearerToken === null || (basicAuth === null && username === '' && password === '')) return [];
  const other = basicAuth === null ? `the user in ${path}.url` : `${path}.basic_auth`;
  return [problemWith(`${path}.token`, `is set, and so is ${other}`, 'set one of the two')];
}

function urlProblems({ path, url, protocol }: Sink): ConfigProblem[] {
  const completed = completeReceiverUrl(url, protocol);
  if (!('problem' in completed)) return [];
  const hint = `give a URL without a path, or set ${path}.protocol to that of the endpoint`;
  return [problemWith(`${path}.url`, completed.problem, hint)];
}
