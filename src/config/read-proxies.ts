import { NO_PROXIES, type Proxies } from '../outbound/proxies.ts';
import type { ConfigProblem } from './problem.ts';
import type { Environment } from './read-environment.ts';

const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i;

/**
 * The proxies in `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, in lower or upper case; lower case wins, as in
 * curl. An address without a scheme is `http://`. A problem contains no part of a value, which may be a
 * password.
 */
export function readProxies(env: Environment): {
  readonly proxies: Proxies;
  readonly problems: readonly ConfigProblem[];
  readonly secrets: readonly string[];
} {
  const problems: ConfigProblem[] = [];
  const found = { http: null as string | null, https: null as string | null };
  for (const scheme of ['http', 'https'] as const) {
    const variable = variableOf(env, `${scheme}_proxy`);
    if (variable === null) continue;
    const read = readProxy(variable.value);
    if ('url' in read) found[scheme] = read.url;
    else problems.push({ where: variable.name, ...read });
  }
  const except = variableOf(env, 'no_proxy')?.value.split(/[\s,]+/) ?? [];
  const proxies = { ...NO_PROXIES, ...found, except: except.filter((entry) => entry !== '') };
  return { proxies, problems, secrets: [found.http, found.https].flatMap(secretsOf) };
}

/** An empty one counts as not set. */
function variableOf(env: Environment, name: string): { name: string; value: string } | null {
  for (const each of [name, name.toUpperCase()]) {
    const value = env[each]?.trim() ?? '';
    if (value !== '') return { name: each, value };
  }
  return null;
}

function readProxy(text: string): { readonly url: string } | Pick<ConfigProblem, 'what' | 'hint'> {
  const [, scheme] = SCHEME.exec(text) ?? [];
  const url = URL.parse(scheme === undefined ? `http://${text}` : text);
  if (scheme?.toLowerCase().startsWith('socks'))
    return {
      what: 'names a SOCKS proxy, and only HTTP proxies are used',
      hint: 'name a proxy for HTTP, or remove it',
    };
  if (url === null || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search + url.hash !== '')
    return {
      what: 'must be the URL of a proxy',
      hint: 'for example http://proxy.example:3128, without quotes, and with the special characters of a password percent-encoded: %40 for @, %23 for #, %2F for /',
    };
  if (decoded(url.username) === null || decoded(url.password) === null)
    return {
      what: 'has a user or a password that is not percent-encoded rightly',
      hint: 'write %25 for a percent sign',
    };
  return { url: url.href };
}

/** The password, and user and password together, as in the header `Proxy-Authorization`. */
function secretsOf(proxy: string | null): string[] {
  if (proxy === null) return [];
  const { username, password } = new URL(proxy);
  if (username === '' && password === '') return [];
  const [user, secret] = [decoded(username) ?? '', decoded(password) ?? ''];
  return [password, secret, `${user}:${secret}`];
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
