import type { FailureCause } from '../domain/failure-cause.ts';
import { type Span, STATUS_CODE } from '../otlp/trace-data.ts';

/*
 * How something ended, in the words of OpenTelemetry's conventions:
 * https://opentelemetry.io/docs/specs/semconv/registry/attributes/cicd/. They allow others; GitHub's own stay then.
 */

const RESULTS: ReadonlyMap<string, string> = new Map([
  ['cancelled', 'cancellation'],
  ['skipped', 'skip'],
  ['timed_out', 'timeout'],
  ['startup_failure', 'error'],
]);

const RESULTS_OF_CAUSES: Partial<Record<FailureCause, string>> = { runner_lost: 'error', timeout: 'timeout' };

const ERRORS = ['failure', 'error', 'timeout'];

export interface Result {
  /** Null: GitHub does not say. */
  readonly result: string | null;
  /** Null: it is no error. */
  readonly errorType: string | null;
}

/** `cause`: why a job failed, as far as that is certain. */
export function resultOf(conclusion: string | null, cause: FailureCause | null = null): Result {
  if (conclusion === null) return { result: null, errorType: null };
  const ofCause = cause === null ? undefined : RESULTS_OF_CAUSES[cause];
  const result = ofCause ?? RESULTS.get(conclusion) ?? conclusion;
  return { result, errorType: ERRORS.includes(result) ? (cause ?? conclusion) : null };
}

/** An error, or unset: `ok` is for whoever looks at traces to set. */
export function statusOf({ errorType }: Result, detail: string | null = null): Span['status'] {
  if (errorType === null) return null;
  const message = detail === null ? errorType : `${errorType}: ${detail}`;
  return { code: STATUS_CODE.error, message };
}
