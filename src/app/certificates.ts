import type { Settings } from '../config/settings.ts';
import type { Clock, Logger, Meter } from '../domain/contracts.ts';
import type { GaugeReading } from '../domain/metric.ts';
import { type Certificate, openCertificate } from '../http/certificate.ts';
import { type KeyPairFiles, readKeyPair } from '../http/key-pair.ts';
import type { Teardown } from '../timing/teardown.ts';

const LISTENERS = ['webhook', 'api'] as const;

/** The certificates of both listeners; null for one that speaks plain HTTP. */
export interface Certificates {
  readonly webhook: Certificate | null;
  readonly api: Certificate | null;
  readings(): GaugeReading[];
}

/**
 * Reads them, and again when they change, until `teardown` runs. Throws `config_invalid` for one that is
 * wrong.
 */
export async function openCertificates(
  settings: Pick<Settings, 'webhook' | 'api'>,
  { clock, meter, logger }: { readonly clock: Clock; readonly meter: Meter; readonly logger: Logger },
  teardown: Teardown,
): Promise<Certificates> {
  async function open(listener: (typeof LISTENERS)[number]): Promise<Certificate | null> {
    const files = filesOf(settings, listener);
    if (files === null) return null;
    const certificate = await openCertificate({ files, clock, meter, logger });
    teardown.add(`certificate of the ${listener} listener`, () => certificate.close());
    return certificate;
  }
  const [webhook, api] = [await open('webhook'), await open('api')];
  return { webhook, api, readings: () => [...(webhook?.readings() ?? []), ...(api?.readings() ?? [])] };
}

/** Throws the `config_invalid` of the first certificate that could not be used. */
export async function checkCertificates(settings: Pick<Settings, 'webhook' | 'api'>): Promise<void> {
  for (const listener of LISTENERS) {
    const files = filesOf(settings, listener);
    if (files !== null) await readKeyPair(files);
  }
}

function filesOf(
  settings: Pick<Settings, 'webhook' | 'api'>,
  listener: (typeof LISTENERS)[number],
): KeyPairFiles | null {
  const { tlsCertFile, tlsKeyFile } = settings[listener];
  return tlsCertFile === '' ? null : { listener, certFile: tlsCertFile, keyFile: tlsKeyFile };
}
