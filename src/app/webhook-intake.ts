import type { Settings } from '../config/settings.ts';
import type { Engine, Logger, Meter } from '../domain/contracts.ts';
import type { GaugeReading } from '../domain/metric.ts';
import { HookAddresses } from '../github/hook-addresses.ts';
import { witnessOf } from '../github/payload-times.ts';
import { actionOf, trimPayload } from '../github/trim-payload.ts';
import type { Certificate } from '../http/certificate.ts';
import type { Address } from '../http/http-server.ts';
import { ANY_PATH, firstPath } from '../http/request-path.ts';
import type { Network } from '../outbound/network.ts';
import type { ServiceTime } from '../timing/service-time.ts';
import { openWebhookListener, type WebhookListener } from '../webhook/listener.ts';
import type { WebhookRules } from '../webhook/rules.ts';

export interface WebhookIntakeOptions {
  readonly settings: Settings;
  readonly version: string;
  readonly engine: Engine;
  readonly meter: Meter;
  readonly isShortOfMemory: () => boolean;
  readonly fittingConnections: () => number;
  readonly certificate: Certificate | null;
  readonly time: ServiceTime;
  /** As `ServiceClock.signed`. */
  readonly onSignedTime: (atMs: number, run: unknown) => void;
  readonly logger: Logger;
  /** Who is let in, asked for at each request. */
  readonly rules: () => WebhookRules;
  /** How GitHub is reached, asked for at each request. */
  readonly network: () => Network;
}

interface Opened {
  readonly listener: WebhookListener;
  readonly addresses: HookAddresses;
}

const MAX_CLOSE_GRACE_MS = 5000;
/** To be shown where any path is taken. */
const DEFAULT_PATH = '/webhook';

/** Takes GitHub's webhooks between `open` and `close`, and knows the addresses that they come from. */
export class WebhookIntake {
  readonly #options: WebhookIntakeOptions;
  #opened: Opened | null = null;

  constructor(options: WebhookIntakeOptions) {
    this.#options = options;
  }

  get isOpen(): boolean {
    return this.#opened !== null;
  }

  /** As `WebhookListener.lastAcceptedAtMs`. */
  lastAcceptedAtMs(): number | null {
    return this.#opened?.listener.lastAcceptedAtMs() ?? null;
  }

  /** Where it takes them, with the first of its paths; null while it is closed. */
  place(): { readonly port: number; readonly path: string; readonly tls: boolean } | null {
    const { settings, certificate } = this.#options;
    if (this.#opened === null) return null;
    const { port } = this.#opened.listener.address;
    return { port, path: firstPath(settings.webhook.paths, DEFAULT_PATH), tls: certificate !== null };
  }

  readings(): GaugeReading[] {
    if (this.#opened === null) return [];
    const { listener, addresses } = this.#opened;
    return [...listener.readings(), ...addresses.readings()];
  }

  /** Throws `listen_failed`. */
  async open(): Promise<Address> {
    const addresses = this.#openAddresses();
    try {
      const listener = await this.#openListener(addresses);
      this.#opened = { listener, addresses };
      const { settings, logger } = this.#options;
      if (settings.webhook.paths.includes(ANY_PATH)) logger.warn('any_webhook_path');
      return listener.address;
    } catch (error) {
      await addresses[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Accepts nothing more, and answers what is under way. */
  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = null;
    try {
      await opened?.listener.close();
    } finally {
      await opened?.addresses[Symbol.asyncDispose]();
    }
  }

  #openAddresses(): HookAddresses {
    const { settings, version, rules, network, meter, time, logger } = this.#options;
    return new HookAddresses({
      apiUrl: settings.github.apiUrl,
      file: fileBeside(settings.storage.url),
      isWanted: () => rules().allowed?.github === true,
      version,
      network,
      meter,
      clock: time.clock,
      logger,
    });
  }

  #openListener(githubAddresses: HookAddresses): Promise<WebhookListener> {
    const { settings, engine, rules, certificate, isShortOfMemory, fittingConnections, meter, time, logger } =
      this.#options;
    const { webhook, shutdown } = settings;
    const { onSignedTime } = this.#options;
    return openWebhookListener({
      host: webhook.host,
      port: webhook.port,
      paths: webhook.paths,
      certificate,
      rules,
      githubAddresses,
      bodyLimitBytes: webhook.bodyLimitBytes,
      headerTimeoutMs: webhook.headerTimeoutMs,
      bodyTimeoutMs: webhook.bodyTimeoutMs,
      idleTimeoutMs: webhook.idleTimeoutMs,
      writeTimeoutMs: webhook.writeTimeoutMs,
      // A request that stalls may not use up the time that the rest of the way needs.
      closeGraceMs: Math.min(MAX_CLOSE_GRACE_MS, shutdown.graceMs / 2),
      isShortOfMemory,
      fittingConnections,
      inbox: engine,
      read: (event, payload) => {
        const witness = witnessOf(payload);
        if (witness !== null) onSignedTime(witness.atMs, witness.run);
        return { action: actionOf(payload), payload: trimPayload(event, payload) };
      },
      meter,
      clock: time.clock,
      steady: time.steady,
      logger,
    });
  }
}

/** A store in memory has nothing beside it. */
function fileBeside(storageUrl: string): string | null {
  const [, path] = /^sqlite:(.+)$/.exec(storageUrl) ?? [];
  return path === undefined ? null : `${path}.github-hooks.json`;
}
