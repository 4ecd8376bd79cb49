import type { Store } from '../domain/contracts.ts';
import { isStoreDamage } from '../domain/errors.ts';

export interface GuardedStore {
  readonly store: Store;
  /** Rejects with `store_damaged` once the store is found damaged; never resolves. */
  readonly damaged: Promise<never>;
}

/** The store, which is neither read nor written any more once a call has found it damaged. */
export function guardStore(store: Store): GuardedStore {
  const damage = Promise.withResolvers<never>();
  damage.promise.catch(() => undefined);
  let found: unknown = null;

  function guarded(method: (...values: unknown[]) => Promise<unknown>) {
    return async (...values: unknown[]): Promise<unknown> => {
      if (found !== null) throw found;
      try {
        return await method(...values);
      } catch (error) {
        if (isStoreDamage(error)) {
          found ??= error;
          damage.reject(error);
        }
        throw error;
      }
    };
  }

  const methods = Object.entries(store).map(([name, method]) => [name, guarded(method)]);
  return {
    store: { ...Object.fromEntries(methods), [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() },
    damaged: damage.promise,
  };
}
