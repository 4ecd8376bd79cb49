import type { Settings } from '../config/settings.ts';
import type { Logger } from '../domain/contracts.ts';
import { nameOfProxy } from '../outbound/proxies.ts';

/** So that nobody has to guess which way requests take. */
export function logProxies({ http, https, except }: Settings['proxies'], logger: Logger): void {
  if (http === null && https === null) return;
  const [httpProxy, httpsProxy] = [http, https].map((url) => url && nameOfProxy(new URL(url)));
  logger.info('Using a proxy for outgoing requests', {
    https_proxy: httpsProxy,
    http_proxy: httpProxy,
    no_proxy: except,
  });
}
