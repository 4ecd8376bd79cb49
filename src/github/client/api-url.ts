/** The base URL of the API, without a trailing slash. */
export type ApiUrl = { readonly url: string } | { readonly problem: string };

const ENTERPRISE_PATH = '/api/v3';
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;
const DATA_RESIDENCY = /^(?:api\.)?([a-z0-9-]+)\.ghe\.com$/;

/**
 * Turns what people write into the base URL of GitHub's REST API: `https://api.github.com`,
 * `https://api.SUBDOMAIN.ghe.com` with data residency, `https://HOST/api/v3` for Enterprise Server
 * (https://docs.github.com/rest/using-the-rest-api/getting-started-with-the-rest-api). Tokens are sent there,
 * so http is for this machine only. The problem contains no part of the text.
 */
export function completeApiUrl(text: string): ApiUrl {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) return { problem: 'must begin with https://' };
  if (url.username !== '' || url.password !== '') return { problem: 'must hold no user name or password' };
  if (url.search !== '' || url.hash !== '') return { problem: 'must end with its path' };
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname))
    return { problem: 'must begin with https://: tokens are sent there' };
  const path = url.pathname.replace(/\/+$/, '');
  const hosted = hostedBase(url.host);
  if (hosted !== null)
    return path === '' ? { url: hosted } : { problem: 'must have no path: only Enterprise Server has one' };
  if (path === '') return { url: url.origin + ENTERPRISE_PATH };
  return path.endsWith(ENTERPRISE_PATH)
    ? { url: url.origin + path }
    : { problem: `must end with ${ENTERPRISE_PATH}, or with the host` };
}

/** The base URL for hosts that GitHub runs itself. */
function hostedBase(host: string): string | null {
  if (/^((api|www)\.)?github\.com$/.test(host)) return 'https://api.github.com';
  const [, subdomain] = DATA_RESIDENCY.exec(host) ?? [];
  return subdomain === undefined ? null : `https://api.${subdomain}.ghe.com`;
}

/**
 * GitHub.com allows 900 points a minute. Enterprise Server has no limits unless its administrator sets some,
 * and serves a company's own users
 * (https://docs.github.com/enterprise-server/admin/configuring-settings/configuring-user-applications-for-your-enterprise/configuring-rate-limits).
 */
const POINTS_PER_MINUTE = 900;
const POINTS_PER_MINUTE_ON_SERVER = 3000;

/**
 * The points per minute that each credential may spend there, at a URL as `completeApiUrl` returns it; null:
 * no limit.
 */
export function usualRateLimit(baseUrl: string): number | null {
  const { hostname, host } = new URL(baseUrl);
  if (LOOPBACK.test(hostname)) return null;
  return hostedBase(host) === null ? POINTS_PER_MINUTE_ON_SERVER : POINTS_PER_MINUTE;
}

/** Where the pages of the GitHub are whose API is at `apiUrl`, without a slash at the end. */
export function webUrlOf(apiUrl: string): string {
  const { host, origin, protocol } = new URL(apiUrl);
  return host.startsWith('api.') ? `${protocol}//${host.slice('api.'.length)}` : origin;
}
