import type { PushProtocol } from '../push/receiver-options.ts';
import type { ConfigProblem } from './problem.ts';
import type { NamedUrl } from './push-kinds.ts';
import { environmentNameOf } from './setting.ts';

/** Where samples go, as in the settings: lists in the order of the URLs. */
interface PushSettings {
  readonly url: readonly NamedUrl[];
  readonly protocol: readonly PushProtocol[];
  readonly basicAuths: readonly string[];
  readonly bearerTokens: readonly string[];
}

/** One receiver and how to send to it. */
export interface Sink {
  readonly name: string;
  readonly url: string;
  readonly protocol: PushProtocol;
  readonly basicAuth: { readonly username: string; readonly password: string } | null;
  readonly bearerToken: string | null;
}

/** Means "none" in a list of secrets with one for each URL. */
const NONE = '-';

/**
 * The receivers of the settings. A list with one value applies to all of them, else each has the value at its
 * position.
 */
export function sinksOf(push: PushSettings): Sink[] {
  const names = new Set(push.url.flatMap(({ name }) => (name === null ? [] : [name])));
  return push.url.map(({ name, url }, index) => {
    const protocol = at(push.protocol, index) ?? 'victoriametrics';
    const sink = {
      name: name ?? unique(protocol, names),
      url,
      protocol,
      basicAuth: credentialsOf(secretAt(push.basicAuths, index)),
      bearerToken: secretAt(push.bearerTokens, index),
    };
    names.add(sink.name);
    return sink;
  });
}

/** What is wrong with the combination of settings, although each of them is valid. */
export function sinkProblems(push: PushSettings): ConfigProblem[] {
  const count = push.url.length;
  const lists = { protocol: push.protocol, basic_auth: push.basicAuths, bearer_token: push.bearerTokens };
  const problems = Object.entries(lists)
    .filter(([, list]) => list.length > 1 && list.length !== count)
    .map(([key, list]) =>
      problem(key, `has ${list.length} values for ${count} URLs`, 'give one for all, or one for each'),
    );
  const names = push.url.flatMap(({ name }) => (name === null ? [] : [name]));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    problems.push(problem('url', `has the name ${twice} twice`, 'each receiver needs a name of its own'));
  if (push.basicAuths.some((text) => text !== NONE && !text.includes(':')))
    problems.push(problem('basic_auth', 'has a value without a colon', 'write user:password'));
  return [...problems, ...sinksOf(push).flatMap(loginProblems)];
}

/** Both would be the header `Authorization`. */
function loginProblems({ name, url, basicAuth, bearerToken }: Sink): ConfigProblem[] {
  if (bearerToken === null) return [];
  if (basicAuth !== null) {
    const hint = `put ${NONE} for the one that it does not need`;
    return [problem('bearer_token', `and push.basic_auth are both for ${name}`, hint)];
  }
  const { username = '', password = '' } = URL.parse(url) ?? {};
  if (username === '' && password === '') return [];
  const hint = `put ${NONE} for its token, or leave user and password out of its URL`;
  return [problem('bearer_token', `and the user in push.url are both for ${name}`, hint)];
}

function problem(key: string, what: string, hint: string): ConfigProblem {
  const setting = `push.${key}`;
  return { setting, where: environmentNameOf(setting), what, hint };
}

function at<T>(list: readonly T[], index: number): T | undefined {
  return list.length === 1 ? list[0] : list[index];
}

function secretAt(list: readonly string[], index: number): string | null {
  const secret = at(list, index);
  return secret === undefined || secret === NONE ? null : secret;
}

/** A password may contain colons, a user name can't. */
function credentialsOf(text: string | null): Sink['basicAuth'] {
  if (text === null) return null;
  const [username = '', ...rest] = text.split(':');
  return { username, password: rest.join(':') };
}

/** The name, with a number appended if it is taken. */
function unique(name: string, taken: ReadonlySet<string>): string {
  let result = name;
  for (let number = 2; taken.has(result); number += 1) result = `${name}-${number}`;
  return result;
}
