import { signal } from '@preact/signals';
import { learnTime, serverNow } from '../state/server-clock.ts';

/** How the service is, as the status line shows it. */
export interface Condition {
  readonly status: 'unknown' | 'ok' | 'degraded' | 'failing' | 'lost';
  /** In words; null: nothing is wrong, or it is not known what. */
  readonly reason: string | null;
  /** RFC 3339; null: none since the start. */
  readonly lastDeliveryAt: string | null;
  /** Since when it has been so, by the service's clock. */
  readonly sinceMs: number | null;
}

interface Health {
  readonly status: 'ok' | 'degraded' | 'failing';
  readonly last_delivery_accepted_at: string | null;
  readonly checks: Readonly<Record<string, { readonly ok: boolean; readonly reason?: string }>>;
}

export const condition = signal<Condition>({
  status: 'unknown',
  reason: null,
  lastDeliveryAt: null,
  sinceMs: null,
});

const EVERY_MS = 10_000;
const RETRY_MS = 3000;

/** Looks at `/health` while the page can be seen. Call it once. */
export function watchCondition(): void {
  const look = async () => {
    if (!document.hidden) update(await read());
    setTimeout(look, condition.value.status === 'lost' ? RETRY_MS : EVERY_MS);
  };
  document.addEventListener('visibilitychange', async () => {
    if (!document.hidden) update(await read());
  });
  void look();
}

async function read(): Promise<Omit<Condition, 'sinceMs'>> {
  try {
    const response = await fetch('/health', { cache: 'no-store' });
    learnTime(response.headers.get('Date'));
    // It answers 503 when it is failing, with the same body.
    const health: Health = await response.json();
    const [name, check] = Object.entries(health.checks).find(([, { ok }]) => !ok) ?? [];
    return {
      status: health.status,
      reason: name === undefined ? null : (check?.reason ?? REASONS[name] ?? name),
      lastDeliveryAt: health.last_delivery_accepted_at,
    };
  } catch {
    return { status: 'lost', reason: null, lastDeliveryAt: condition.value.lastDeliveryAt };
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ready: 'deliveries are not accepted',
  engine: 'the engine does not answer',
  parked: 'some deliveries are parked',
  queue: 'deliveries wait for over a minute',
  push: 'a receiver refuses samples',
  github: 'GitHub refuses us',
  clock: "the machine's clock is wrong",
};

function update(next: Omit<Condition, 'sinceMs'>): void {
  const { status, sinceMs } = condition.value;
  condition.value = { ...next, sinceMs: next.status === status ? sinceMs : serverNow() };
}
