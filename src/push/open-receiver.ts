import { validateHeaderName, validateHeaderValue } from 'node:http';
import { AntError } from '../domain/errors.ts';
import type { BasicAuth } from '../outbound/endpoint-url.ts';
import { HttpReceiver } from './http-receiver.ts';
import { importFormat } from './import-text.ts';
import { reasonWriter } from './reason-text.ts';
import type { Receiver } from './receiver.ts';
import { OWN_HEADERS, type PushProtocol, type ReceiverOptions } from './receiver-options.ts';
import { completeReceiverUrl } from './receiver-url.ts';
import { remoteWriteFormat } from './remote-write.ts';
import { isLabelName } from './sample-problem.ts';
import type { WireFormat } from './wire-format.ts';

const FORMATS = {
  victoriametrics: importFormat,
  remote_write: remoteWriteFormat,
} as const satisfies Record<PushProtocol, (extraLabels: ReceiverOptions['extraLabels']) => WireFormat>;

/**
 * Opens a receiver; nothing is sent yet. Throws `config_invalid` for options that can't work, without their
 * values in the message.
 */
export function openReceiver(options: ReceiverOptions): Receiver {
  const { protocol, extraLabels, headers, network, timeoutMs } = options;
  const completed = completeReceiverUrl(options.url, protocol);
  if ('problem' in completed)
    throw new AntError('config_invalid', `The receiver's URL ${completed.problem}.`);
  checkHeaders(headers);
  checkToken(options.bearerToken);
  checkExtraLabels(extraLabels);
  return new HttpReceiver({
    url: completed.url,
    protocol,
    format: FORMATS[protocol](extraLabels),
    headers: headersOf(options, completed.basicAuth),
    network,
    timeoutMs,
    writeReason: reasonWriter(secretsOf(options, completed.url, completed.basicAuth)),
  });
}

/** The headers that identify us in every request. */
export function headersOf(
  options: Pick<ReceiverOptions, 'headers' | 'version' | 'bearerToken' | 'basicAuth'>,
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
  { bearerToken, basicAuth }: Pick<ReceiverOptions, 'bearerToken' | 'basicAuth'>,
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
function secretsOf(options: ReceiverOptions, url: URL, ofUrl: BasicAuth | null): string[] {
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

function checkExtraLabels(extraLabels: ReceiverOptions['extraLabels']): void {
  const names = new Set<string>();
  for (const [name] of extraLabels) {
    if (!isLabelName(name))
      throw new AntError('config_invalid', `The extra label ${JSON.stringify(name)} has an invalid name.`);
    // Prometheus would refuse every sample.
    if (names.has(name)) throw new AntError('config_invalid', `The extra label ${name} is set twice.`);
    names.add(name);
  }
}

function canBeSent(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}
