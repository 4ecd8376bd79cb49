import { nearestName } from '../domain/nearest-name.ts';
import { signalPath, takesSignal } from '../otlp/signal-path.ts';
import { completeUrl } from '../outbound/endpoint-url.ts';
import type { OTLP_SETTINGS } from './otlp-settings.ts';
import { type ConfigProblem, didYouMean, problemWith } from './problem.ts';
import type { Environment } from './read-environment.ts';
import type { ValuesOf } from './setting.ts';

type OtlpSettings = Pick<
  ValuesOf<typeof OTLP_SETTINGS>,
  'endpoints' | 'headers' | 'traces' | 'ownTraces' | 'metricsIntervalMs'
>;

/** One endpoint and what is sent to it with every request. */
export interface OtlpEndpoint {
  /** Known by it in metrics and in the outbox. */
  readonly name: string;
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

const ONLY = 'otlp';

/** The endpoints of the settings. The only one may have no name. */
export function endpointsOf({ endpoints, headers }: OtlpSettings): OtlpEndpoint[] {
  return endpoints.map(({ name: given, url }) => {
    const name = given ?? ONLY;
    const own = headers.filter(({ endpoint }) => endpoint === null || endpoint === name);
    return { name, url, headers: own.map((each) => [each.name, each.value] as const) };
  });
}

/** What is wrong with the combination of settings, although each of them is valid. `sinks`: names that are taken. */
export function otlpProblems(otlp: OtlpSettings, sinks: readonly string[]): ConfigProblem[] {
  const endpoints = endpointsOf(otlp);
  const names = endpoints.map(({ name }) => name);
  return [
    ...endpoints.flatMap(({ url }) => urlProblem(url)),
    ...endpoints.flatMap(loginProblem),
    ...endpoints.flatMap((endpoint) => idleProblem(endpoint, otlp)),
    ...names.filter((name) => sinks.includes(name)).map(takenProblem),
    ...otlp.headers.flatMap(({ endpoint }) =>
      endpoint === null || names.includes(endpoint) ? [] : [strangerProblem(endpoint, names)],
    ),
  ];
}

function urlProblem(url: string): ConfigProblem[] {
  const completed = completeUrl(url, signalPath('traces'));
  return 'problem' in completed ? [problemWith('otlp.endpoint', completed.problem, 'give the base URL')] : [];
}

/** Whether any endpoint is sent metrics. */
export function sendsMetrics({
  endpoints,
  metricsIntervalMs,
}: Pick<OtlpSettings, 'endpoints' | 'metricsIntervalMs'>): boolean {
  return metricsIntervalMs > 0 && endpoints.some(({ url }) => takesSignal(url, 'metrics'));
}

/** The path of a signal is for that one alone. */
function idleProblem({ url }: OtlpEndpoint, otlp: OtlpSettings): ConfigProblem[] {
  const { traces, ownTraces, metricsIntervalMs } = otlp;
  const problem = (what: string, hint: string) => [problemWith('otlp.endpoint', what, hint)];
  const [isForTraces, isForMetrics] = [takesSignal(url, 'traces'), takesSignal(url, 'metrics')];
  if (!isForTraces && !isForMetrics)
    return problem('has the path of logs, which are not sent', 'give the base URL');
  if (!isForTraces && metricsIntervalMs === 0)
    return problem(
      'has an endpoint for metrics alone, which are not sent',
      'set otlp.metrics_interval, such as 1m',
    );
  if (!isForMetrics && !traces && ownTraces === 0)
    return problem('has an endpoint for traces alone, which are not sent', 'set otlp.traces to true');
  return [];
}

/** Both would be the header `Authorization`. */
function loginProblem({ name, url, headers }: OtlpEndpoint): ConfigProblem[] {
  const { username = '', password = '' } = URL.parse(url) ?? {};
  const isTwice = username + password !== '' && headers.some(([header]) => /^authorization$/i.test(header));
  const what = `has a header Authorization for ${name}, and so has the user in otlp.endpoint`;
  return isTwice ? [problemWith('otlp.headers', what, 'remove one of the two')] : [];
}

/** Both would be one in the label `sink`. */
function takenProblem(name: string): ConfigProblem {
  return problemWith(
    'otlp.endpoint',
    `has the name ${name}, as a receiver of samples has`,
    'give it another one',
  );
}

function strangerProblem(endpoint: string, names: readonly string[]): ConfigProblem {
  const what = `has a header for ${endpoint}, and no endpoint is called that`;
  return problemWith(
    'otlp.headers',
    what,
    didYouMean(nearestName(endpoint, names), 'name an endpoint of otlp.endpoint'),
  );
}

/** What to do about `unreadVariables`. */
export const UNREAD_HINT = 'to send traces of workflow runs, set otlp.endpoint and otlp.headers';

/** Variables that other programs take for where to send traces, and this one does not, if it sends none. */
export function unreadVariables(env: Environment, { endpoints }: OtlpSettings): string[] {
  if (endpoints.length > 0) return [];
  return Object.keys(env)
    .filter((name) => /^OTEL_EXPORTER_OTLP_(TRACES_)?(ENDPOINT|HEADERS)$/.test(name) && env[name] !== '')
    .toSorted();
}
