import type { Readiness } from '../api/health-summary.ts';
import type { Engine } from '../domain/contracts.ts';
import { AntError } from '../domain/errors.ts';

/**
 * Whether a delivery can be accepted now: somebody listens for it, where GitHub sends any, and it would
 * become durable.
 */
export async function readiness(
  isOpen: boolean,
  engine: Engine,
  shortage: string | null,
): Promise<Readiness> {
  if (!isOpen) return { ok: false, reason: 'The webhook listener is not open.' };
  if (shortage !== null) return { ok: false, reason: shortage };
  try {
    await engine.proveDurable();
    return { ok: true };
  } catch (error) {
    if (!(error instanceof AntError)) throw error;
    return { ok: false, reason: error.message };
  }
}
