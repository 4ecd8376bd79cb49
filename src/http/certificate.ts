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

/** A change is in use after two looks. */
const LOOK_EVERY_MS = 1000;

/** The certificate of a listener, as it is in its files at present. */
export interface Certificate {
  current(): KeyPair;
  /** Tells of each new one. */
  onRenewal(use: (pair: KeyPair) => void): void;
  readings(): GaugeReading[];
  close(): Promise<void>;
}

/**
 * Reads a certificate, and again when its files have changed, however they were replaced: the bytes are
 * compared, because watching misses what is swapped by links. A change is taken once two looks agree, so that
 * a pair is not judged while one file of it is still the old one; one that is wrong leaves the old pair in
 * use. Throws `config_invalid` for a wrong pair at the start.
 */
export async function openCertificate(options: CertificateOptions): Promise<Certificate> {
  const text = await readText(options.files);
  return new WatchedCertificate(options, text, checkedPair(text, options.files));
}

class WatchedCertificate implements Certificate {
  readonly #options: CertificateOptions;
  readonly #users: ((pair: KeyPair) => void)[] = [];
  readonly #looks: Repetition;
  #pair: KeyPair;
  #loadedAtMs: number;
  /** At the last look. */
  #seen: Text;
  /** What was last taken, or found to be wrong. */
  #judged: Text;

  constructor(options: CertificateOptions, text: Text, pair: KeyPair) {
    this.#options = options;
    this.#pair = pair;
    this.#loadedAtMs = options.clock();
    this.#seen = text;
    this.#judged = text;
    options.meter.add(zerosOf(SELF.tlsReloads, [options.files.listener], ['renewed', 'failed']));
    this.#looks = repeatEvery(LOOK_EVERY_MS, () => this.#look(), { sleep: options.sleep });
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
    return this.#looks.close();
  }

  async #look(): Promise<void> {
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
    logger.info('A changed certificate is in use', fields);
  }

  #refuse(error: AntError): void {
    const { files, meter, logger } = this.#options;
    const fields = { listener: files.listener, err: error, hint: error.hint };
    meter.add([countOf(SELF.tlsReloads, [files.listener, 'failed'])]);
    logger.error('A changed certificate is wrong: the old one stays', fields);
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
