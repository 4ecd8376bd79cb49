import type { Reason } from '../../../src/domain/openapi-types.ts';

const NAMES: Readonly<Record<Reason, string>> = {
  out_of_disk: 'Out of disk',
  out_of_memory: 'Out of memory',
  runner_lost: 'Runner lost',
  timeout: 'Timeout',
  cancelled_by_concurrency: 'Cancelled by a newer run',
  exit_code: 'Exit code',
  unknown: 'Not said',
};

/** What annotations say, in words; an unknown reason of an address as it is. */
export function reasonName(reason: string, exitCode: number | string | null = null): string {
  const name = NAMES[reason as Reason] ?? reason;
  return exitCode === null ? name : `${name} ${exitCode}`;
}
