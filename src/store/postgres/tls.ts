import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { AntError } from '../../domain/errors.ts';

/** What the driver hands to Node.js. */
export type DatabaseTls = Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'rejectUnauthorized'> &
  Partial<Pick<ConnectionOptions, 'checkServerIdentity'>>;

/**
 * What a URL says of TLS, as libpq understands it: nothing for a Unix socket, and a root certificate is not only there
 * for show with `sslmode=require`. False: none. Throws `config_invalid` for a file that can't be used.
 */
export function tlsOf(parameters: URLSearchParams, host: string): DatabaseTls | false {
  const root = parameters.get('sslrootcert');
  const asked = parameters.get('sslmode') ?? (root === null ? 'disable' : 'verify-full');
  if (asked === 'disable' || host.startsWith('/')) return false;
  const mode = asked === 'require' && root !== null ? 'verify-ca' : asked;
  return {
    // That which Node.js trusts.
    ca: root === 'system' ? undefined : fileOf(parameters, 'sslrootcert', isCertificate),
    cert: fileOf(parameters, 'sslcert', isCertificate),
    key: fileOf(parameters, 'sslkey', createPrivateKey),
    rejectUnauthorized: mode !== 'require',
    ...(mode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}),
  };
}

function isCertificate(pem: string): unknown {
  return new X509Certificate(pem);
}

function fileOf(
  parameters: URLSearchParams,
  name: string,
  check: (text: string) => unknown,
): string | undefined {
  const path = parameters.get(name);
  if (path === null) return undefined;
  try {
    const text = readFileSync(path, 'utf8');
    check(text);
    return text;
  } catch (error) {
    // OpenSSL may quote the text.
    const why = error instanceof Error && 'syscall' in error ? error.message : `${path} is no such PEM file`;
    throw new AntError('config_invalid', `${name} of storage.url can't be used: ${why}`, {
      hint: `Let ${name} name a file in PEM format that the service may read.`,
    });
  }
}
