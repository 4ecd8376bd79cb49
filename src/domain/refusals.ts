import type { ErrorMeaning } from './error-meaning.ts';

/** The error codes of answers to requests that a listener refuses: part of `ERROR_CODES`. */
export const REFUSALS = {
  bad_request: {
    remedy: 'reject',
    status: 400,
    about: 'The request is missing something, or contains something wrong.',
    action: 'The message says what the request must look like.',
  },
  name_unknown: {
    remedy: 'reject',
    exitCode: 1,
    status: 400,
    about: 'The question names a label of repositories, or a class of branches, that is not there.',
    action:
      'The message lists those that are there: labels are set by `metrics.repository_labels` and `metrics.repository_labels_file`, classes by `metrics.branch_groups`. After a reload, links may have names of before.',
  },
  claimed_identity: {
    remedy: 'reject',
    status: 400,
    about: "With GitHub's token, the query must be empty: the token says who the job is.",
    action: 'Leave out the query, or use one of `api.tokens`.',
  },
  invalid_numbers: {
    remedy: 'reject',
    status: 400,
    about: "The numbers can't be read.",
    action: 'The message names the first lines or fields that are wrong.',
  },
  missing_host: {
    remedy: 'reject',
    status: 400,
    about: 'The request needs a Host header.',
    action: 'Send one, as HTTP/1.1 requires.',
  },
  event_header: {
    remedy: 'reject',
    status: 400,
    about: 'X-GitHub-Event must be 1 to 200 printable ASCII characters.',
    action: "Configure the proxy in between to pass on GitHub's headers.",
  },
  delivery_header: {
    remedy: 'reject',
    status: 400,
    about: 'X-GitHub-Delivery must be 1 to 200 printable ASCII characters.',
    action: "Configure the proxy in between to pass on GitHub's headers.",
  },
  invalid_utf8: {
    remedy: 'reject',
    status: 400,
    about: 'The body is not valid UTF-8.',
    action: 'Send UTF-8.',
  },
  invalid_form: {
    remedy: 'reject',
    status: 400,
    about: 'The form has no field `payload`, or it is not correctly percent-encoded.',
    action: 'Send it as GitHub does, or choose application/json as the content type of the webhook.',
  },
  invalid_json: {
    remedy: 'reject',
    status: 400,
    about: 'The payload is not a JSON object.',
    action: 'Send a JSON object.',
  },
  malformed_request: {
    remedy: 'reject',
    status: 400,
    about: 'The request is not correct HTTP.',
    action: 'Send plain HTTP/1.1; a client that speaks TLS needs a listener that does.',
  },
  unauthorized: {
    remedy: 'reject',
    status: 401,
    about: 'The request has no valid signature or credentials.',
    action:
      'Webhooks: give GitHub and `webhook.secret` the same secret. API: send `Authorization: Bearer` with one of `api.tokens`.',
  },
  forbidden: {
    remedy: 'reject',
    status: 403,
    about: 'This client may not do that.',
    action: 'The message names the setting that would allow it.',
  },
  repository_not_allowed: {
    remedy: 'reject',
    status: 403,
    about: 'Neither the repository nor its owner may report numbers.',
    action: 'Add an id to `jobs.allowed_repositories` or `jobs.allowed_owners`.',
  },
  not_found: {
    remedy: 'reject',
    status: 404,
    about: 'There is nothing at this path.',
    action: 'Webhooks go to `webhook.path`; docs/http-api.md lists the paths of the API.',
  },
  not_known: {
    remedy: 'reject',
    status: 404,
    about: 'No delivery mentioned it.',
    action: 'Check the id at GitHub; `backfill` reads what is older than the database.',
  },
  method_not_allowed: {
    remedy: 'reject',
    status: 405,
    about: 'This path does not support this method.',
    action: 'The header Allow lists the supported ones.',
  },
  timeout: {
    remedy: 'retry',
    status: 408,
    about: 'The request did not arrive in time.',
    action:
      'Send it again; `webhook.header_timeout` and `webhook.body_timeout` may be too short for a slow connection.',
  },
  no_credentials: {
    remedy: 'reject',
    status: 409,
    about:
      'There is nothing to log in to GitHub with: set github.token, or github.app_id and github.app_private_key.',
    action: 'Set one of them, and reload.',
  },
  under_way: {
    remedy: 'retry',
    status: 409,
    about: 'A backfill or backup is running already.',
    action: 'Wait for its end, or stop the backfill: `POST /api/v1/backfill/stop`.',
  },
  body_too_large: {
    remedy: 'reject',
    status: 413,
    about: 'The body is larger than the configured limit.',
    action: 'Raise `webhook.body_limit`; GitHub sends up to 25 MiB. The API accepts 64 KiB.',
  },
  path_too_long: {
    remedy: 'reject',
    status: 414,
    about: 'The path is too long.',
    action: 'Send a shorter one.',
  },
  content_type: {
    remedy: 'reject',
    status: 415,
    about: 'The content type must be application/json or application/x-www-form-urlencoded.',
    action: 'Choose one of them in the settings of the webhook. The API accepts only application/json.',
  },
  content_encoding: {
    remedy: 'reject',
    status: 415,
    about: 'The body must not be compressed.',
    action: 'GitHub does not compress; a proxy in between must not either.',
  },
  headers_too_large: {
    remedy: 'reject',
    status: 431,
    about: 'The headers are too large.',
    action: 'Send less than 16 KiB of headers.',
  },
  throttled: {
    remedy: 'retry',
    status: 429,
    about: 'Too many wrong credentials from this address; correct ones are accepted.',
    action: 'Fix the credentials; correct ones are accepted at once.',
  },
  rate_limited: {
    remedy: 'retry',
    status: 429,
    about: 'Too many requests.',
    action: 'Retry after the seconds in Retry-After. If GitHub gets this answer, raise `webhook.rate_limit`.',
  },
  not_ready: {
    remedy: 'retry',
    status: 503,
    about: 'No delivery can be accepted now.',
    action: 'The message says why; `/health` has more.',
  },
  overloaded: {
    remedy: 'retry',
    status: 503,
    about: 'Too many requests are waiting.',
    action: 'Retry later. If it persists, the disk is too slow, or `webhook.max_waiting` too low.',
  },
  query_too_slow: {
    remedy: 'retry',
    exitCode: 1,
    status: 503,
    about: 'The database was asked too much: this question took too long, or waited too long for others.',
    action: 'Retry later, or ask for less: a shorter window, fewer at once.',
  },
  memory_short: {
    remedy: 'retry',
    status: 503,
    about: 'Memory is short at the moment.',
    action: 'Retry later. If it persists, raise `memory.limit`.',
  },
  addresses_unknown: {
    remedy: 'retry',
    status: 503,
    about: 'Only GitHub may send here, and its addresses are not known yet.',
    action:
      'It ends as soon as `GET /meta` of `github.api_url` can be read. Otherwise list the addresses in `webhook.allowed_ips`.',
  },
  issuer_unavailable: {
    remedy: 'retry',
    status: 503,
    about: "The keys of GitHub's tokens are unavailable at the moment.",
    action: 'Retry later. If it persists, check whether the service can reach `jobs.oidc_issuer`.',
  },
  reload_unavailable: {
    remedy: 'retry',
    status: 503,
    about: "The configuration can't be reloaded at the moment.",
    action: 'Retry once the service has started.',
  },
  shutting_down: {
    remedy: 'retry',
    status: 503,
    about: 'The service is stopping.',
    action: 'Retry once it has started.',
  },
} as const satisfies Record<string, ErrorMeaning>;
