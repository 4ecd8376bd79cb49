import type { Readiness } from '../api/health-summary.ts';
import type { Engine } from '../domain/contracts.ts';
import { AntError } from '../domain/errors.ts';
import { backgroundSleep, type Sleep } from '../timing/sleep.ts';

export interface ReadinessOptions {
  /** Whether the service has been asked to stop. */
  readonly isStopping: () => boolean;
  /** Whether somebody listens for deliveries, where GitHub sends any. */
  readonly isOpen: () => boolean;
  /** Of what there is too little for any connection; null: of nothing. */
  readonly shortage: () => string | null;
  readonly engine: Pick<Engine, 'proveDurable'>;
  readonly sleep?: Sleep;
}

/** Less than a probe is let wait (`addHealthRoutes`), so that it gets a reason. */
const ANSWER_MS = 1500;

/**
 * Asks whether a delivery can be accepted now: somebody listens for it, and it would become durable. One proof of that
 * at a time: a proof waits like a delivery, and proofs must not queue up before deliveries. While one takes long, the
 * reason is that of the one before.
 */
export function openReadiness({
  isStopping,
  isOpen,
  shortage,
  engine,
  sleep = backgroundSleep,
}: ReadinessOptions): () => Promise<Readiness> {
  let proof: Promise<Readiness> | null = null;
  let last: Readiness = { ok: true };

  async function prove(): Promise<Readiness> {
    try {
      await engine.proveDurable();
      last = { ok: true };
    } catch (error) {
      if (!(error instanceof AntError)) throw error;
      last = { ok: false, reason: reasonOf(error) };
    } finally {
      proof = null;
    }
    return last;
  }

  return async () => {
    if (isStopping()) return { ok: false, reason: 'The service is about to stop.' };
    if (!isOpen()) return { ok: false, reason: 'The webhook listener is not open.' };
    const short = shortage();
    if (short !== null) return { ok: false, reason: short };
    proof ??= prove();
    const before = last;
    return before.ok ? proof : Promise.race([proof, sleep(ANSWER_MS).then(() => before)]);
  };
}

function reasonOf({ message, hint }: AntError): string {
  return hint === undefined ? message : `${message.replace(/\.$/, '')}. ${hint}`;
}
