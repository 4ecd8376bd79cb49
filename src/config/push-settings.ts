import { OWN_HEADERS } from '../outbound/own-headers.ts';
import { PROTOCOLS, type PushProtocol } from '../push/protocols.ts';
import * as kinds from './kinds.ts';
import { oneLine, secretText, userPasswords } from './secrets.ts';
import { list, secret, setting } from './setting.ts';

/** The one by default comes first. */
const PROTOCOL_NAMES = Object.keys(PROTOCOLS) as [PushProtocol, ...PushProtocol[]];
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
/** The labels of buckets and quantiles. With one of them, every series would look like one. */
const RESERVED_LABELS = ['le', 'quantile'];
const HEADER = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e]+)$/;

/** The URL of a receiver. */
export function receiverUrl(): kinds.Kind<string> {
  return kinds.single({
    expects: 'an http:// or https:// URL',
    example: 'http://victoria-metrics:8428',
    read: (text) => (/^https?:\/\/\S+$/i.test(text) && isOneUrl(text) ? text : undefined),
    advise(text) {
      if (!isOneUrl(text) && text.includes(',')) return 'for several receivers, use sinks';
      const [, url] = /^[a-z][\w-]*=(https?:.*)$/i.exec(text) ?? [];
      if (url !== undefined) return `write ${url}; a receiver with a name is an item of sinks`;
      return /^[\w.-]+(:\d+)?(\/|$)/.test(text) ? `write http://${text}` : undefined;
    },
  });
}

/** A comma may be part of a path or a query. */
function isOneUrl(text: string): boolean {
  return URL.parse(text)?.host.includes(',') === false && !/,\s*([a-z][\w-]*=)?https?:\/\//i.test(text);
}

/** One user, or null. */
function login(): kinds.Kind<{ readonly username: string; readonly password: string } | null> {
  return oneLine(userPasswords(), 'user:password', (line) => {
    const at = line.indexOf(':');
    return { username: line.slice(0, at), password: line.slice(at + 1) };
  });
}

type Pair = readonly [name: string, value: string];

/** HTTP headers, one per line. */
export function headerLines(): kinds.Kind<readonly Pair[]> {
  return kinds.listOf<Pair>({
    expects: 'HTTP headers as NAME: VALUE, one per line',
    example: 'X-Scope-OrgID: ci',
    separator: /\r?\n/,
    joint: '\n',
    entry: ': ',
    readItem(line) {
      const [, name, value] = HEADER.exec(line) ?? [];
      const isOurs = name === undefined || OWN_HEADERS.test(name);
      return isOurs || value === undefined ? undefined : [name, value.trim()];
    },
    advise(text) {
      const [, name = ''] = HEADER.exec(text) ?? [];
      return OWN_HEADERS.test(name) ? `leave out ${name}, which is set by ant-watcher itself` : undefined;
    },
  });
}

/** Labels that are added to everything that is pushed. */
export function extraLabels(): kinds.Kind<readonly Pair[]> {
  return kinds.listOf<Pair>({
    expects: 'labels as NAME=VALUE, separated by commas',
    example: 'instance=ci-1, environment=production',
    entry: '=',
    readItem(part) {
      const [name, value] = labelOf(part);
      const isName = LABEL_NAME.test(name) && !name.startsWith('__') && !RESERVED_LABELS.includes(name);
      return isName && value !== '' ? [name, value] : undefined;
    },
    advise(text) {
      const names = kinds.itemsIn([text], ',').map((part) => labelOf(part)[0]);
      const reserved = names.find((name) => RESERVED_LABELS.includes(name));
      return reserved && `leave out ${reserved}, which buckets and quantiles have`;
    },
  });
}

function labelOf(part: string): Pair {
  const at = part.indexOf('=');
  return [part.slice(0, Math.max(0, at)).trim(), part.slice(at + 1).trim()];
}

const NAME = 'a name of letters, digits and . : / _ -, which begins with a letter or digit';

/** The name of a receiver; empty: known by its URL. */
function sinkName(): kinds.Kind<string> {
  return kinds.single({
    expects: NAME,
    example: 'main',
    read: (text) => (/^([a-z0-9[][a-z0-9.:/_[\]-]{0,99})?$/i.test(text) ? text : undefined),
  });
}

/** How one receiver is spoken to: the same for `push.url` and for each of `sinks`. */
function receiverSettings(prefix: 'push.' | '') {
  return {
    protocol: setting(
      `${prefix}protocol`,
      kinds.oneOf(PROTOCOL_NAMES),
      'victoriametrics',
      'Protocol of the receiver: the import API of VictoriaMetrics, or Prometheus remote write 1.0.',
    ),
    token: secret(`${prefix}token`, secretText(), 'Bearer token for the receiver.'),
    basicAuth: secret(`${prefix}basic_auth`, login(), '`user:password` for the receiver.'),
    headers: secret(
      `${prefix}headers`,
      headerLines(),
      'Headers to send to the receiver, one per line: `X-Scope-OrgID: ci`.',
    ),
    caFile: setting(
      `${prefix}ca_file`,
      kinds.filePath(),
      '',
      'CA certificates in PEM format to trust for the receiver, in place of those of Node.js.',
    ),
  };
}

/** What an item of `sinks` has. */
export const SINK_FIELDS = {
  url: {
    ...setting(
      'url',
      receiverUrl(),
      '',
      'A host such as `http://victoria-metrics:8428`, or a full import or write URL. Required.',
    ),
    default: null,
    needed: 'write the URL of the receiver, such as http://victoria-metrics:8428',
  },
  name: setting(
    'name',
    sinkName(),
    '',
    'Name of the receiver: the label `sink`, and what samples wait for. Empty: host, port and path of the URL.',
  ),
  ...receiverSettings(''),
};

/** Where event samples are pushed to. */
export const PUSH_SETTINGS = {
  url: setting(
    'push.url',
    kinds.optional(receiverUrl()),
    '',
    'The receiver of event samples: a host such as `http://victoria-metrics:8428`, or a full import or write URL. Empty: nothing is pushed. For several receivers, use `sinks`.',
  ),
  ...receiverSettings('push.'),
  extraLabels: setting(
    'push.extra_labels',
    extraLabels(),
    '',
    'Labels to add to everything that is pushed: `instance=ci-1, environment=production`.',
  ),
  timeoutMs: setting('push.timeout', kinds.duration(), '30s', 'Time limit for the response of a receiver.'),
  batchSamples: setting(
    'push.batch_samples',
    kinds.wholeNumber(1, 100_000, '2000'),
    '2000',
    'Maximum number of samples per request. More are hardly faster and delay other work.',
  ),
  batchAgeMs: setting(
    'push.batch_age',
    kinds.duration(),
    '1s',
    'How long samples wait for others to share a request with.',
  ),
  resendWindowMs: setting(
    'push.resend_window',
    kinds.durationOrNever({ min: '1s', max: '1d' }),
    '60s',
    'How long samples are kept after a receiver accepted them, to be sent again if it restarts and may have lost them. `never`: they are not kept.',
    'reload',
  ),
  maxSizeBytes: setting(
    'push.max_size',
    kinds.size({ min: '1MiB', max: '1023GiB' }),
    '1GiB',
    'Maximum size of all waiting samples. Beyond it, the oldest are dropped, counted and logged.',
  ),
  maxAgeMs: setting(
    'push.max_age',
    kinds.duration({ min: '1m', max: '3650d' }),
    '7d',
    'Samples that a receiver has not accepted for this long are dropped, counted and logged.',
  ),
  snapshotIntervalMs: setting(
    'push.snapshot_interval',
    kinds.durationOrNever({ min: '1s', max: '1d' }),
    'never',
    'How often to push all of `/metrics` as well, for sites that do not scrape.',
  ),
  // Beside `push` in the file, not inside it: its name has no group. Read in `load-settings.ts`, item by item.
  sinks: list(
    'sinks',
    SINK_FIELDS,
    'Several receivers of event samples, each with its own settings. This list is outside any group, and replaces `push.url` and its related settings. Samples wait for a receiver by its name: give it one, and keep it.',
  ),
};
