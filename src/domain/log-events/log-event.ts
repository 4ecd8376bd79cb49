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

/** What to do about a store that can't be read or written. */
export const CHECK_STORE =
  'Follow the hint in `err`. With SQLite, check the free space on the disk and the permissions of the folder; with PostgreSQL, whether the database server can be reached, is no standby, has room, and gives the user its rights.';
