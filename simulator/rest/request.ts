import type { Caller } from './caller.ts';

/** A request once its endpoint and sender are known. */
export interface ApiRequest {
  /** The values of the `{…}` in the endpoint's path. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The requested address, without its query. */
  readonly address: string;
  /** The parsed JSON, or undefined without a body. */
  readonly body: unknown;
  readonly caller: Caller;
}
