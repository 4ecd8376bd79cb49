/** As in Prometheus' configuration: a number that other rules read. */
export interface RecordingRule {
  readonly record: string;
  /** What it is, for readers of the file. Empty: as the rule before. */
  readonly about: string;
  readonly expr: string;
  /** Labels that all of its series get. */
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * `critical`: a person has to act now, at night too. `warning`: in working hours. `info`: good to know, for a channel that
 * nobody has to watch.
 */
export type Severity = 'critical' | 'warning' | 'info';

/** An alert with everything that whoever gets it needs. Texts may contain templates of Prometheus. */
export interface AlertRule {
  readonly name: string;
  readonly severity: Severity;
  readonly expr: string;
  /** For how long it must be true, for example `15m`. Without it, at once. */
  readonly for?: string;
  /** One line: what, where and how much. */
  readonly summary: string;
  /** What it means for the one who reads it, with a command to look at it where there is one. */
  readonly description: string;
  /** The view of the page that shows it, with its filters. */
  readonly page: string;
  /** The board that shows it, with its variables. */
  readonly board: string;
  readonly runbook: Runbook;
}

/** An entry of docs/alerts.md, in Markdown. */
export interface Runbook {
  readonly means: string;
  /** What to look at first. */
  readonly look: string;
  readonly fix: string;
  /** When it may be ignored. */
  readonly harmless: string;
}

const NAMES = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** Seconds for a reader: 1800 is `30 minutes`. */
export function spellSeconds(seconds: number): string {
  const [name, size] = NAMES.find(([, length]) => seconds % length === 0) ?? ['second', 1];
  const count = seconds / size;
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}
