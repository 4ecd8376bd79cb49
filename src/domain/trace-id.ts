import { hash } from 'node:crypto';

/**
 * The id of the trace of a run attempt, as the receivers of the OpenTelemetry Collector make it: whatever makes
 * the trace, it has this id.
 */
export function traceId(runId: number, runAttempt: number): string {
  return hash('sha256', `${runId}${runAttempt}t`, 'hex').slice(0, 32);
}
