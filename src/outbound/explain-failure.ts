import type { Network } from './network.ts';
import { nameOfProxy } from './proxies.ts';

/** Why a request got no response, for people. Contains no user or password of a proxy. */
export class NetworkError extends Error {
  /** The code of Node.js or OpenSSL, such as `ECONNREFUSED`. */
  readonly code: string;
  /** How to fix it. */
  readonly hint: string;

  constructor(message: string, { code, hint, cause }: { code: string; hint: string; cause?: unknown }) {
    super(message, { cause });
    this.code = code;
    this.hint = hint;
  }
}

interface FailedRequest {
  readonly url: URL;
  readonly proxy: URL | null;
  readonly network: Network;
}

type Explanation = readonly [message: string, hint: string];

/**
 * OpenSSL's codes for a certificate that no trusted authority has signed
 * (https://nodejs.org/api/tls.html#x509-certificate-error-codes).
 */
const UNTRUSTED =
  /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(GET_ISSUER|VERIFY|DECRYPT_CERT).*|CERT_UNTRUSTED)$/;
const WRONG_CERTIFICATE = /^(CERT_|CRL_|ERR_TLS_CERT|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE)|PATH_LENGTH)/;
const NO_TLS = /^(EPROTO|ERR_SSL_)/;
const UNKNOWN_NAME = /^(ENOTFOUND|EAI_)/;
const UNREACHABLE = /^(ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/;

/** Explains an error of Node.js, with what to do about it. */
export function explainFailure(cause: Error, failed: FailedRequest): NetworkError {
  // A proxy that does not speak HTTP has the status NaN.
  const { code = '', statusCode } = cause as { code?: string; statusCode?: number | null };
  const { url, proxy } = failed;
  // Tinyproxy answers 401 to a wrong password.
  if (code === 'ERR_PROXY_TUNNEL' && proxy !== null && (statusCode === 407 || statusCode === 401))
    return loginRefused(proxy, statusCode);
  const [message, hint] =
    code === 'ERR_PROXY_TUNNEL' && proxy !== null
      ? tunnelRefused(nameOfProxy(proxy), url, statusCode || null)
      : explain(cause, code, failed);
  return new NetworkError(message, { code, hint, cause });
}

/** For a proxy that refuses our login. */
export function loginRefused(proxy: URL, status: number): NetworkError {
  const isNamed = proxy.username !== '';
  return new NetworkError(
    `the proxy ${nameOfProxy(proxy)} ${isNamed ? 'rejects the user and password' : 'asks for a user and password'} (${status})`,
    {
      code: 'PROXY_LOGIN',
      hint: 'put the right USER:PASSWORD@ in front of its host in HTTPS_PROXY and HTTP_PROXY, with special characters percent-encoded; it must take Basic authentication',
    },
  );
}

function tunnelRefused(proxy: string, { host }: URL, status: number | null): Explanation {
  if (status === null)
    return [
      `the proxy ${proxy} opens no tunnel to ${host}: it gave no answer, or no HTTP answer`,
      'is the address in HTTPS_PROXY that of a forward proxy for HTTP, and not of SOCKS?',
    ];
  if (status >= 500)
    return [
      `the proxy ${proxy} does not reach ${host} (${status})`,
      'if the host is inside your network, add it to NO_PROXY; otherwise ask whoever runs the proxy',
    ];
  return [
    `the proxy ${proxy} refuses a tunnel to ${host} (${status})`,
    'allow the host and its port there; if it is inside your network, add it to NO_PROXY',
  ];
}

function explain(error: Error, code: string, { url, proxy, network }: FailedRequest): Explanation {
  // Node.js adds advice about its own flags, which does not help users of ant-watcher.
  const own = error.message.replace(/; if the root CA is installed locally.*$/s, '') || code;
  const words = proxy === null ? own : `${own}, through the proxy ${nameOfProxy(proxy)}`;
  if (UNTRUSTED.test(code))
    return [
      `the certificate of ${url.host} is not trusted: ${words}`,
      `name the certificate of its authority in ${network.caSetting}: a company's own, or that of a proxy that inspects TLS`,
    ];
  if (WRONG_CERTIFICATE.test(code))
    return [
      words,
      'is the address right, and the clock of this machine? Else the certificate has to be renewed',
    ];
  if (NO_TLS.test(code))
    return [
      words,
      'the server does not speak TLS: should the address, or that of the proxy, begin with http:// instead of https://?',
    ];
  if (UNKNOWN_NAME.test(code)) return [words, hintOfName((error as { hostname?: string }).hostname, proxy)];
  if (UNREACHABLE.test(code))
    return [
      words,
      proxy === null
        ? 'is it up, and does a firewall let this machine through? If your network has a proxy, set HTTPS_PROXY'
        : 'is the proxy up, and is its address in HTTPS_PROXY or HTTP_PROXY right?',
    ];
  return [words, 'check the address, and proxies and firewalls in between'];
}

function hintOfName(name: string | undefined, proxy: URL | null): string {
  if (proxy !== null && name === proxy.hostname)
    return 'the name of the proxy is unknown: check HTTPS_PROXY and HTTP_PROXY';
  return 'is the name right, and does DNS work here? If only your proxy knows such names, set HTTPS_PROXY';
}
