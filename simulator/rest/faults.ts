import { createRandom } from '../random.ts';

export const FAULT_KINDS = ['error', 'hang', 'reset', 'slow', 'garbage'] as const;

/**
 * `error`: 500, 502 or 503. `hang`: never answered. `reset`: the connection is cut. `slow`: answered later.
 * `garbage`: 200 with a body that is not JSON.
 */
export type FaultKind = (typeof FAULT_KINDS)[number];

/** What goes wrong on request. */
export interface Faults {
  /** The share of requests affected by each kind, from 0 to 1; may be changed at any time. */
  shares: Partial<Record<FaultKind, number>>;
  /** The delay of slow answers. */
  slowMs: number;
  /** Makes it happen to the next requests, or only to those for `endpoint` (such as `GET /app`). */
  next(kind: FaultKind, times?: number, endpoint?: string): void;
  draw(endpoint: string): FaultKind | undefined;
  /** One of the statuses of `error`. */
  status(): number;
}

/** Random, but the same for the same seed and order of requests. */
export function createFaults(seed: string): Faults {
  const random = createRandom(`${seed}/faults`);
  const ordered: { kind: FaultKind; left: number; endpoint: string | undefined }[] = [];
  return {
    shares: {},
    slowMs: 1000,
    next(kind, times = 1, endpoint) {
      ordered.push({ kind, left: times, endpoint });
    },
    draw(endpoint) {
      const order = ordered.find((each) => each.left > 0 && (each.endpoint ?? endpoint) === endpoint);
      if (order !== undefined) {
        order.left--;
        return order.kind;
      }
      let chance = random.next();
      for (const [kind, share] of Object.entries(this.shares)) {
        chance -= share;
        if (chance < 0) return kind as FaultKind;
      }
      return undefined;
    },
    status: () => random.pick([500, 502, 503]),
  };
}
