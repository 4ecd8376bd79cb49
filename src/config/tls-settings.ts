import { filePath } from './kinds.ts';
import { type ConfigProblem, problemWith } from './problem.ts';
import { type Setting, setting } from './setting.ts';

/** The certificate of a listener. */
export function tlsSettings(group: 'webhook' | 'api'): Record<'tlsCertFile' | 'tlsKeyFile', Setting<string>> {
  return {
    tlsCertFile: setting(
      `${group}.tls_cert_file`,
      filePath(),
      '',
      'File with the certificate of this listener and its chain, in PEM format. The listener then speaks TLS (1.2 or newer) only. Reloaded when it changes. Empty: plain HTTP.',
    ),
    tlsKeyFile: setting(
      `${group}.tls_key_file`,
      filePath(),
      '',
      'File with the private key of that certificate, in PEM format and without a passphrase. Reloaded when it changes.',
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
