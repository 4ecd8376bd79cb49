import { isStoreLoss } from '../domain/errors.ts';

/** The same methods, which may answer at once: `guardMethods` makes promises of it. */
export type MaybeSync<T> = {
  readonly [Name in keyof T]: T[Name] extends (...values: infer Values) => Promise<infer Result>
    ? (...values: Values) => Result | Promise<Result>
    : never;
};

/**
 * The same methods, whose rejections are what `storeError` makes of them. Once a call has found the store
 * damaged or replaced, `damaged` rejects, and so does every later call: nothing more is read or written.
 */
export function guardMethods<T extends object>(
  methods: MaybeSync<T>,
  storeError: (error: unknown) => unknown,
): { readonly methods: T; readonly damaged: Promise<never> } {
  const damage = Promise.withResolvers<never>();
  damage.promise.catch(() => undefined);
  let found: unknown = null;

  function guarded(method: (...values: unknown[]) => unknown) {
    return async (...values: unknown[]): Promise<unknown> => {
      if (found !== null) throw found;
      try {
        return await method(...values);
      } catch (cause) {
        const error = storeError(cause);
        if (isStoreLoss(error)) {
          found ??= error;
          damage.reject(error);
        }
        throw error;
      }
    };
  }

  const guardedMethods = Object.entries<(...values: unknown[]) => unknown>(methods).map(([name, method]) => [
    name,
    guarded(method),
  ]);
  return { methods: Object.fromEntries(guardedMethods) as T, damaged: damage.promise };
}
