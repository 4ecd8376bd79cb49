import { closeSync, existsSync, openSync, readdirSync, readSync } from 'node:fs';
import type { Logger } from '../domain/contracts.ts';
import { type GaugeReading, readingOf } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import { SparingLog } from '../logger/sparing-log.ts';
import { type Repetition, repeatEvery } from '../timing/repeat.ts';

/** How many connections each listener may have open. */
export interface ConnectionLimits {
  readonly webhook: number;
  readonly api: number;
}

/** The file descriptors of this process. */
export interface DescriptorUse {
  /** How many it may have; null: any number, or the system does not say. */
  readonly limit: number | null;
  /** The next that is free. The system hands out the lowest, so all below are in use. Null: none is free. */
  readonly next: number | null;
}

const LIMITS = '/proc/self/limits';
const EVERY_MS = 1000;
/**
 * For GitHub (`github.concurrency` is at most 100), receivers, name servers, copies of the database, and files
 * that are read again.
 */
const OTHERS = 128;
/** However few descriptors there are. */
const LEAST_CONNECTIONS = 8;
/** What the API gets of the descriptors if not everything fits; webhooks get the rest. */
const API_SHARE = 0.25;
/** A shortage begins below the first number of free descriptors, and ends at the second. */
const SHORT = 8;
const ENOUGH = 16;

const HINT =
  'raise the limit on open files: LimitNOFILE= of systemd, --ulimit nofile= of Docker, or ulimit -n';

/** As many connections as wanted, or as `free` descriptors allow. */
export function fitConnections({ webhook, api }: ConnectionLimits, free: number): ConnectionLimits {
  const forApi = Math.max(Math.floor(free * API_SHARE), free - webhook, LEAST_CONNECTIONS);
  const apiFits = Math.min(api, forApi);
  return { api: apiFits, webhook: Math.min(webhook, Math.max(free - apiFits, LEAST_CONNECTIONS)) };
}

export interface DescriptorsOptions {
  /** What the settings allow. Asked for again and again. */
  readonly wanted: () => ConnectionLimits;
  readonly logger: Logger;
  /** Default: of this process. */
  readonly look?: () => DescriptorUse;
}

/**
 * Keeps connections within what the process has file descriptors for, and notices when none are left: Node.js
 * and the system say nothing then, but close each new connection at once. Open it before the listeners.
 */
export class Descriptors {
  readonly #options: DescriptorsOptions;
  readonly #looking: ReturnType<typeof openLook>;
  /** In use before there was any connection. */
  readonly #baseline: number;
  readonly #scarce: SparingLog;
  readonly #checks: Repetition;
  #limit: number | null;
  #shortage: string | null = null;

  constructor(options: DescriptorsOptions) {
    const { logger } = options;
    this.#options = options;
    const looking = options.look === undefined ? openLook() : { look: options.look, close() {} };
    this.#looking = looking;
    const { limit, next } = looking.look();
    this.#limit = limit;
    this.#baseline = next ?? 0;
    this.#scarce = new SparingLog((fields) => logger.warn('descriptors_scarce', fields), null);
    this.#checks = repeatEvery(EVERY_MS, async () => this.check());
    this.check();
  }

  /** What fits. */
  get connections(): ConnectionLimits {
    const wanted = this.#options.wanted();
    if (this.#limit === null) return wanted;
    return fitConnections(wanted, this.#limit - this.#baseline - OTHERS);
  }

  /** Why no connection can be accepted; null: they can. */
  get shortage(): string | null {
    return this.#shortage;
  }

  readings(): GaugeReading[] {
    const open = countOpen(this.#limit);
    return [
      ...(open === null ? [] : [readingOf(SELF.openFds, [], open)]),
      ...(this.#limit === null ? [] : [readingOf(SELF.maxFds, [], this.#limit)]),
    ];
  }

  /** Checks once. It does so every second by itself. */
  check(): void {
    const { limit, next } = this.#looking.look();
    this.#limit = limit;
    this.#noteShortage(next);
    this.#noteScarcity();
  }

  async close(): Promise<void> {
    await this.#checks.close();
    this.#looking.close();
  }

  #noteShortage(next: number | null): void {
    const limit = this.#limit ?? Number.POSITIVE_INFINITY;
    const free = next === null ? 0 : Math.max(0, limit - next);
    const { logger } = this.#options;
    const wasShort = this.#shortage !== null;
    if (free < (wasShort ? ENOUGH : SHORT)) {
      const all = this.#limit === null ? '' : ` of ${limit}`;
      this.#shortage = `${free}${all} file descriptors are left, so connections may not be accepted.`;
      if (!wasShort) logger.error('descriptors_short', { limit: this.#limit, free, hint: HINT });
    } else if (wasShort) {
      this.#shortage = null;
      logger.warn('descriptors_back', { limit: this.#limit, free });
    }
  }

  #noteScarcity(): void {
    const wanted = this.#options.wanted();
    const { webhook, api } = this.connections;
    if (webhook >= wanted.webhook && api >= wanted.api) return void this.#scarce.end();
    this.#scarce.log({
      limit: this.#limit,
      needed: this.#baseline + OTHERS + wanted.webhook + wanted.api,
      webhookConnections: webhook,
      apiConnections: api,
      hint: HINT,
    });
  }
}

/** Null: the system does not say. Where none is left to look with, all of them are open. */
function countOpen(limit: number | null): number | null {
  const theOneThatReads = 1;
  try {
    return readdirSync('/proc/self/fd').length - theOneThatReads;
  } catch (error) {
    return isUsedUp(error) ? limit : null;
  }
}

const USED_UP = new Set<unknown>(['EMFILE', 'ENFILE']);

function isUsedUp(error: unknown): boolean {
  return error instanceof Error && 'code' in error && USED_UP.has(error.code);
}

/** A look at this process; `close` ends it. */
function openLook(): { readonly look: () => DescriptorUse; readonly close: () => void } {
  // Open from now on, so that the limit can be read when no other file can be opened.
  const limits = existsSync(LIMITS) ? openSync(LIMITS, 'r') : null;
  return {
    look: () => ({ limit: limits === null ? null : limitIn(limits), next: nextFree() }),
    close: () => void (limits !== null && closeSync(limits)),
  };
}

function limitIn(file: number): number | null {
  const text = Buffer.alloc(4096);
  const length = readSync(file, text, 0, text.length, 0);
  const [, limit] = /^Max open files +(\d+)/m.exec(text.toString('latin1', 0, length)) ?? [];
  return limit === undefined ? null : Number(limit);
}

function nextFree(): number | null {
  try {
    const next = openSync('/dev/null', 'r');
    closeSync(next);
    return next;
  } catch (error) {
    return isUsedUp(error) ? null : 0;
  }
}
