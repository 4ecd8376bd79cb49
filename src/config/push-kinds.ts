import type { PushProtocol } from '../push/receiver-options.ts';
import { itemsIn, type Kind } from './kinds.ts';

/*
 * The kinds of values that say where samples are pushed to.
 */

/** The URL of a receiver, with its name if it has one. */
export interface NamedUrl {
  readonly name: string | null;
  readonly url: string;
}

const PROTOCOLS: readonly PushProtocol[] = ['victoriametrics', 'remote_write'];
const NAMED = /^(?:([a-z][a-z0-9_-]{0,39})=)?(https?:\/\/\S+)$/i;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
/** The labels of buckets and quantiles. With one of them, every series would look like one. */
const RESERVED_LABELS = ['le', 'quantile'];
/** A comma may be part of a URL. Only one before a space, the end or another URL separates two. */
const BETWEEN_URLS = /,(?=\s|$|(?:[a-z][\w-]*=)?https?:\/\/)|\s+/i;
const HEADER = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e]+)$/;

/** The items that `read` returns for each part, or undefined if one is invalid. */
function all<T>(items: readonly string[], read: (item: string) => T | undefined): readonly T[] | undefined {
  const values = items.map(read);
  return values.includes(undefined) ? undefined : (values as T[]);
}

/** URLs of receivers, each with an optional name. */
export function receiverUrls(): Kind<readonly NamedUrl[]> {
  return {
    expects: 'http:// or https:// URLs separated by commas, each as URL or NAME=URL',
    example: 'http://victoria-metrics:8428, backup=https://prometheus.example/api/v1/write',
    items: (texts) => itemsIn(texts, BETWEEN_URLS),
    read: (texts) =>
      all(itemsIn(texts, BETWEEN_URLS), (part) => {
        const [, name, url = ''] = NAMED.exec(part) ?? [];
        return URL.parse(url)?.host.includes(',') === false ? { name: name ?? null, url } : undefined;
      }),
    advise(text) {
      if (URL.parse(text)?.host.includes(',')) return 'start each of them with http:// or https://';
      return /^[\w.-]+(:\d+)?(\/|$)/.test(text) ? `write http://${text}` : undefined;
    },
  };
}

/** Protocols in the order of the URLs. */
export function protocols(): Kind<readonly PushProtocol[]> {
  return {
    expects: `${PROTOCOLS.join(' or ')}: one for all URLs, or one for each in the same order, separated by commas`,
    example: 'victoriametrics, remote_write',
    items: (texts) => itemsIn(texts, ','),
    read(texts) {
      const read = all(itemsIn(texts, ','), (part) => PROTOCOLS.find((each) => each === part));
      return read?.length === 0 ? undefined : read;
    },
  };
}

/** Labels that are added to everything that is pushed. */
export function extraLabels(): Kind<readonly (readonly [string, string])[]> {
  return {
    expects: 'labels as NAME=VALUE, separated by commas',
    example: 'instance=ci-1, environment=production',
    items: (texts) => itemsIn(texts, ','),
    read: (texts) =>
      all(itemsIn(texts, ','), (part) => {
        const { name, value } = labelOf(part);
        const isName = LABEL_NAME.test(name) && !name.startsWith('__') && !RESERVED_LABELS.includes(name);
        return isName && value !== '' ? [name, value] : undefined;
      }),
    advise(text) {
      const reserved = itemsIn([text], ',').find((part) => RESERVED_LABELS.includes(labelOf(part).name));
      return reserved === undefined
        ? undefined
        : `leave out ${labelOf(reserved).name}, which buckets and quantiles have`;
    },
  };
}

function labelOf(part: string): { readonly name: string; readonly value: string } {
  const at = part.indexOf('=');
  return { name: part.slice(0, Math.max(0, at)).trim(), value: part.slice(at + 1).trim() };
}

/** HTTP headers, one per line. */
export function headerLines(): Kind<readonly (readonly [string, string])[]> {
  return {
    expects: 'HTTP headers as NAME: VALUE, one a line',
    example: 'X-Scope-OrgID: ci',
    items: (texts) => itemsIn(texts, /\r?\n/),
    joint: '\n',
    read: (texts) =>
      all(itemsIn(texts, /\r?\n/), (line) => {
        const [, name, value] = HEADER.exec(line) ?? [];
        return name === undefined || value === undefined ? undefined : [name, value.trim()];
      }),
  };
}

/** The path of a file, or empty. */
export function filePath(): Kind<string> {
  return {
    expects: 'the path of a file',
    example: '/etc/ssl/certs/company-ca.pem',
    read: ([text = '', ...more]) => (more.length === 0 ? text : undefined),
  };
}
