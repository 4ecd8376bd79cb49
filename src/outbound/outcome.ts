import { readRetryAfterMs } from '../domain/http-time.ts';
import type { SendOutcome } from '../domain/send-outcome.ts';
import type { HttpFailure, HttpResponse, ResponseHeaders } from './exchange.ts';

/*
 * What an answer, or none, means for what was sent. Remote write says to retry 5xx, and not 4xx except 429
 * (https://prometheus.io/docs/specs/prw/remote_write_spec/#retries--backoff).
 */

/** The longest wait that a receiver may ask for. */
const MAX_RETRY_AFTER_MS = 10 * 60_000;

/** Statuses about the data: sending them again does not help. Other 4xx are about the request. */
const ABOUT_DATA = [400, 409, 415, 422];
const COME_BACK = [408, 425, 429];
/** Of a proxy: nothing listens behind it. */
const BAD_GATEWAY = 502;

/**
 * Configuration errors that are answered 400: by VictoriaMetrics and vmauth for an unknown path, by Go's
 * servers and nginx for plain HTTP on a TLS port. Only at the beginning of the body, because receivers quote
 * labels further on.
 */
const WRONG_ADDRESS = [
  /^remoteAddr: "[^"]*"; requestURI: \S*; (unsupported path requested|missing route for|auth error)/,
  /^Client sent an HTTP request to an HTTPS server/,
  /^<html>\s*<head><title>400 The plain HTTP request was sent to HTTPS port/,
];

/**
 * Codes of Node.js and OpenSSL for an untrusted certificate, a server without TLS, an unknown name, and a
 * proxy that wants a login.
 */
const WRONG_PEER =
  /^(CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_|ERR_SSL_|EPROTO|INVALID_|HOSTNAME_|PATH_LENGTH_|ENOTFOUND|PROXY_LOGIN)/;

export function outcomeOf(answer: HttpResponse | HttpFailure): SendOutcome {
  return 'failure' in answer ? outcomeOfFailure(answer) : outcomeOfResponse(answer);
}

function outcomeOfResponse({ status, headers, body: bytes }: HttpResponse): SendOutcome {
  const body = bytes.toString();
  const reason = `${status} ${body}`;
  if (status >= 200 && status < 300) {
    return isWebPage(headers, body)
      ? { kind: 'refused', reason: `a web page answered: ${reason}` }
      : { kind: 'sent' };
  }
  if (status >= 500 || COME_BACK.includes(status)) {
    return {
      kind: 'retry',
      reason,
      retryAfterMs: readRetryAfter(headers),
      ...awayIf(status === BAD_GATEWAY),
    };
  }
  if (status === 413) return { kind: 'too_large', reason };
  if (status >= 300 && status < 400) {
    return { kind: 'refused', reason: `${status} redirects to ${headers.get('location') ?? 'nowhere'}` };
  }
  const isAboutData = ABOUT_DATA.includes(status) && !WRONG_ADDRESS.some((each) => each.test(body));
  return { kind: isAboutData ? 'rejected' : 'refused', reason };
}

function outcomeOfFailure({ reason, code = '', hint }: HttpFailure): SendOutcome {
  const why = hint === undefined ? { reason } : { reason, hint };
  if (WRONG_PEER.test(code)) return { kind: 'refused', ...why };
  return { kind: 'retry', retryAfterMs: null, ...awayIf(code === 'ECONNREFUSED'), ...why };
}

function awayIf(isAway: boolean): { readonly isAway?: true } {
  return isAway ? { isAway } : {};
}

/** A `Retry-After` in milliseconds, at most ten minutes; null when it can't be read. */
function readRetryAfter(headers: ResponseHeaders): number | null {
  const ms = readRetryAfterMs(headers.get('retry-after') ?? '', headers.get('date') ?? '');
  return ms === null ? null : Math.min(ms, MAX_RETRY_AFTER_MS);
}

/**
 * Receivers answer with an empty body or plain text; a page comes from a login form or a console at the same
 * address.
 */
function isWebPage(headers: ResponseHeaders, body: string): boolean {
  return /^text\/html\b/i.test(headers.get('content-type') ?? '') && body.trim() !== '';
}
