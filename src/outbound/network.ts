import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { AntError } from '../domain/errors.ts';
import { NO_PROXIES, type Proxies } from './proxies.ts';

/** How requests leave this machine. Plain data, so it can be passed to another thread. */
export interface Network {
  readonly proxies: Proxies;
  /** The only certificates to trust, PEM; null: Node.js's default. */
  readonly caPem: string | null;
  /** The setting that `caPem` comes from, for hints. */
  readonly caSetting: string;
}

/** No proxy, whatever the environment says: for servers on the same machine. */
export const DIRECT: Network = { proxies: NO_PROXIES, caPem: null, caSetting: 'NODE_EXTRA_CA_CERTS' };

/**
 * Uses these proxies, and trusts the certificates in the file that a setting names; empty: those of Node.js.
 * Throws `config_invalid`.
 */
export function networkOf(proxies: Proxies, caSetting: string, caFile: string): Network {
  return { proxies, caPem: caFile === '' ? null : readCertificates(caSetting, caFile), caSetting };
}

function readCertificates(setting: string, path: string): string {
  const hint = 'It must name a readable file with certificates in PEM form.';
  let pem: string;
  try {
    pem = readFileSync(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AntError('config_invalid', `${setting} can't be read: ${reason}`, { cause, hint });
  }
  checkCertificates(setting, pem, hint);
  return pem;
}

/** Node.js would accept anything, and then trust no certificate. */
function checkCertificates(setting: string, pem: string, hint: string): void {
  const certificates = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  try {
    if (certificates.length === 0) throw new Error('No certificate.');
    for (const each of certificates) new X509Certificate(each);
  } catch (cause) {
    throw new AntError('config_invalid', `${setting} contains no PEM certificates.`, { cause, hint });
  }
}
