import { setTimeout as sleep } from 'node:timers/promises';
import { parseOpenMetrics } from '../openmetrics.ts';
import { type Answer, exchange } from './exchange.ts';

export interface ScraperOptions {
  /** All that are asked, each again and again; null: it does not run. */
  readonly addresses: readonly (() => string | null)[];
  readonly everyMs: number;
}

/** A replica that is stopped answers when it goes on. */
const PATIENCE_MS = 60_000;
const ACCEPT = { Accept: 'application/openmetrics-text; version=1.0.0' };

/** Reads `/metrics` of all replicas at the same time, and looks for counters that go back. */
export class Scraper {
  readonly faults: string[] = [];
  scrapes = 0;
  refused = 0;
  readonly #options: ScraperOptions;
  /** The most that was read of each counter, in scrapes that are over. */
  #floor: ReadonlyMap<string, number> = new Map();
  #isStopped = false;

  constructor(options: ScraperOptions) {
    this.#options = options;
  }

  /** Resolves after `stop`. */
  async run(): Promise<void> {
    const { addresses, everyMs } = this.#options;
    await Promise.all(
      addresses.map(async (addressOf) => {
        while (!this.#isStopped) {
          const address = addressOf();
          if (address !== null) await this.#scrape(address);
          await sleep(everyMs);
        }
      }),
    );
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #scrape(address: string): Promise<void> {
    const floor = this.#floor;
    const answer = await exchange(`http://${address}/metrics`, { headers: ACCEPT, timeoutMs: PATIENCE_MS });
    if (answer === null) return;
    if (answer.status === 503) {
      this.refused += 1;
      return;
    }
    const values = this.#read(answer);
    if (values === null) return;
    this.scrapes += 1;
    for (const [key, least] of floor) {
      const value = values.get(key);
      if (value === undefined || value < least) this.faults.push(`${key} ${least} then ${value}`);
    }
    const most = new Map(this.#floor);
    for (const [key, value] of values) most.set(key, Math.max(value, most.get(key) ?? value));
    this.#floor = most;
  }

  /** What it says of counters, of which no bucket is too many: they are the most. */
  #read({ status, text }: Answer): Map<string, number> | null {
    try {
      if (status !== 200) throw new Error(`answered ${status}: ${text}`);
      const values = new Map<string, number>();
      for (const { type, samples } of parseOpenMetrics(text))
        for (const { name, labels, value } of type === 'gauge' ? [] : samples)
          values.set(`${name} ${JSON.stringify(labels)}`, value);
      return values;
    } catch (error) {
      this.faults.push(String(error));
      return null;
    }
  }
}
