import * as kinds from './kinds.ts';
import * as metricKinds from './metric-kinds.ts';
import * as pushKinds from './push-kinds.ts';
import { secret, setting } from './setting.ts';

/** Where event samples are pushed to. */
export const PUSH_SETTINGS = {
  url: setting(
    'push.url',
    pushKinds.receiverUrls(),
    '',
    'Receivers of event samples: a host such as `http://victoria-metrics:8428`, or a full import or write URL. Separate several by commas; each may have a name: `NAME=URL`. Empty: nothing is pushed.',
    'reload',
  ),
  protocol: setting(
    'push.protocol',
    pushKinds.protocols(),
    'victoriametrics',
    'Protocol of the receivers: the import API of VictoriaMetrics, or Prometheus remote write 1.0.',
    'reload',
  ),
  basicAuths: secret(
    'push.basic_auth',
    '`user:password` for the receivers: one for all, or one line per receiver, `-` for none.',
  ),
  bearerTokens: secret(
    'push.bearer_token',
    'Bearer token for the receivers: one for all, or one line per receiver, `-` for none.',
    undefined,
    kinds.tokenLines(),
  ),
  headers: {
    name: 'push.headers',
    kind: pushKinds.headerLines(),
    default: null,
    about: 'Headers to send to all receivers, one per line: `X-Scope-OrgID: ci`.',
    secret: true,
    applies: 'reload',
  },
  extraLabels: setting(
    'push.extra_labels',
    pushKinds.extraLabels(),
    '',
    'Labels to add to everything that is pushed: `instance=ci-1, environment=production`.',
    'reload',
  ),
  caFile: setting(
    'push.ca_file',
    pushKinds.filePath(),
    '',
    'CA certificates in PEM format to trust for receivers, in place of those of Node.js.',
    'reload',
  ),
  timeoutMs: setting(
    'push.timeout',
    kinds.duration(),
    '30s',
    'Time limit for the response of a receiver.',
    'reload',
  ),
  batchSamples: setting(
    'push.batch_samples',
    kinds.wholeNumber(1, 100_000, '1000'),
    '1000',
    'Maximum number of samples per request. More are hardly faster and delay other work.',
    'reload',
  ),
  batchAgeMs: setting(
    'push.batch_age',
    kinds.duration(),
    '1s',
    'How long samples wait for others to share a request with.',
    'reload',
  ),
  maxSizeBytes: setting(
    'push.max_size',
    kinds.size({ min: '1MiB', max: '1023GiB' }),
    '1GiB',
    'Maximum size of all waiting samples. Beyond it, the oldest are dropped, counted and logged.',
    'reload',
  ),
  maxAgeMs: setting(
    'push.max_age',
    kinds.duration({ min: '1m', max: '3650d' }),
    '7d',
    'Samples that a receiver has not accepted for this long are dropped, counted and logged.',
    'reload',
  ),
  snapshotIntervalMs: setting(
    'push.snapshot_interval',
    metricKinds.durationOrNever({ min: '1s', max: '1d' }),
    'never',
    'How often to push all of `/metrics` as well, for sites that do not scrape.',
    'reload',
  ),
} as const;
