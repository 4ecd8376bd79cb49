import { OWN_HEADERS } from '../outbound/own-headers.ts';
import * as kinds from './kinds.ts';
import { secret, setting } from './setting.ts';

/** An endpoint as it is written: a base URL, with or without a name. */
export interface NamedUrl {
  /** Null: it is the only one, and needs none. */
  readonly name: string | null;
  readonly url: string;
}

/** A header, of one endpoint or of all. */
export interface EndpointHeader {
  /** Null: of all. */
  readonly endpoint: string | null;
  readonly name: string;
  readonly value: string;
}

const ENDPOINT = /^(?:([a-z0-9][a-z0-9._-]{0,99})=)?(https?:\/\/\S+)$/i;
/** Where gRPC is spoken, unless somebody has changed it. */
const GRPC_PORT = '4317';
const HTTP_PORT = '4318';

/** Base URLs of OTLP receivers, each with a name if there are several. */
export function endpoints(): kinds.Kind<readonly NamedUrl[]> {
  const list = kinds.listOf<NamedUrl>({
    expects: 'http:// or https:// URLs of OTLP over HTTP, as NAME=URL if there are several',
    example: 'http://collector:4318',
    entry: '=',
    readItem,
    advise: adviceOf,
  });
  return {
    ...list,
    read(texts) {
      const items = list.read(texts);
      const names = new Set(items?.map(({ name }) => name));
      const isClear =
        items !== undefined && (items.length < 2 || !names.has(null)) && names.size === items.length;
      return isClear ? items : undefined;
    },
  };
}

function readItem(text: string): NamedUrl | undefined {
  const [, name = null, url = ''] = ENDPOINT.exec(text) ?? [];
  return URL.parse(url) === null || speaksGrpc(url) ? undefined : { name, url };
}

/** Whoever speaks HTTP on that port can say so with the whole path. */
function speaksGrpc(url: string): boolean {
  const { port = '', pathname = '' } = URL.parse(url) ?? {};
  return port === GRPC_PORT && !/\/v1\/(traces|metrics)\/?$/.test(pathname);
}

function adviceOf(text: string): string | undefined {
  const items = kinds.itemsIn([text], ',');
  if (items.length > 1 && items.every((item) => readItem(item) !== undefined)) return adviceOfNames(items);
  const [, name = '', url = ''] = /^([a-z0-9][\w.-]*=)?(.*)$/i.exec(text) ?? [];
  if (speaksGrpc(url.replace(/^(?!\w+:\/\/)|^grpcs?:\/\//, 'http://')))
    return `only HTTP is spoken, and ${GRPC_PORT} is the port of gRPC: OTLP over HTTP has ${HTTP_PORT}. If that port speaks HTTP, write the URL with /v1/traces at its end`;
  if (/^grpcs?:/i.test(url)) return `only HTTP is spoken: write http://collector:${HTTP_PORT}`;
  return /^[\w.-]+(:\d+)?(\/\S*)?$/.test(url) ? `write ${name}http://${url}` : undefined;
}

function adviceOfNames(items: readonly string[]): string {
  const names = items.map((item) => readItem(item)?.name);
  const twice = names.find((name, at) => name !== null && names.indexOf(name) < at);
  return twice === undefined
    ? 'give each a name, by which its spans wait: first=http://…, second=http://…'
    : `${twice} is the name of two: give each its own`;
}

const HEADER = /^(?:([a-z0-9][a-z0-9._-]{0,99})\/)?([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e]+)$/i;
/** As `OTEL_EXPORTER_OTLP_HEADERS` wants them. */
const OTEL_HEADER = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+=/;
const OTEL_VALUE = /^(basic|bearer|api-token)%20/i;

/** HTTP headers, one per line, for all endpoints or for one. */
export function endpointHeaders(): kinds.Kind<readonly EndpointHeader[]> {
  return kinds.listOf<EndpointHeader>({
    expects: 'HTTP headers as NAME: VALUE, one per line',
    example: 'Authorization: Bearer TOKEN',
    separator: /\r?\n/,
    joint: '\n',
    entry: ': ',
    readItem(line) {
      const [, endpoint = null, name, value] = HEADER.exec(line) ?? [];
      if (name === undefined || value === undefined || OWN_HEADERS.test(name) || OTEL_VALUE.test(value))
        return undefined;
      return { endpoint, name, value: value.trim() };
    },
    advise(text) {
      const [, , name = '', value = ''] = HEADER.exec(text) ?? [];
      if (OWN_HEADERS.test(name)) return `leave out ${name}, which is set by ant-watcher itself`;
      if (OTEL_VALUE.test(value)) return 'nothing is decoded here: write a space in place of %20';
      return OTEL_HEADER.test(text)
        ? 'write NAME: VALUE, each on a line of its own, without percent-encoding'
        : undefined;
    },
  });
}

/** What a service's name can be made of. */
const PLACEHOLDERS = ['repository', 'owner', 'workflow'];

function serviceName(): kinds.Kind<string> {
  const unknownIn = (text: string) =>
    Array.from(text.matchAll(/\{([^{}]*)\}/g), ([, name = '']) => name).find(
      (name) => !PLACEHOLDERS.includes(name),
    );
  return kinds.single({
    expects: `a text of up to 200 visible characters, in which ${PLACEHOLDERS.map((name) => `{${name}}`).join(', ')} stand for what they name`,
    example: 'ci-{repository}',
    read: (text) =>
      /^[\x21-\x7e][\x20-\x7e]{0,199}$/.test(text) && unknownIn(text) === undefined ? text : undefined,
    advise(text) {
      const unknown = unknownIn(text);
      return unknown === undefined ? undefined : `{${unknown}} stands for nothing`;
    },
  });
}

/** Traces, and metrics by OpenTelemetry's names, for receivers of OTLP. */
export const OTLP_SETTINGS = {
  endpoints: setting(
    'otlp.endpoint',
    endpoints(),
    '',
    'Where to send traces, and metrics if asked for: the base URL of a receiver of OTLP over HTTP, such as `http://collector:4318`; `/v1/traces` and `/v1/metrics` are added. One whose path ends in either is sent that alone. Several as `NAME=URL`, separated by commas: spans wait for each by its name. One without a name is called `otlp`. Empty: nothing is sent.',
  ),
  headers: secret(
    'otlp.headers',
    endpointHeaders(),
    'Headers to send to the endpoints, one per line: `Authorization: Bearer TOKEN`. With the name of an endpoint and a slash before it, a header is for that one alone: `tempo/X-Scope-OrgID: ci`.',
  ),
  caFile: setting(
    'otlp.ca_file',
    kinds.filePath(),
    '',
    'CA certificates in PEM format to trust for the endpoints, in place of those of Node.js.',
  ),
  timeoutMs: setting('otlp.timeout', kinds.duration(), '10s', 'Time limit for the response of an endpoint.'),
  protocol: setting(
    'otlp.protocol',
    {
      ...kinds.oneOf(['http/protobuf', 'http/json']),
      advise: (text) =>
        text === 'grpc' ? `only HTTP is spoken: port ${HTTP_PORT} of a Collector` : undefined,
    },
    'http/protobuf',
    'How requests are encoded. Some backends take only `http/protobuf`. gRPC is not offered.',
  ),
  compression: setting(
    'otlp.compression',
    kinds.oneOf(['gzip', 'none']),
    'gzip',
    'How requests are compressed. `none` for an endpoint that can not decompress.',
  ),
  traces: setting('otlp.traces', kinds.flag(), 'true', 'Whether traces are sent to the endpoints.'),
  metricsIntervalMs: setting(
    'otlp.metrics_interval',
    kinds.durationOrZero({ min: '1s', max: '1d' }),
    '0',
    'How often to send metrics with the `cicd.*` names of OpenTelemetry to the endpoints. 0: never.',
  ),
  ids: setting(
    'otlp.ids',
    kinds.oneOf(['check-run', 'legacy', 'grafana']),
    'check-run',
    "How ids of spans are made: from a job's check run id, as the Collector's GitHub receiver does since v0.151.0; as it did before; or as Grafana's fork of it does.",
  ),
  style: setting(
    'otlp.style',
    kinds.oneOf(['semconv', 'githubreceiver']),
    'semconv',
    "Names and attributes of spans: OpenTelemetry's conventions, or what the Collector's GitHub receiver makes.",
  ),
  steps: setting(
    'otlp.steps',
    kinds.oneOf(['ran', 'all', 'failed', 'none']),
    'ran',
    'Which steps become spans: those that ran, all, those that failed, or none.',
  ),
  maxSteps: setting(
    'otlp.max_steps',
    kinds.wholeNumber(0, 100_000, '1000'),
    '1000',
    'Maximum number of steps of a job that become spans. The first are taken.',
  ),
  batchSpans: setting(
    'otlp.batch_spans',
    kinds.wholeNumber(1, 10_000, '1000'),
    '1000',
    'Maximum number of spans per request, which also has about 1 MiB at most. A job that has more goes alone.',
  ),
  runs: setting(
    'otlp.runs',
    kinds.oneOf(['all', 'default_branch', 'failed']),
    'all',
    'Which runs become traces: all, those on the default branch, or those that failed.',
  ),
  people: setting(
    'otlp.people',
    kinds.flag(),
    'false',
    'Whether spans say who started a run and who wrote its commit.',
  ),
  serviceName: setting(
    'otlp.service_name',
    serviceName(),
    '{repository}',
    'The `service.name` of a trace. `{repository}`, `{owner}` and `{workflow}` stand for the names of the run. At the default, the custom property `service_name` of a repository comes first.',
  ),
  maxAgeMs: setting(
    'otlp.max_age',
    kinds.duration({ min: '1m', max: '3650d' }),
    '24h',
    'Spans that an endpoint has not accepted for this long are dropped, counted and logged.',
  ),
  maxSizeBytes: setting(
    'otlp.max_size',
    kinds.size({ min: '1MiB', max: '1023GiB' }),
    '256MiB',
    'Maximum size of all waiting spans. Beyond it, the oldest are dropped, counted and logged.',
  ),
  ownTraces: setting(
    'otlp.own_traces',
    kinds.share(),
    '0',
    "Which part of ant-watcher's own requests and passes is sent as traces, to look into its performance: from 0 (none) to 1 (all).",
  ),
};
