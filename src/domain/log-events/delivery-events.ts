import { CHECK_STORE, type LogEvent } from './log-event.ts';

/** Requests that come in, and deliveries on their way through the service. */
export const DELIVERY_EVENTS = {
  request_refused: {
    level: 'warn',
    message: 'Request refused',
    about:
      'The webhook listener refused a request for `reason`. In a flood, one line every ten seconds has the `count`.',
    action:
      'Look up the reason under [What a delivery is answered](http-api.md#what-a-delivery-is-answered).',
  },
  webhook_events_missing: {
    level: 'warn',
    message: 'Webhook does not send all events',
    about: 'The ping of a webhook shows that events are missing.',
    action: 'Select the missing events in the settings of the webhook.',
  },
  connection_failed: {
    level: 'error',
    message: 'Connection not accepted',
    about: 'The system refused to hand over a connection, usually because no file descriptors were left.',
    action: 'Raise the limit on open files.',
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
    about: 'A bug occurred while a delivery was received. It was answered with 500.',
    action: 'Please report the line. Recovery fetches the delivery later.',
  },
  deliveries_not_stored: {
    level: 'warn',
    message: 'Store unavailable; deliveries answered with 503',
    about: 'Deliveries could not be made durable, so they were not accepted.',
    action: `${CHECK_STORE} Recovery fetches them later.`,
  },
  deliveries_queued: {
    level: 'warn',
    message: 'Delivery not processed on arrival; group queued',
    about: 'One delivery of a group failed. All of them are accepted, and processed from the queue.',
    action: 'Nothing. If the delivery fails again, another line says so.',
  },
  delivery_retried: {
    level: 'warn',
    message: 'Delivery failed; retrying later',
    about: 'Processing failed. The delivery stays in the queue.',
    action: 'Nothing yet. If `err` shows a bug, please report it.',
  },
  delivery_parked: {
    level: 'error',
    message: 'Delivery parked after repeated failures',
    about: 'It cannot be processed, and is kept with its error. Other deliveries are not affected.',
    action: 'Please report the line. After an upgrade, replay it: `POST /api/v1/parked/replay`.',
  },
  delivery_parked_after_crashes: {
    level: 'error',
    message: 'Delivery parked after repeated crashes',
    about:
      'The process ended during each attempt, so the delivery is set aside. Other deliveries are not affected.',
    action: 'Please report the line with the bugs before it. After an upgrade, replay it.',
  },
  deferred_count_failed: {
    level: 'error',
    message: 'Queue time of a job not counted',
    about: 'A bug occurred with jobs whose queue time was deferred; `count` says how many.',
    action: 'Please report the line.',
  },
  runner_unpriced: {
    level: 'warn',
    message: 'Runner has no price; cost not counted',
    about: 'Jobs ran on a runner without a price. Logged once.',
    action: 'Add a rule to `prices.rules`.',
  },
  api_request_failed: {
    level: 'error',
    message: 'API request failed',
    about: 'The request was answered with 5xx: see `err`.',
    action: 'Look up `err.code` above. An error without a code is a bug: please report it.',
  },
  api_request_refused: {
    level: 'warn',
    message: 'API request refused',
    about:
      'The request lacks the right credentials: see `reason`. In a flood, one line every ten seconds has the `count`.',
    action:
      'Give the client one of `api.tokens`. With `no_login_set` there is none yet: set it, or name in `api.public` what everybody may read. `foreign_page` needs nothing: it was a page of another site.',
  },
  api_login_missing: {
    level: 'warn',
    message: 'API reachable by others, and no login is set',
    about:
      'The page and the read API are closed until there is a login; what `open` names can be read by everybody who can connect.',
    action:
      'Set `api.tokens`: browsers take a token as password. Or name in `api.public` what everybody may read, or let the API listen on 127.0.0.1.',
  },
  response_unread: {
    level: 'warn',
    message: 'Response not read; connection closed',
    about:
      'A client read nothing for `api.write_timeout` or `webhook.write_timeout` (`reason` stalled), or not everything in four times that (slow). Its place is free again. In a flood, one line every ten seconds has the `count`.',
    action: 'Find out what hangs at `peer`. If the connection is just slow, raise the setting.',
  },
  any_webhook_path: {
    level: 'warn',
    message: 'Webhooks taken at any path',
    about:
      '`webhook.path` is `*`. Deliveries still need the signature, but a wrong payload URL is not noticed, and a proxy that forwards everything is not either.',
    action: 'Name in `webhook.path` the paths that the payload URLs have; several are separated by commas.',
  },
  backup_aborted: {
    level: 'warn',
    message: 'Backup aborted',
    about: 'The client disconnected, or did not read (`response_unread`).',
    action: 'Run the backup again.',
  },
} as const satisfies Record<string, LogEvent>;
