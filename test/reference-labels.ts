import type { JobReport } from './reference-reports.ts';

/*
 * What the reference model calls jobs and their runners.
 */

/** Without the run's id, and the number of the attempt behind it. */
export function runsOnOf({ labels, run }: JobReport): string {
  return labels.join(',').replace(`${run}-1`, '*').replace(String(run), '*') || 'none';
}

/** Without the values of matrices, cut or not, and without the run's id. */
export function nameOf({ name, run }: JobReport): string {
  const parts = name.split(' / ').map((part) => part.replace(/ \(.*$/s, ''));
  return parts.join(' / ').replace(String(run), '*');
}
