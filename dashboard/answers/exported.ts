import { signal } from '@preact/signals';

/** The call whose answer the view shows, for *Export*; null: it has none. */
export const exported = signal<string | null>(null);

/** Up to when the latest answer shows everything (RFC 3339); null: not known yet. */
export const asOf = signal<string | null>(null);

/** Remembers what the status line says of an answer. */
export function noteAnswer(answer: unknown): void {
  if (answer === null || typeof answer !== 'object' || !('as_of' in answer)) return;
  if (typeof answer.as_of === 'string') asOf.value = answer.as_of;
}
