import type { Status } from '../observation.ts';
import { STATUS_RANK } from './status.ts';

/** The status of something, and when it was reported. */
export interface Dated {
  readonly status: Status;
  readonly statusAtMs: number;
}

/**
 * Whether the newly reported state replaces the known one: a higher rank does, and within a rank a later
 * time. Completed states are never replaced. Ties are broken by name, so the order of arrival never matters.
 */
export function supersedes<T extends Dated>(
  reported: T,
  known: T,
  rankOf: (state: T) => number = ({ status }) => STATUS_RANK[status],
): boolean {
  if (rankOf(known) === STATUS_RANK.completed) return false;
  const step = rankOf(reported) - rankOf(known);
  if (step !== 0) return step > 0;
  if (reported.statusAtMs !== known.statusAtMs) return reported.statusAtMs > known.statusAtMs;
  return reported.status > known.status;
}

/** `preferred`, with every field that is null or an empty list taken from `other`. */
export function filled<T extends object>(preferred: T, other: T): T {
  const result: T = { ...preferred };
  for (const key in other) {
    const value = result[key];
    if (value === null || (Array.isArray(value) && value.length === 0)) result[key] = other[key];
  }
  return result;
}

export function earlier(a: number, b: number): number {
  return Math.min(a, b);
}

/** The earlier of those that are known. */
export function earliest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

export function later(a: number | null, b: number | null): number | null {
  return (a ?? 0) > (b ?? 0) ? a : b;
}
