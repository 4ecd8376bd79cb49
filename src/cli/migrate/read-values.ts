import type { ChartSecret, OldExporter } from './old-exporter.ts';
import { isVariableName, type OldValue, type OldValues, type Reference, readValue } from './old-value.ts';
import { readOldFlags } from './read-old-flags.ts';

type Node = unknown;
type Members = Readonly<Record<string, Node>>;

interface Place {
  readonly exporter: OldExporter;
  readonly file: string;
}

/** Keys whose maps and lists hold variables: of charts, of Compose, of a pod. */
const OF_VARIABLES = ['env', 'environment', 'extraEnv', 'extraEnvVariables', 'envVars'];
const OF_FLAGS = ['args', 'command', 'extraArgs'];
/** Where a pod takes all variables of an object from. */
const OF_ALL_VARIABLES = ['envFrom', 'envFromSecret', 'envFromConfigMap', 'env_file'];

/** What is for Kubernetes or Compose, not for the program. */
const OF_PLATFORM =
  /(?:^|\.)(?:image\w*|replica\w*|nameOverride|fullnameOverride|namespaceOverride|\w*[lL]abels|\w*[aA]nnotations\w*|resources|nodeSelector|tolerations|affinity|service|ingress|serviceMonitor\w*|serviceAccount|\w*ecurityContext|prometheus\w*|persistence|updateStrategy|strategy|lifecycle|terminationGracePeriodSeconds|priorityClassName|topologySpreadConstraints|files|extra\w+|enabled|create|name|proxy|existingSecret\w*|\w+Key|authType|build|ports|expose|volumes|volumeMounts|restart\w*|networks|depends_on|version|healthcheck|deploy|container_name|logging|user|apiVersion|kind|metadata|selector|\w+Probe)(?:\.|\[|$)/;

/**
 * Settings in the values of a Helm chart, a Compose file, a manifest, or a map or list of variables, once it is
 * parsed. Names of unread parts are shown, values never.
 */
export function readValues(root: Node, place: Place): OldValues {
  const { exporter, file } = place;
  const chosen = isMembers(root) ? ownPart(root, exporter) : root;
  const read = Array.isArray(chosen) ? readVariables(chosen, '', place) : readNode(chosen, '', place);
  const secrets = isMembers(root)
    ? exporter.chartSecrets.flatMap((each) => chartSecret(each, root, file))
    : [];
  // Variables win over what the chart makes of its values: it writes them last.
  return { values: [...read.values, ...secrets], unread: read.unread };
}

/** The part of a file for several programs that is for this one. */
function ownPart(root: Members, exporter: OldExporter): Members {
  const { shared } = exporter;
  if (isMembers(root['services'])) return servicesOf(root['services'], exporter);
  if (shared === undefined || !Object.hasOwn(root, shared.chartWith)) return root;
  return Object.fromEntries(Object.entries(root).filter(([key]) => shared.own.test(key)));
}

/** Of several services, those with the name of the exporter, if there are any. */
function servicesOf(services: Members, { title }: OldExporter): Members {
  const word = title.split(/[/ ]/).pop() ?? title;
  const pattern = new RegExp(word.replaceAll(/[^a-z]+/gi, '[-_ ]'), 'i');
  const own = Object.entries(services).filter(
    ([name, service]) => pattern.test(name) || (isMembers(service) && pattern.test(String(service['image']))),
  );
  return own.length === 0 ? services : Object.fromEntries(own);
}

function readNode(node: Node, path: string, place: Place): OldValues {
  if (Array.isArray(node)) return joined(node.map((each, at) => readNode(each, `${path}[${at}]`, place)));
  if (isMembers(node))
    return joined(Object.entries(node).map(([key, member]) => readMember(key, member, path, place)));
  return { values: [], unread: [] };
}

function readMember(key: string, node: Node, path: string, place: Place): OldValues {
  const { exporter, file } = place;
  const name = path === '' ? key : `${path}.${key}`;
  if (OF_VARIABLES.includes(key)) return readVariables(node, name, place);
  if (key === 'extraEnvSecrets' && isMembers(node)) return readSecrets(node, name, place);
  if (OF_FLAGS.includes(key)) return readOldFlags(wordsIn(node), exporter, `${file}: ${name}`);
  if (OF_ALL_VARIABLES.includes(key)) {
    const isEmpty = node === null || node === '' || (Array.isArray(node) && node.length === 0);
    return {
      values: [],
      unread: isEmpty ? [] : [`${file}: what ${name} names is not here: give it with --env`],
    };
  }
  const isList = Array.isArray(node) && node.every((each) => !isMembers(each) && !Array.isArray(each));
  const value = isList ? node.map(String).join(',') : textOf(node);
  if (value === undefined) return readNode(node, name, place);
  const isSetting = exporter.settings.some(({ names }) => names.includes(name));
  const shown = isSetting || isVariableName(name) || isKey(name);
  return { values: shown ? [{ name, value: readValue(value), from: file }] : [], unread: [] };
}

/** Whether it is the key of a value for the program, as far as can be said of one that is unknown. */
function isKey(name: string): boolean {
  return /^[\w.[\]-]{1,120}$/.test(name) && !OF_PLATFORM.test(name);
}

/** A variable and its value; undefined: it has none here. */
type Entry = readonly [name: string, value: OldValue['value'] | undefined];

/** A map, a list of `{name, value}` or `{name, valueFrom}`, or one of `KEY=value`. */
function readVariables(node: Node, name: string, { file }: Place): OldValues {
  const from = name === '' ? file : `${file}: ${name}`;
  const members = isMembers(node) ? Object.entries(node) : [];
  const entries = Array.isArray(node)
    ? node.map(entryOf)
    : members.map(([key, value]): Entry => [key, scalarOf(value)]);
  const values: OldValue[] = [];
  const unread: string[] = [];
  entries.forEach(([variable, value], at) => {
    if (!isVariableName(variable)) unread.push(`${from}: entry ${at + 1} has no name of a variable`);
    else if (value === undefined) unread.push(`${from}: ${variable} has no value here`);
    else values.push({ name: variable, value, from });
  });
  // Of a variable that is given twice, the last one counts.
  return { values: values.reverse(), unread };
}

function entryOf(node: Node): Entry {
  if (!isMembers(node)) {
    const [text, at] = [String(node), String(node).indexOf('=')];
    return at < 0 ? [text, undefined] : [text.slice(0, at), readValue(text.slice(at + 1))];
  }
  return [
    String(node['name']),
    'valueFrom' in node ? referenceOf(node['valueFrom']) : scalarOf(node['value']),
  ];
}

function scalarOf(node: Node): Entry[1] {
  const text = textOf(node);
  return text === undefined ? undefined : readValue(text);
}

/** `secretKeyRef`, `configMapKeyRef` and others. */
function referenceOf(node: Node): Reference {
  const [kind = 'valueFrom', ref] = isMembers(node) ? (Object.entries(node)[0] ?? []) : [];
  if (!isMembers(ref) || !kind.endsWith('KeyRef')) return { at: nameIn(kind), isOptional: false };
  const object = kind.startsWith('secret') ? 'Secret' : 'ConfigMap';
  const at = `key ${nameIn(ref['key'])} of the ${object} ${nameIn(ref['name'])}`;
  return { at, isOptional: false };
}

/** promhippie's chart: variables with the Secret and key of each. */
function readSecrets(node: Members, name: string, place: Place): OldValues {
  const list = Object.entries(node).map(([variable, ref]) => ({
    name: variable,
    valueFrom: { secretKeyRef: isMembers(ref) ? { name: ref['secret'], key: ref['key'] } : {} },
  }));
  return readVariables(list, name, place);
}

function chartSecret(given: ChartSecret, root: Members, from: string): OldValue[] {
  const { when, variable, secretAt, keyAt = '', isOptional = false } = given;
  const value = textAt(root, when.path) ?? when.byDefault;
  const isThere = isMembers(root[secretAt.split('.')[0] ?? '']);
  if (!isThere || (when.is === null ? (value ?? '') === '' : value !== when.is)) return [];
  const secret = textAt(root, secretAt) || given.secret;
  const object = secret === null ? 'the Secret of the release' : `the Secret ${nameIn(secret)}`;
  const at = `key ${nameIn(textAt(root, keyAt) ?? given.key)} of ${object}`;
  return [{ name: variable, value: { at, isOptional }, from }];
}

function textAt(root: Members, path: string): string | undefined {
  return textOf(path.split('.').reduce<Node>((node, key) => (isMembers(node) ? node[key] : undefined), root));
}

/** Kubernetes' names of objects and keys have no other characters. */
function nameIn(value: Node): string {
  return /^[\w.-]{1,253}$/.test(String(value)) ? String(value) : '(a name that cannot be read)';
}

function wordsIn(node: Node): string[] {
  if (typeof node === 'string') return node.split(/\s+/);
  return Array.isArray(node) ? node.map(String) : [];
}

function textOf(node: Node): string | undefined {
  if (node === null) return '';
  return ['string', 'number', 'boolean'].includes(typeof node) ? String(node) : undefined;
}

function joined(parts: readonly OldValues[]): OldValues {
  return { values: parts.flatMap((each) => each.values), unread: parts.flatMap((each) => each.unread) };
}

function isMembers(node: Node): node is Members {
  return typeof node === 'object' && node !== null && !Array.isArray(node);
}
