import { completeUrl } from '../outbound/endpoint-url.ts';
import type { WireFormat } from '../outbound/wire-format.ts';
import { HttpReceiver } from '../push/http-receiver.ts';
import { openSender } from '../push/open-sender.ts';
import type { EndpointOptions, OtlpOptions } from './otlp-options.ts';
import { type Signal, signalPath } from './signal-path.ts';

/**
 * What an endpoint takes of a signal, in this format; nothing is sent yet. Throws `config_invalid` for options
 * that can't work, without their values in the message.
 */
export function openEndpoint<Entry>(
  { url, headers, network }: EndpointOptions,
  signal: Signal,
  format: WireFormat<Entry>,
  { timeoutMs, version }: Pick<OtlpOptions, 'timeoutMs' | 'version'>,
): HttpReceiver<Entry> {
  const options = { url, headers, network, timeoutMs, version, basicAuth: null, bearerToken: null };
  return new HttpReceiver({ ...openSender(options, completeUrl(url, signalPath(signal))), format });
}
