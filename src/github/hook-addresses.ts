import type { Clock, Logger, Meter } from '../domain/contracts.ts';
import { countOf, type GaugeReading, readingOf, zerosOf } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import { type AddressRanges, addressRanges } from '../http/address-ranges.ts';
import type { Network } from '../outbound/network.ts';
import { type Repetition, repeat } from '../timing/repeat.ts';
import type { Sleep } from '../timing/sleep.ts';
import { fetchHookRanges, type HookRanges, keep, readKept } from './hook-ranges.ts';

export interface HookAddressesOptions {
  readonly apiUrl: string;
  /** The file that keeps them across restarts; null: none. */
  readonly file: string | null;
  /** Whether they are in use at present; otherwise GitHub is not asked. */
  readonly isWanted: () => boolean;
  readonly version: string;
  /** How to reach GitHub; called before each request. */
  readonly network: () => Network;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly meter: Meter;
  readonly sleep?: Sleep;
}

const REFRESH_MS = 3_600_000;
/**
 * After a failure; doubled after each further one. Without a credential, GitHub answers 60 requests an hour.
 */
const RETRY_MS = 10_000;
const MAX_RETRY_MS = 600_000;
/** How soon to notice that a reload has made them needed. */
const UNWANTED_MS = 5000;

interface Known {
  readonly ranges: AddressRanges;
  readonly atMs: number;
}

/**
 * The addresses that GitHub sends webhooks from: read at the start and then every hour, and kept in a file.
 * Known addresses stay until GitHub sends new ones; no failure removes them.
 */
export class HookAddresses implements AsyncDisposable {
  readonly #options: HookAddressesOptions;
  readonly #closing = new AbortController();
  readonly #turns: Repetition;
  #known: Known | null;
  /** Consecutive. */
  #failures = 0;

  constructor(options: HookAddressesOptions) {
    this.#options = options;
    const kept = options.file === null ? null : readKept(options.file, options.apiUrl);
    this.#known = kept && { ranges: addressRanges(kept.ranges), atMs: kept.atMs };
    options.meter.add(zerosOf(SELF.hookRangesRefreshes, ['ok', 'failed']));
    this.#turns = repeat(() => this.#turn(), { sleep: options.sleep, closing: this.#closing });
  }

  /** Null: no addresses are known yet. */
  has(address: string): boolean | null {
    return this.#known === null ? null : this.#known.ranges.has(address);
  }

  readings(): GaugeReading[] {
    if (this.#known === null || !this.#options.isWanted()) return [];
    const { ranges, atMs } = this.#known;
    return [readingOf(SELF.hookRanges, [], ranges.size), readingOf(SELF.hookRangesTime, [], atMs / 1000)];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turns.close();
  }

  /** Returns after how many milliseconds the next one is due. */
  async #turn(): Promise<number> {
    if (!this.#options.isWanted()) return UNWANTED_MS;
    this.#failures = (await this.#refresh()) ? 0 : this.#failures + 1;
    return this.#failures === 0 ? REFRESH_MS : Math.min(MAX_RETRY_MS, RETRY_MS * 2 ** (this.#failures - 1));
  }

  async #refresh(): Promise<boolean> {
    const { apiUrl, version, clock, meter } = this.#options;
    const found = await fetchHookRanges(apiUrl, {
      version,
      network: this.#options.network(),
      closing: this.#closing.signal,
    });
    if (this.#closing.signal.aborted) return false;
    const isOk = !('failure' in found);
    meter.add([countOf(SELF.hookRangesRefreshes, [isOk ? 'ok' : 'failed'])]);
    if (!isOk) this.#complain(found.failure);
    else await this.#take(found, clock());
    return isOk;
  }

  async #take({ texts, ranges }: Extract<HookRanges, { ranges: unknown }>, atMs: number): Promise<void> {
    const { file, apiUrl, logger } = this.#options;
    if (this.#known === null) logger.info("GitHub's webhook addresses loaded", { ranges: ranges.length });
    this.#known = { ranges: addressRanges(ranges), atMs };
    if (file === null) return;
    try {
      await keep(file, apiUrl, { texts, atMs });
    } catch (err) {
      logger.warn('hook_ranges_not_saved', { file, err });
    }
  }

  #complain(reason: string): void {
    const { logger, apiUrl } = this.#options;
    if (this.#known !== null) {
      logger.warn('hook_ranges_not_refreshed', { reason, api_url: apiUrl });
      return;
    }
    logger.error('hook_ranges_unknown', {
      reason,
      api_url: apiUrl,
      hint: 'until GET /meta answers; or name the addresses in webhook.allowed_ips, as Enterprise Server needs it',
    });
  }
}
