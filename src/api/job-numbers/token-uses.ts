import type { Clock } from '../../domain/contracts.ts';

/** A job may push repeatedly, but a stolen token must not work without limit. */
const MAX_USES = 100;
/** Tokens that are remembered. When there are more, the oldest ones are forgotten. */
const MAX_TOKENS = 10_000;

/**
 * Counts how often each token was used. The store makes sure that a repeated push counts once. This limits
 * how much else one token can push until it expires.
 */
export function openTokenUses(clock: Clock): { take(tokenId: string, expiresAtMs: number): boolean } {
  const uses = new Map<string, { count: number; readonly expiresAtMs: number }>();

  function forget(): void {
    for (const [id, { expiresAtMs }] of uses) {
      if (uses.size < MAX_TOKENS && expiresAtMs > clock()) return;
      uses.delete(id);
    }
  }

  return {
    /** Counts a use. Returns whether it was still allowed. */
    take(tokenId, expiresAtMs) {
      const use = uses.get(tokenId) ?? { count: 0, expiresAtMs };
      if (use.count === 0) {
        forget();
        uses.set(tokenId, use);
      }
      use.count += 1;
      return use.count <= MAX_USES;
    },
  };
}
