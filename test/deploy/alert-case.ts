/** One situation for one alert, as promtool plays it. */
export interface AlertCase {
  readonly alert: string;
  /** What is special about it. */
  readonly what: string;
  /**
   * Series in promtool's notation, one value for each step: `0x10` is eleven zeros, `_` a missing scrape. Each gets
   * `job="ants"` and `instance="a:9876"`, unless it has its own. The proof that ant-watcher was scraped is added too.
   */
  readonly series: Readonly<Record<string, string>>;
  /** How long after the first value, for example `31m`. */
  readonly at: string;
  /** The alerts that fire then; none by default. */
  readonly firing?: readonly FiringAlert[];
  /** It takes a week or more: a step is five minutes, not one, and rules are evaluated every half hour. */
  readonly weeks?: boolean;
}

export interface FiringAlert {
  /** Besides `severity`, and `job` unless it is given. */
  readonly labels: Readonly<Record<string, string>>;
  /** As a person reads it. */
  readonly value: string;
  readonly summary: string;
}

/** Of every alert, `job` included. */
export const JOB = 'ants';
/** Where a process is meant and not the fleet. */
export const PROCESS = { instance: 'a:9876' };
