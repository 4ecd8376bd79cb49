import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { AntError } from '../domain/errors.ts';

/** The files of a certificate, and which settings name them. */
export interface KeyPairFiles {
  readonly certFile: string;
  readonly keyFile: string;
  /** `webhook` or `api`: the group of the settings. */
  readonly listener: string;
}

/** The content of both files. */
export interface KeyPairText {
  readonly cert: string;
  readonly key: string;
}

/** A certificate with its chain, and the key that belongs to it. */
export interface KeyPair extends KeyPairText {
  readonly expiresAtMs: number;
}

/** Throws `config_invalid` with the name of the setting whose file can't be read. */
export async function readKeyPairText({ listener, certFile, keyFile }: KeyPairFiles): Promise<KeyPairText> {
  const [cert, key] = await Promise.all([
    readNamed(certFile, `${listener}.tls_cert_file`),
    readNamed(keyFile, `${listener}.tls_key_file`),
  ]);
  return { cert, key };
}

/** Throws `config_invalid` with the name of the setting whose file is invalid, and a hint. */
export function checkKeyPair({ cert, key }: KeyPairText, { listener }: KeyPairFiles): KeyPair {
  const certName = `${listener}.tls_cert_file`;
  const keyName = `${listener}.tls_key_file`;
  const certificate = certificateIn(cert, certName);
  if (!certificate.checkPrivateKey(privateKeyIn(key, keyName))) {
    const hint =
      'Both must come from the same request; the first certificate of the file must be your own, its issuers come after it.';
    throw new AntError('config_invalid', `${keyName} is not the key of the certificate in ${certName}.`, {
      hint,
    });
  }
  try {
    process.getBuiltinModule('node:tls').createSecureContext({ cert, key });
  } catch (error) {
    throw invalid(
      certName,
      "can't be used",
      error,
      'It must have certificates in PEM form and nothing else.',
    );
  }
  return { cert, key, expiresAtMs: Date.parse(certificate.validTo) };
}

/** Reads and checks. Throws `config_invalid` with the name of the setting, and a hint. */
export async function readKeyPair(files: KeyPairFiles): Promise<KeyPair> {
  return checkKeyPair(await readKeyPairText(files), files);
}

async function readNamed(path: string, setting: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw invalid(setting, "can't be read", error, 'It must name a readable file in PEM form.');
  }
}

function certificateIn(pem: string, setting: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw invalid(setting, 'has no certificate', error, 'It must start with your certificate in PEM form.');
  }
}

function privateKeyIn(pem: string, setting: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    const hint = 'It must have a private key in PEM form that needs no passphrase.';
    throw invalid(setting, 'has no private key', error, hint);
  }
}

function invalid(setting: string, what: string, cause: unknown, hint: string): AntError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new AntError('config_invalid', `${setting} ${what}: ${reason}`, { cause, hint });
}
