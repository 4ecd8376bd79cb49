import type { Clock } from '../../domain/contracts.ts';

/**
 * SQL of the time now, in ms. It is the time of the database, so that all processes have the same; tests give another
 * one as the parameter.
 */
export function nowSql(parameter: string): string {
  return `COALESCE(${parameter}::bigint, (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::bigint)`;
}

/** The value of `nowSql`'s parameter. */
export type ChosenTime = () => number | null;

export function chosenTime(clock: Clock | undefined): ChosenTime {
  return () => clock?.() ?? null;
}
