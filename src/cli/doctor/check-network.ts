import { fetchKeys } from '../../api/job-numbers/key-set.ts';
import type { Network } from '../../outbound/network.ts';
import { nameOfProxy, type Proxies } from '../../outbound/proxies.ts';
import { type Finding, findingsAbout } from './finding.ts';

/** The proxies in the environment; nothing if there are none. */
export function checkProxies({ http, https, except }: Proxies): Finding[] {
  if (http === null && https === null) return [];
  const { ok } = findingsAbout('proxy');
  const parts = [
    ...(https === null ? [] : [`https:// goes through ${nameOfProxy(new URL(https))}`]),
    ...(http === null ? [] : [`http:// goes through ${nameOfProxy(new URL(http))}`]),
    ...(except.length === 0 ? [] : [`not for ${except.join(', ')}`]),
  ];
  return [ok(parts.join('; '))];
}

/** Whether the keys for job tokens can be fetched. */
export async function checkJobKeys(issuer: string, network: Network): Promise<Finding> {
  const { ok, failed } = findingsAbout('job tokens');
  try {
    await fetchKeys(issuer, network);
    return ok(`the keys of ${issuer} can be read`);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const { hint } = error as { hint?: string };
    return failed(
      `the keys of ${issuer} can't be read: ${error.message}`,
      hint ?? 'look at jobs.oidc_issuer',
    );
  }
}
