import type { LogEvent } from './log-event.ts';

/** Start, stop, configuration and certificates. */
export const PROCESS_EVENTS = {
  bug: {
    level: 'error',
    message: 'Bug; stopping at once',
    about: 'An error that the code does not expect. The process ends; nothing accepted is lost.',
    action: 'Please report the line. A supervisor such as systemd starts the service again.',
  },
  start_failed: {
    level: 'error',
    message: 'Start failed',
    about: 'A part of the service could not start, and the process ends.',
    action: 'Look up `err.code` above.',
  },
  part_failed: {
    level: 'error',
    message: 'Part of the service failed; stopping',
    about: 'A part cannot continue, for example because the store is damaged. The service stops.',
    action: 'Look up `err.code` above.',
  },
  stop_failed: {
    level: 'error',
    message: 'Stop failed',
    about: 'A part could not be closed. Nothing accepted is lost.',
    action: 'Look up `err.code` above.',
  },
  stop_step_failed: {
    level: 'error',
    message: 'Stop step failed; continuing',
    about: 'A part could not be closed: see `step` and `err`. The other steps go on.',
    action: 'Look up `err.code` above.',
  },
  stop_timed_out: {
    level: 'error',
    message: 'Stop timed out; exiting',
    about: 'Stopping took longer than `shutdown.grace`; `step` is where it hung. Nothing accepted is lost.',
    action: 'Raise `shutdown.grace` if the disk or the receivers are slow.',
  },
  stop_forced: {
    level: 'warn',
    message: 'Second signal; exiting at once',
    about: 'The service was stopping and got another signal. Nothing accepted is lost.',
    action: 'Nothing, if this was intended.',
  },
  unclean_shutdown: {
    level: 'warn',
    message: 'Previous process did not shut down cleanly',
    about:
      'It crashed, was killed, or the machine went down. Deliveries that may have been in progress are tried one by one, and for an hour all go through the queue.',
    action: 'Check the log before the start for a bug, and the system log for an out-of-memory kill.',
  },
  clock_stepped: {
    level: 'warn',
    message: 'Clock of the machine was set',
    about:
      'It jumped by `seconds`, or the machine was suspended for that long. A suspension that the machine has counted moves the time of ant-watcher as well; else it goes on with its own time until GitHub shows which is right.',
    action: 'Nothing, if it happened once. Otherwise synchronize the clock (NTP).',
  },
  clock_corrected: {
    level: 'warn',
    message: 'Time corrected',
    about:
      'The time that ant-watcher works with changed by `seconds`, because of `witness`: `github` (the time in its answers), `deliveries` (signed by GitHub, with later times in them), `store` (it was later before the restart), `suspension` (the machine was suspended for that long), `machine` (nothing contradicted its clock). Stored times that depended on it are corrected.',
    action:
      'Nothing after a suspension. Otherwise synchronize the clock of the machine (NTP). See docs/troubleshoot.md, *The clock is wrong*.',
  },
  weak_secret: {
    level: 'warn',
    message: 'Secret shorter than 16 bytes',
    about: 'Anybody who has one signed delivery or response can find a short secret by trying.',
    action: 'Make a longer one: `openssl rand -hex 32`.',
  },
  reload_failed: {
    level: 'error',
    message: 'Configuration reload failed; nothing changed',
    about: 'The new configuration has problems, or a part could not apply it. The old one stays in use.',
    action: 'Fix what the line lists, and reload again.',
  },
  restart_needed: {
    level: 'warn',
    message: 'Restart needed for some configuration changes',
    about: 'The listed settings keep their old values; all other changes are applied.',
    action: 'Restart to apply them.',
  },
  certificate_rejected: {
    level: 'error',
    message: 'New certificate rejected; keeping the old one',
    about: 'The changed files do not contain a usable certificate and key.',
    action: 'Replace the files before the old certificate expires.',
  },
  descriptors_scarce: {
    level: 'warn',
    message: 'Limit on open files too low; allowing fewer connections',
    about:
      'The process may open `limit` files and connections. For all connections that the settings allow it would need `needed`, so it allows the listeners `webhookConnections` and `apiConnections`.',
    action: 'Raise the limit (the hint says how), or lower `webhook.max_connections`.',
  },
  descriptors_short: {
    level: 'error',
    message: 'File descriptors used up; connections are closed at once',
    about:
      'Hardly any of the `limit` file descriptors is free. The system closes new connections without a word, and connections to GitHub and receivers fail. `/readyz` fails.',
    action:
      'Raise the limit on open files: the hint says how. Compare `process_open_fds` with `process_max_fds`.',
  },
  descriptors_back: {
    level: 'warn',
    message: 'File descriptors free again',
    about: 'Connections are accepted again.',
    action: 'Nothing. If it happens often, raise the limit on open files.',
  },
  memory_pressure: {
    level: 'error',
    message: 'Memory nearly full; answering deliveries with 503',
    about: 'GitHub does not send these deliveries again; recovery fetches them later.',
    action: 'Raise `memory.limit`, or give the container more memory.',
  },
  memory_pressure_over: {
    level: 'warn',
    message: 'Memory pressure over; accepting deliveries again',
    about: 'There is room again.',
    action: 'Nothing. If it happens often, raise `memory.limit`.',
  },
  memory_pressure_stays: {
    level: 'warn',
    message: 'Memory still nearly full; accepting deliveries again with little room',
    about: 'No more memory can be freed: the service needs what it has.',
    action: 'Raise `memory.limit`, or give the container more memory.',
  },
} as const satisfies Record<string, LogEvent>;
