import * as kinds from './kinds.ts';
import * as metricKinds from './metric-kinds.ts';
import * as pushKinds from './push-kinds.ts';
import { secret, setting } from './setting.ts';

/** Where samples are pushed to. */
export const PUSH_SETTINGS = {
  url: setting(
    'push.url',
    pushKinds.receiverUrls(),
    '',
    'Receivers of event-time samples: a host such as `http://victoria-metrics:8428`, or a full import or write URL. Several are apart by commas, each may have a name: `NAME=URL`. Empty: nothing is pushed.',
    'reload',
  ),
  protocol: setting(
    'push.protocol',
    pushKinds.protocols(),
    'victoriametrics',
    'How to speak to the receivers: the import API of VictoriaMetrics, or Prometheus remote write 1.0.',
    'reload',
  ),
  basicAuths: secret(
    'push.basic_auth',
    '`user:password` for the receivers: one for all, or a line for each, `-` for none.',
  ),
  bearerTokens: secret(
    'push.bearer_token',
    'Bearer token for the receivers: one for all, or a line for each, `-` for none.',
    undefined,
    kinds.tokenLines(),
  ),
  headers: {
    name: 'push.headers',
    kind: pushKinds.headerLines(),
    default: null,
    about: 'Headers that are sent to all receivers, one a line: `X-Scope-OrgID: ci`.',
    secret: true,
    applies: 'reload',
  },
  extraLabels: setting(
    'push.extra_labels',
    pushKinds.extraLabels(),
    '',
    'Labels that are added to everything that is pushed: `instance=ci-1, environment=production`.',
    'reload',
  ),
  caFile: setting(
    'push.ca_file',
    pushKinds.filePath(),
    '',
    'Certificates in PEM form that receivers are checked against, in place of those of Node.js.',
    'reload',
  ),
  timeoutMs: setting(
    'push.timeout',
    kinds.duration(),
    '30s',
    'Time within which a receiver must have answered.',
    'reload',
  ),
  batchSamples: setting(
    'push.batch_samples',
    kinds.wholeNumber(1, 100_000, '1000'),
    '1000',
    'Samples in one request at most. More are hardly faster, and keep other work waiting for longer.',
    'reload',
  ),
  batchAgeMs: setting(
    'push.batch_age',
    kinds.duration(),
    '1s',
    'Time that samples wait for more to share a request with.',
    'reload',
  ),
  maxSizeBytes: setting(
    'push.max_size',
    kinds.size({ min: '1MiB', max: '1023GiB' }),
    '1GiB',
    'Size of all samples that wait. Over it, the oldest are given up, counted and logged.',
    'reload',
  ),
  maxAgeMs: setting(
    'push.max_age',
    kinds.duration({ min: '1m', max: '3650d' }),
    '7d',
    'Samples that no receiver took for so long are given up, counted and logged.',
    'reload',
  ),
  snapshotIntervalMs: setting(
    'push.snapshot_interval',
    metricKinds.durationOrNever({ min: '1s', max: '1d' }),
    'never',
    'How often all of `/metrics` is pushed as well, for sites that do not scrape.',
    'reload',
  ),
} as const;
