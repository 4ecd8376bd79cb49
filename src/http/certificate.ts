import type { Clock, Logger, Meter } from '../domain/contracts.ts';
import { AntError } from '../domain/errors.ts';
import { countOf, type GaugeReading, readingOf, zerosOf } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import { type Repetition, repeatEvery } from '../timing/repeat.ts';
import type { Sleep } from '../timing/sleep.ts';
import { checkKeyPair, type KeyPair, type KeyPairFiles, readKeyPairText } from './key-pair.ts';

export interface CertificateOptions {
  readonly files: KeyPairFiles;
  readonly sleep?: Sleep;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly logger: Logger;
}

/** A changed certificate is used after two checks. */
const CHECK_EVERY_MS = 1000;

/** The current certificate of a listener. */
export interface Certificate {
  current(): KeyPair;
  /** Calls `use` with each new certificate. */
  onRenewal(use: (pair: KeyPair) => void): void;
  readings(): GaugeReading[];
  close(): Promise<void>;
}

/**
 * Reads a certificate, and reads it again when its files change. It compares the bytes, because a file
 * watcher misses files that are swapped by links. A change is used once two checks see the same, so that a
 * pair is not judged while one of its files is still the old one. If the new pair is invalid, the old one
 * stays in use. Throws `config_invalid` if the pair is invalid at the start.
 */
export async function openCertificate(options: CertificateOptions): Promise<Certificate> {
  const text = await readText(options.files);
  return new WatchedCertificate(options, text, checkedPair(text, options.files));
}

class WatchedCertificate implements Certificate {
  readonly #options: CertificateOptions;
  readonly #users: ((pair: KeyPair) => void)[] = [];
  readonly #checks: Repetition;
  #pair: KeyPair;
  #loadedAtMs: number;
  /** At the last check. */
  #seen: Text;
  /** What was last used, or found to be invalid. */
  #judged: Text;

  constructor(options: CertificateOptions, text: Text, pair: KeyPair) {
    this.#options = options;
    this.#pair = pair;
    this.#loadedAtMs = options.clock();
    this.#seen = text;
    this.#judged = text;
    options.meter.add(zerosOf(SELF.tlsReloads, [options.files.listener], ['renewed', 'failed']));
    this.#checks = repeatEvery(CHECK_EVERY_MS, () => this.#check(), { sleep: options.sleep });
  }

  current(): KeyPair {
    return this.#pair;
  }

  onRenewal(use: (pair: KeyPair) => void): void {
    this.#users.push(use);
  }

  readings(): GaugeReading[] {
    const { listener } = this.#options.files;
    return [
      readingOf(SELF.tlsExpiry, [listener], this.#pair.expiresAtMs / 1000),
      readingOf(SELF.tlsLoaded, [listener], this.#loadedAtMs / 1000),
    ];
  }

  close(): Promise<void> {
    return this.#checks.close();
  }

  async #check(): Promise<void> {
    const { files } = this.#options;
    const text = await readText(files);
    const isSettled = isSame(text, this.#seen);
    this.#seen = text;
    if (!isSettled || isSame(text, this.#judged)) return;
    this.#judged = text;
    try {
      this.#take(checkedPair(text, files));
    } catch (error) {
      if (!(error instanceof AntError)) throw error;
      this.#refuse(error);
    }
  }

  #take(pair: KeyPair): void {
    const { files, clock, meter, logger } = this.#options;
    const fields = { listener: files.listener, expires_at: new Date(pair.expiresAtMs).toISOString() };
    this.#pair = pair;
    this.#loadedAtMs = clock();
    for (const use of this.#users) use(pair);
    meter.add([countOf(SELF.tlsReloads, [files.listener, 'renewed'])]);
    logger.info('Certificate renewed', fields);
  }

  #refuse(error: AntError): void {
    const { files, meter, logger } = this.#options;
    const fields = { listener: files.listener, err: error, hint: error.hint };
    meter.add([countOf(SELF.tlsReloads, [files.listener, 'failed'])]);
    logger.error('certificate_rejected', fields);
  }
}

/** What the files hold, or why they can't be read. */
type Text = { readonly cert: string; readonly key: string } | AntError;

async function readText(files: KeyPairFiles): Promise<Text> {
  try {
    return await readKeyPairText(files);
  } catch (error) {
    if (error instanceof AntError) return error;
    throw error;
  }
}

function checkedPair(text: Text, files: KeyPairFiles): KeyPair {
  if (text instanceof AntError) throw text;
  return checkKeyPair(text, files);
}

function isSame(a: Text, b: Text): boolean {
  if (a instanceof AntError || b instanceof AntError)
    return a instanceof AntError && b instanceof AntError && a.message === b.message;
  return a.cert === b.cert && a.key === b.key;
}
