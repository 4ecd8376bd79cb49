import { signal } from '@preact/signals';
import type { ServiceStatus } from '../../src/domain/openapi-types.ts';
import { formatPercent } from '../format/number.ts';
import { serverNow } from '../state/server-clock.ts';
import { ask } from './fetch-answer.ts';

/** How the service is, as the status line shows it. */
export interface Condition {
  /** late: it is behind. waiting: no delivery has arrived yet. lost: it does not answer. */
  readonly status: 'unknown' | 'ok' | 'late' | 'waiting' | 'degraded' | 'failing' | 'lost';
  /** In words; null: nothing is wrong, or it is not known what. */
  readonly reason: string | null;
  /** RFC 3339; null: none. */
  readonly lastDeliveryAt: string | null;
  /** Since when it has been so, by the service's clock. */
  readonly sinceMs: number;
}

type Read = Omit<Condition, 'sinceMs'>;

/** What `/health` says to everybody. */
interface Health {
  readonly status: 'ok' | 'degraded' | 'failing';
  readonly last_delivery_accepted_at: string | null;
  readonly checks: Readonly<Record<string, { readonly ok: boolean; readonly reason?: string }>>;
}

export const condition = signal<Condition>({
  status: 'unknown',
  reason: null,
  lastDeliveryAt: null,
  sinceMs: serverNow(),
});

const EVERY_MS = 10_000;
const RETRY_MS = 3000;

/** Looks after the service while the page can be seen. Call it once. */
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

async function read(): Promise<Read> {
  try {
    const status = await answerOf<ServiceStatus>('/api/v1/status');
    // Without a login there is still what everybody may know.
    return 'freshness' in status ? ofStatus(status) : ofHealth(await answerOf<Health>('/health'));
  } catch {
    return { status: 'lost', reason: null, lastDeliveryAt: condition.value.lastDeliveryAt };
  }
}

/** Any answer that is JSON: a failing service says so with 503. */
function answerOf<T extends object>(path: string): Promise<T> {
  return ask(path, { cache: 'no-store' }, (response) => response.json());
}

function ofStatus({ status, checks, freshness, first_read }: ServiceStatus): Read {
  const { state, last_delivery_at: lastDeliveryAt } = freshness;
  const failed = checks.find(({ ok }) => !ok);
  if (status !== 'ok') return { status, reason: wordsOf(failed?.name, failed?.reason), lastDeliveryAt };
  if (first_read !== null) {
    const reason = `reading the last day, ${formatPercent(first_read.share)}`;
    return { status: 'late', reason, lastDeliveryAt };
  }
  if (lastDeliveryAt === null) return { status: 'waiting', reason: null, lastDeliveryAt };
  if (state === 'fresh') return { status, reason: null, lastDeliveryAt };
  return { status: 'late', reason: wordsOf(failed?.name, failed?.reason), lastDeliveryAt };
}

function ofHealth({ status, checks, last_delivery_accepted_at: lastDeliveryAt }: Health): Read {
  const [name, check] = Object.entries(checks).find(([, { ok }]) => !ok) ?? [];
  return { status, reason: wordsOf(name, check?.reason), lastDeliveryAt };
}

const WORDS: Readonly<Record<string, string>> = {
  ready: 'deliveries are not accepted',
  engine: 'the engine does not answer',
  parked: 'some deliveries are parked',
  queue: 'deliveries wait for over a minute',
  push: 'a receiver does not take what is sent',
  github: 'GitHub refuses us',
  clock: "the machine's clock is wrong",
  recovery: 'lost webhooks are still being fetched',
  database: 'a program holds the database',
};

function wordsOf(name: string | undefined, reason: string | null | undefined): string | null {
  return reason ?? (name === undefined ? null : (WORDS[name] ?? name));
}

function update(next: Read): void {
  const { status, sinceMs } = condition.value;
  condition.value = { ...next, sinceMs: next.status === status ? sinceMs : serverNow() };
}
