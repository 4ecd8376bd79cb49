import { isStoreLoss } from '../domain/errors.ts';

/** The same methods, some of them in groups, which may answer at once: `guardMethods` makes promises of it. */
export type MaybeSync<T> = {
  readonly [Name in keyof T]: T[Name] extends (...values: infer Values) => Promise<infer Result>
    ? (...values: Values) => Result | Promise<Result>
    : T[Name] extends object
      ? MaybeSync<T[Name]>
      : never;
};

/** Any method, of which only what is around its call matters. */
export type AnyMethod = (...values: unknown[]) => unknown;

/** The same methods, in the same groups, each as `wrap` makes it anew. */
export function mapMethods<T extends object>(
  methods: T,
  wrap: (method: AnyMethod, path: readonly string[]) => AnyMethod,
  path: readonly string[] = [],
): object {
  const mapped = Object.entries<AnyMethod | object>(methods as Record<string, AnyMethod | object>).map(
    ([name, each]) => [
      name,
      typeof each === 'function'
        ? wrap(each as AnyMethod, [...path, name])
        : mapMethods(each, wrap, [...path, name]),
    ],
  );
  return Object.fromEntries(mapped);
}

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

  function guarded(method: AnyMethod): AnyMethod {
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

  return { methods: mapMethods(methods, guarded) as T, damaged: damage.promise };
}
