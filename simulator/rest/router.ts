import { ANNOTATION_ENDPOINTS } from './annotations.ts';
import { APP_ENDPOINTS } from './app.ts';
import { BILLING_ENDPOINTS } from './billing.ts';
import type { Endpoint } from './endpoint.ts';
import { HOOK_ENDPOINTS } from './hooks.ts';
import { JOB_ENDPOINTS } from './jobs.ts';
import { REPOSITORY_ENDPOINTS } from './repositories.ts';
import { RUNNER_ENDPOINTS } from './runners.ts';
import { RUN_ENDPOINTS } from './runs.ts';
import { SERVICE_ENDPOINTS } from './service.ts';

/** Everything that is served. */
export const ENDPOINTS: readonly Endpoint[] = [
  ...SERVICE_ENDPOINTS,
  ...APP_ENDPOINTS,
  ...HOOK_ENDPOINTS,
  ...REPOSITORY_ENDPOINTS,
  ...RUN_ENDPOINTS,
  ...JOB_ENDPOINTS,
  ...ANNOTATION_ENDPOINTS,
  ...RUNNER_ENDPOINTS,
  ...BILLING_ENDPOINTS,
];

const ROUTES = ENDPOINTS.map((endpoint) => ({
  endpoint,
  pattern: new RegExp(`^${endpoint.path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
}));

/** Enterprise Server has its API below this path. */
const ENTERPRISE = /^\/api\/v3(?=\/)/;

/** The endpoint for a path, with the values of the `{…}` in it. */
export function route(
  method: string | undefined,
  path: string,
): { readonly endpoint: Endpoint; readonly values: Record<string, string> } | undefined {
  for (const { endpoint, pattern } of ROUTES) {
    const match = endpoint.method === method ? pattern.exec(path.replace(ENTERPRISE, '')) : null;
    if (match === null) continue;
    const values = Object.entries(match.groups ?? {}).map(([name, text]) => [name, decode(text)] as const);
    return { endpoint, values: Object.fromEntries(values) };
  }
  return undefined;
}

/** How requests to it are counted: `GET /repos/{owner}/{repo}`. */
export function nameOf({ method, path }: Pick<Endpoint, 'method' | 'path'>): string {
  return `${method} ${path}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
