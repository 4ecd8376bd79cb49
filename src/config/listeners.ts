import { readAddress } from '../http/ip-address.ts';
import { type ConfigProblem, problemWith } from './problem.ts';

interface Listener {
  readonly host: string;
  readonly port: number;
}

/** All addresses of this machine to the system; the second includes those of IPv4. */
const ALL_IPV4 = '0.0.0.0';
const ALL = '::';

/** Two listeners can't share an address. Port 0 means a free one, which nobody else has. */
export function listenerProblems({
  webhook,
  api,
}: {
  readonly webhook: Listener;
  readonly api: Listener;
}): ConfigProblem[] {
  if (webhook.port !== api.port || api.port === 0 || !overlap(spell(webhook.host), spell(api.host)))
    return [];
  const what = `is ${api.port}, and so is webhook.port, where one listener would take the place of the other`;
  return [problemWith('api.port', what, 'give each a port of its own')];
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
