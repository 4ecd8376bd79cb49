import type { Logger } from '../../domain/contracts.ts';
import { type AnyMethod, type MaybeSync, mapMethods } from '../damage-guard.ts';
import { type Database, reopen } from './database.ts';
import { renewFile, retire } from './renew-file.ts';
import type { StoreCore, StoreMethods } from './store-core.ts';

/**
 * The open file of the store, and the one that takes its place when another program that reads for hours keeps
 * its log from being emptied (docs/decisions/0022-others-may-read.md).
 */
export class Cores {
  readonly methods: MaybeSync<StoreMethods>;
  readonly #openCore: (database: Database) => StoreCore;
  readonly #logger: Pick<Logger, 'warn' | 'error'>;
  #core: StoreCore;
  /** Calls under way, which may still use the file. */
  readonly #underWay = new Set<Promise<unknown>>();
  /** While it is not null, whoever wants to do something waits for it. */
  #pause: PromiseWithResolvers<void> | null = null;

  constructor(
    core: StoreCore,
    openCore: (database: Database) => StoreCore,
    logger: Pick<Logger, 'warn' | 'error'>,
  ) {
    this.#core = core;
    this.#openCore = openCore;
    this.#logger = logger;
    const delegates = mapMethods(
      core.methods,
      (_, path) =>
        (...values) =>
          this.#call(path, values),
    ) as StoreCore['methods'];
    this.methods = { ...delegates, renewLog: () => this.#renewIfHeld() };
  }

  explain(cause: unknown): unknown {
    return this.#core.explain(cause);
  }

  async close(): Promise<void> {
    await this.#core.close();
  }

  #call(path: readonly string[], values: unknown[]): unknown {
    if (this.#pause !== null) return this.#pause.promise.then(() => this.#call(path, values));
    const result = methodAt(this.#core.methods, path)(...values);
    if (result instanceof Promise) {
      this.#underWay.add(result);
      const end = () => void this.#underWay.delete(result);
      result.then(end, end);
    }
    return result;
  }

  async #renewIfHeld(): Promise<void> {
    const { path } = this.#core;
    if (path === null || !this.#core.isLogTooLarge()) return;
    try {
      await this.#renew(path);
      this.#logger.warn('database_renewed', { path });
    } catch (err) {
      this.#logger.error('database_not_renewed', { path, err });
    } finally {
      this.#goOn();
    }
  }

  async #renew(path: string): Promise<void> {
    const before = this.#core;
    before.check();
    await renewFile(before.database, path, () => {
      this.#pause ??= Promise.withResolvers();
    });
    this.#core = this.#openCore(reopen(before.database, path));
    const underWay = [...this.#underWay];
    this.#goOn();
    await Promise.allSettled(underWay);
    retire(before.database);
    await before.abandon();
  }

  #goOn(): void {
    this.#pause?.resolve();
    this.#pause = null;
  }
}

function methodAt(methods: object, path: readonly string[]): AnyMethod {
  let found: unknown = methods;
  for (const name of path) found = (found as Record<string, unknown>)[name];
  return found as AnyMethod;
}
