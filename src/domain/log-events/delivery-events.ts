import type { LogEvent } from './log-event.ts';

/** Requests that come in, and deliveries on their way through the service. */
export const DELIVERY_EVENTS = {
  request_refused: {
    level: 'warn',
    message: 'Request refused',
    about:
      'The webhook listener refused a request for `reason`. Of a flood, one line in ten seconds says how many (`count`).',
    action: 'Look up the reason in [Answers](#answers).',
  },
  webhook_events_missing: {
    level: 'warn',
    message: 'Webhook does not send all events',
    about: 'The ping of a webhook lists fewer events than are needed.',
    action: 'Tick the missing events in the settings of the webhook.',
  },
  webhook_connection_failed: {
    level: 'error',
    message: 'Webhook connection not accepted',
    about: 'The system refused to hand over a connection, usually for want of file descriptors.',
    action: 'Raise the limit of open files.',
  },
  untrusted_proxy: {
    level: 'warn',
    message: 'Requests come through an untrusted proxy',
    about: 'All clients behind it count as one address, so one of them can use up the limits of all.',
    action: 'Add the address to `webhook.trusted_proxies`.',
  },
  delivery_handler_failed: {
    level: 'error',
    message: 'Delivery handler failed',
    about: 'A bug showed while a delivery was received. It was answered 500.',
    action: 'Please report the line. Recovery fetches the delivery later.',
  },
  deliveries_not_stored: {
    level: 'warn',
    message: 'Store unavailable; deliveries answered with 503',
    about: 'Deliveries could not be made durable, so they were not accepted.',
    action: 'Check the space on the disk and the rights of the folder. Recovery fetches them later.',
  },
  deliveries_queued: {
    level: 'warn',
    message: 'Delivery not processed on arrival; group queued',
    about: 'One delivery of a group failed. All of them are accepted, and processed from the queue.',
    action: 'Nothing. If the delivery fails again, a line of its own says so.',
  },
  delivery_retried: {
    level: 'warn',
    message: 'Delivery failed; retrying later',
    about: 'Processing failed. The delivery stays in the queue.',
    action: 'Nothing yet. `err` shows a bug: please report it.',
  },
  delivery_parked: {
    level: 'error',
    message: 'Delivery parked after repeated failures',
    about: 'It can not be processed, and is kept with its error. Others go on.',
    action: 'Please report the line. After an upgrade, replay it: `POST /api/v1/parked/replay`.',
  },
  delivery_parked_after_crashes: {
    level: 'error',
    message: 'Delivery parked after repeated crashes',
    about: 'The process ended during each attempt, so the delivery is kept aside. Others go on.',
    action: 'Please report the line with the bugs before it. After an upgrade, replay it.',
  },
  deferred_count_failed: {
    level: 'error',
    message: 'Queue time of a job not counted',
    about: 'A bug showed with jobs whose queue time was held back. `count` says how many.',
    action: 'Please report the line.',
  },
  runner_unpriced: {
    level: 'warn',
    message: 'Runner has no price; cost not counted',
    about: 'Jobs ran on a runner that no price rule names. Logged once.',
    action: 'Add a rule to `prices.rules`.',
  },
  api_request_failed: {
    level: 'error',
    message: 'API request failed',
    about: 'The request was answered with 5xx: see `err`.',
    action: 'Look up `err.code` above. Without a code it is a bug: please report it.',
  },
  api_request_refused: {
    level: 'warn',
    message: 'API request refused',
    about:
      'The request lacks the right credentials: see `reason`. Of a flood, one line in ten seconds says how many (`count`).',
    action: 'Give the client one of `api.tokens`.',
  },
  api_open: {
    level: 'warn',
    message: 'API readable without a token',
    about: 'Anybody who can reach the API listener can read everything.',
    action: 'Set `api.tokens`, or let the API listen on 127.0.0.1.',
  },
  backup_aborted: {
    level: 'warn',
    message: 'Backup aborted',
    about: 'The client went away, or took nothing for too long.',
    action: 'Run the backup again.',
  },
} as const satisfies Record<string, LogEvent>;
