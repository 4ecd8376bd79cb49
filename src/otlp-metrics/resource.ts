import { OTHER_LABEL } from '../domain/label-policy.ts';
import type { Attributes } from '../otlp/attributes.ts';

/** What resources are named by. */
export interface ResourceNaming {
  /** Of GitHub: `https://github.com`. */
  readonly webUrl: string;
  /** As `TraceOptions.serviceName`. */
  readonly serviceName: string;
}

/** Who says what belongs to no repository. */
const SELF: Attributes = [
  ['service.name', 'ant-watcher'],
  ['vcs.provider.name', 'github'],
];
/** In place of the owner of what belongs to an enterprise, and of all that is over a limit. */
const NO_OWNERS = ['enterprises', OTHER_LABEL];

/**
 * The attributes of the resource with this key (`SeriesReader.resourceKey`). Prometheus, and what follows its rules,
 * shows nothing of a resource but `service.namespace` and `service.name` (as `job`) and `service.instance.id` (as
 * `instance`): without the last, the series of two repositories could be taken for one.
 */
export function resourceOf(key: string, { webUrl, serviceName }: ResourceNaming): Attributes {
  const [owner = '', name] = key.split('/');
  if (name === undefined || NO_OWNERS.includes(owner)) return key === '' ? SELF : ownerOf(key);
  return [
    ['service.name', serviceNameOf(serviceName, owner, name)],
    ['service.namespace', owner],
    ['service.instance.id', key],
    ['vcs.provider.name', 'github'],
    ['vcs.owner.name', owner],
    ['vcs.repository.name', name],
    ['vcs.repository.url.full', `${webUrl}/${key}`],
  ];
}

function ownerOf(key: string): Attributes {
  const name = key.startsWith(OTHER_LABEL) ? OTHER_LABEL : key;
  return [...SELF, ['service.instance.id', name], ['vcs.owner.name', name]];
}

/** As of traces (traces/semconv.ts), but that a repository has no workflow, nor what stands before its name. */
function serviceNameOf(template: string, owner: string, name: string): string {
  const words: Readonly<Record<string, string>> = { repository: name, owner };
  const filled = template
    .replaceAll(/[^\w{}]*\{workflow\}/g, '')
    .replaceAll(/\{(\w+)\}/g, (text, word: string) => words[word] ?? text);
  return (filled === '' ? name : filled).toLowerCase().replaceAll('_', '-');
}
