import type { Engine, Logger } from '../domain/contracts.ts';
import type { GitHub } from '../domain/github-api.ts';
import { openAnnotations } from '../github/annotations.ts';
import { openInquiry } from '../github/inquiry.ts';
import { startFailureReasons } from '../sync/failure-reasons.ts';
import { startReconciliation } from '../sync/reconcile.ts';
import type { ServiceTime } from '../timing/service-time.ts';

export interface InquiriesOptions {
  readonly engine: Engine;
  readonly time: ServiceTime;
  readonly confirmTime: () => Promise<boolean>;
  readonly logger: Logger;
}

/** Asks GitHub about single jobs and runs: what has been silent for so long, and why jobs failed. */
export function startInquiries(
  github: GitHub,
  values: { readonly reconcileAfterMs: number | null; readonly annotations: boolean },
  { engine, time, confirmTime, logger }: InquiriesOptions,
): { close(): Promise<void> } {
  const { clock, steady } = time;
  const common = { engine, clock, steady, confirmTime, logger };
  const { reconcileAfterMs: afterMs } = values;
  const reconciliation =
    afterMs === null ? null : startReconciliation({ ...common, inquiry: openInquiry(github, time), afterMs });
  const reasons = values.annotations
    ? startFailureReasons({ ...common, annotations: openAnnotations(github, clock) })
    : null;
  return {
    async close() {
      await Promise.all([reconciliation?.close(), reasons?.close()]);
    },
  };
}
