/** A warning or an error of the log. */
export interface LogEvent {
  readonly level: 'warn' | 'error';
  /**
   * The `msg` of its lines. People search for it and alert on it: it never changes, and names nothing that
   * varies.
   */
  readonly message: string;
  /** What has happened, and what the service does about it. */
  readonly about: string;
  /** What whoever meets it can do. */
  readonly action: string;
}
