import type { Clock } from '../../domain/contracts.ts';

/** A job may push again and again; whoever has stolen its token may not do so without end. */
const MOST_USES = 100;
/** Tokens that are remembered; when there are more, those that were used first are forgotten. */
const MOST_TOKENS = 10_000;

/**
 * How often each token was used. What is pushed twice counts once, however often it comes and wherever from:
 * that is in the store. This limits how much else one token can bring until it expires.
 */
export function openTokenUses(clock: Clock): { take(tokenId: string, expiresAtMs: number): boolean } {
  const uses = new Map<string, { count: number; readonly expiresAtMs: number }>();

  function forget(): void {
    for (const [id, { expiresAtMs }] of uses) {
      if (uses.size < MOST_TOKENS && expiresAtMs > clock()) return;
      uses.delete(id);
    }
  }

  return {
    /** Notes a use; answers whether it still was allowed. */
    take(tokenId, expiresAtMs) {
      const use = uses.get(tokenId) ?? { count: 0, expiresAtMs };
      if (use.count === 0) {
        forget();
        uses.set(tokenId, use);
      }
      use.count += 1;
      return use.count <= MOST_USES;
    },
  };
}
