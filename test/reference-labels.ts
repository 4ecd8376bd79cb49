import type { JobReport } from './reference-reports.ts';

/*
 * How the reference model labels jobs and their runners.
 */

/** Without the run's id, and the attempt number after it. */
export function runsOnOf({ labels, run }: JobReport): string {
  return labels.join(',').replace(`${run}-1`, '*').replace(String(run), '*') || 'none';
}

/** Without the values of matrices, cut or not, and without the run's id. */
export function nameOf({ name, run }: JobReport): string {
  const parts = name.split(' / ').map((part) => part.replace(/ \(.*$/s, ''));
  return parts.join(' / ').replace(String(run), '*');
}
