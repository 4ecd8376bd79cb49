import { AntError } from '../../domain/errors.ts';
import { type KeyPairFiles, readKeyPair } from '../../http/key-pair.ts';
import { type Finding, findingsAbout } from './finding.ts';

/** Whatever renews certificates has had many chances by then. */
const SOON_MS = 14 * 86_400_000;

/** Whether the listener's certificate is valid, and until when. */
export async function checkCertificate(
  files: KeyPairFiles & { readonly listener: 'webhook' | 'api' },
  nowMs: number,
): Promise<Finding> {
  const { ok, warning, failed } = findingsAbout(`${files.listener} certificate`);
  try {
    const { expiresAtMs } = await readKeyPair(files);
    const until = new Date(expiresAtMs).toISOString();
    if (expiresAtMs <= nowMs)
      return failed(`expired at ${until}`, 'renew it; it is read again without a restart');
    return expiresAtMs - nowMs < SOON_MS
      ? warning(`expires at ${until}`, 'look why it was not renewed; it is read again without a restart')
      : ok(`good until ${until}`);
  } catch (error) {
    if (!(error instanceof AntError)) throw error;
    return failed(error.message, error.hint ?? 'check the files');
  }
}
