import { AntError } from '../domain/errors.ts';
import { nodeHttp } from '../http/node-http.ts';
import type { BasicAuth, EndpointUrl } from '../outbound/endpoint-url.ts';
import type { Network } from '../outbound/network.ts';
import { OWN_HEADERS } from '../outbound/own-headers.ts';
import { HttpSender } from './http-sender.ts';
import { reasonWriter } from './reason-text.ts';

/** How a receiver is connected to, and who we are there. */
export interface ConnectionOptions {
  /** May contain user info. */
  readonly url: string;
  /** Sent with every request, for example `X-Scope-OrgID`. Values count as secrets. */
  readonly headers: Readonly<Record<string, string>>;
  /** Takes precedence over the URL's user info. */
  readonly basicAuth: BasicAuth | null;
  /** Takes precedence over both. */
  readonly bearerToken: string | null;
  readonly network: Network;
  /** For each request, from its start to the last byte of the response. */
  readonly timeoutMs: number;
  /** ant-watcher's version. */
  readonly version: string;
}

/** What requests are sent with, and what makes the words of the server fit to be shown. */
export interface OpenSender {
  readonly sender: HttpSender;
  readonly writeReason: (text: string) => string;
}

/**
 * Prepares the way to a receiver; nothing is sent yet. `completed`: what became of the URL. Throws
 * `config_invalid` for options that can't work, without their values in the message.
 */
export function openSender(
  options: ConnectionOptions,
  completed: EndpointUrl | { readonly problem: string },
): OpenSender {
  if ('problem' in completed)
    throw new AntError('config_invalid', `The receiver's URL ${completed.problem}.`);
  checkHeaders(options.headers);
  checkToken(options.bearerToken);
  const { url, basicAuth } = completed;
  const { network, timeoutMs } = options;
  return {
    sender: new HttpSender({ url, headers: headersOf(options, basicAuth), network, timeoutMs }),
    writeReason: reasonWriter(secretsOf(options, url, basicAuth)),
  };
}

/** The headers that identify us in every request. */
export function headersOf(
  options: Pick<ConnectionOptions, 'headers' | 'version' | 'bearerToken' | 'basicAuth'>,
  ofUrl: BasicAuth | null,
): Readonly<Record<string, string>> {
  const authorization = authorizationOf(options, ofUrl);
  return {
    'User-Agent': `ant-watcher/${options.version}`,
    ...(authorization === null ? {} : { Authorization: authorization }),
    ...options.headers,
  };
}

function authorizationOf(
  { bearerToken, basicAuth }: Pick<ConnectionOptions, 'bearerToken' | 'basicAuth'>,
  ofUrl: BasicAuth | null,
): string | null {
  if (bearerToken !== null) return `Bearer ${bearerToken}`;
  const basic = basicAuth ?? ofUrl;
  return basic === null ? null : `Basic ${base64(basic)}`;
}

function base64({ username, password }: BasicAuth): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}

/**
 * Every secret that a server could quote. Values of the query are often keys; the server may quote them as
 * they were written.
 */
function secretsOf(options: ConnectionOptions, url: URL, ofUrl: BasicAuth | null): string[] {
  const basics = [options.basicAuth, ofUrl].filter((each) => each !== null);
  return [
    ...(options.bearerToken === null ? [] : [options.bearerToken]),
    ...basics.flatMap((basic) => [basic.password, base64(basic)]),
    ...Object.values(options.headers),
    ...url.searchParams.values(),
    ...url.search.split('&').map((pair) => pair.slice(pair.indexOf('=') + 1)),
  ];
}

function checkToken(token: string | null): void {
  if (canBeSent('Authorization', token ?? '')) return;
  throw new AntError(
    'config_invalid',
    "The receiver's token contains a line end or another character that HTTP does not allow.",
  );
}

function checkHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!canBeSent(name, value)) {
      throw new AntError(
        'config_invalid',
        `The receiver's header ${JSON.stringify(name)} is not allowed by HTTP.`,
      );
    }
    if (OWN_HEADERS.test(name)) {
      throw new AntError('config_invalid', `The receiver's header ${name} is set by ant-watcher itself.`);
    }
  }
}

function canBeSent(name: string, value: string): boolean {
  try {
    nodeHttp().validateHeaderName(name);
    nodeHttp().validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}
