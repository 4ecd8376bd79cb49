import { isIP } from 'node:net';
import { readAddress } from '../http/ip-address.ts';
import { filePath, type Kind, single, wholeNumber } from './kinds.ts';
import { type ConfigProblem, problemWith } from './problem.ts';
import { type Setting, setting } from './setting.ts';

/*
 * What the settings of both listeners have in common.
 */

/** An address to listen on: an IP address or a host name, without port. */
export function host(): Kind<string> {
  return single({
    expects: 'an IP address or a host name, without a port',
    example: '127.0.0.1',
    read: (text) =>
      isIP(text) !== 0 || /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(text) ? text : undefined,
    advise: (text) => (text.includes(':') ? 'the port is a separate setting' : undefined),
  });
}

/** A TCP port. With 0, the system chooses a free one. */
export function port(): Kind<number> {
  return {
    ...wholeNumber(0, 65_535, '8080'),
    advise: (text) =>
      /^(tcp|udp|sctp):\/\//.test(text)
        ? 'Kubernetes sets this variable for a Service of that name: set enableServiceLinks to false in the pod'
        : undefined,
  };
}

/** The certificate of a listener. */
export function tlsSettings(group: 'webhook' | 'api'): Record<'tlsCertFile' | 'tlsKeyFile', Setting<string>> {
  return {
    tlsCertFile: setting(
      `${group}.tls_cert_file`,
      filePath(),
      '',
      'File with the certificate of this listener and its chain, in PEM format. The listener then speaks TLS (1.2 or newer) only. Reloaded when it changes. Empty: plain HTTP.',
      'restart',
    ),
    tlsKeyFile: setting(
      `${group}.tls_key_file`,
      filePath(),
      '',
      'File with the private key of that certificate, in PEM format and without a passphrase. Reloaded when it changes.',
      'restart',
    ),
  };
}

/** A certificate is useless without its key, and vice versa. */
export function tlsProblems(
  group: 'webhook' | 'api',
  { tlsCertFile, tlsKeyFile }: { readonly tlsCertFile: string; readonly tlsKeyFile: string },
): ConfigProblem[] {
  if ((tlsCertFile === '') === (tlsKeyFile === '')) return [];
  const [missing, given] = tlsCertFile === '' ? ['cert', 'key'] : ['key', 'cert'];
  const what = `is not set, and ${group}.tls_${given}_file is`;
  return [problemWith(`${group}.tls_${missing}_file`, what, 'set both, or none for plain HTTP')];
}

interface Listener {
  readonly host: string;
  readonly port: number;
}

/** All addresses of this machine to the system; the second includes those of IPv4. */
const ALL_IPV4 = '0.0.0.0';
const ALL = '::';

/** Two listeners can't share an address. Port 0 means a free one, which nobody else has. */
export function listenerProblems({ webhook, api }: Record<'webhook' | 'api', Listener>): ConfigProblem[] {
  if (webhook.port !== api.port || api.port === 0 || !overlap(spell(webhook.host), spell(api.host)))
    return [];
  const what = `is ${api.port}, and so is webhook.port, where one listener would take the place of the other`;
  return [problemWith('api.port', what, 'give each its own port')];
}

/**
 * One spelling of each address. `localhost` stands for the IPv4 address, which it means nearly everywhere.
 */
function spell(host: string): string {
  const name = host.toLowerCase().replace(/\.$/, '');
  if (name === 'localhost') return '127.0.0.1';
  const { address = name } = readAddress(name) ?? {};
  if (!address.includes(':')) return address;
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}

function overlap(one: string, other: string): boolean {
  const hosts = [one, other];
  if (one === other || hosts.includes(ALL)) return true;
  return hosts.includes(ALL_IPV4) && !hosts.some((host) => host.includes(':'));
}
