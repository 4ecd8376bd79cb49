import type { Pair } from 'yaml';
import { nearestName } from '../domain/nearest-name.ts';
import { duplicateKeys } from './duplicate-keys.ts';
import type { Kind } from './kinds.ts';
import { type ConfigProblem, didYouMean } from './problem.ts';
import { type Reading, readSecretFile } from './read-text.ts';
import { type FoundValue, MAX_ITEMS, type Setting } from './setting.ts';
import { listSettings } from './settings.ts';
import { yaml } from './yaml.ts';

/*
 * From a node of a YAML document to values. Strict JSON is YAML, so this reads both. Problems name the line
 * but never show the text, which may contain secrets. So the parser's own messages, which quote it, are not
 * used.
 */

export type Finding = FoundValue | ConfigProblem;

/** Settings by their keys at one place of the document. */
type Known = ReadonlyMap<string, Setting<unknown>>;

/** Something in the document that is to be read. */
interface Place extends Reading {
  /** The location of a node, for people. */
  locate(node: unknown): string;
}

/** What to do, by the parser's code. */
const HINTS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'indent with blanks, not with tabs',
  DUPLICATE_KEY: 'write each group, and each setting in it, once',
};

/** The root of a document, and how its nodes are located; or what is wrong with the text. */
export function parseYaml(
  text: string,
  source: string,
): { readonly root: unknown; readonly locate: Place['locate'] } | { readonly problems: ConfigProblem[] } {
  const { LineCounter, parseDocument } = yaml();
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const lineOf = (offset: number) => `${source} line ${lines.linePos(offset).line}`;
  const errors = [
    ...document.errors.map(({ code, pos: [at] }) => ({ code, at })),
    ...duplicateKeys(document).map((at) => ({ code: 'DUPLICATE_KEY', at })),
  ].sort((a, b) => a.at - b.at);
  const problems = errors.map(({ code, at }) => ({
    where: lineOf(at),
    what: `is not valid: ${code.toLowerCase().replaceAll('_', ' ')}`,
    hint: HINTS[code] ?? 'correct the file',
  }));
  const locate = (node: unknown) => (yaml().isNode(node) && node.range ? lineOf(node.range[0]) : source);
  return problems.length > 0 ? { problems } : { root: document.contents, locate };
}

/** The values of a map. Their names are its keys, after the prefix. */
export function readMembers(
  members: readonly Pair[],
  prefix: string,
  known: Known,
  place: Place,
): readonly Finding[] {
  const names = new Set<string>();
  return members
    .flatMap((pair) => readMember(pair, prefix, known, place))
    .map((finding) => {
      if (!('texts' in finding)) return finding;
      const { setting, from } = finding;
      if (names.has(setting.name)) return setTwice(setting.name, from);
      names.add(setting.name);
      return finding;
    });
}

/** A secret may also stand in a file, which `KEY_file` names. */
function readMember(pair: Pair, prefix: string, known: Known, place: Place): readonly Finding[] {
  const key = keyOf(pair);
  const from = place.locate(pair.key);
  const plain = key.replace(/_file$/, '');
  const found = known.get(key) ?? known.get(plain);
  const setting = found && { ...found, name: prefix + found.name.slice(found.name.lastIndexOf('.') + 1) };
  if (setting !== undefined && known.has(key)) return readValue(setting, pair.value, from, place);
  const file = setting?.secret ? textOf(pair.value) : undefined;
  if (setting === undefined || file === undefined) return [unknownKey(prefix + key, from, prefix, known)];
  const read = readSecretFile(file, place);
  return 'text' in read
    ? [{ setting, texts: [read.text], from, file }]
    : [{ setting: prefix + key, where: from, ...read }];
}

/**
 * Of the key, no more is shown than can be a name: without a blank after its colon, it contains the value.
 */
function unknownKey(name: string, from: string, prefix: string, known: Known): ConfigProblem {
  const [shown = ''] = /^[\w.[\]-]*/.exec(name) ?? [];
  const where = `${from}: ${shown}`;
  if (shown !== name) return { where, what: 'is no name of a setting', hint: 'put a space after the colon' };
  const names = Array.from(known, ([key, { secret }]) => (secret ? [key, `${key}_file`] : [key])).flat();
  const elsewhere = listSettings().find((each) => prefix + each.name === name)?.name;
  const nearest =
    elsewhere ??
    nearestName(
      name,
      names.map((each) => prefix + each),
    );
  return {
    where,
    what: 'unknown setting',
    hint: didYouMean(nearest, 'docs/configuration.md lists every setting'),
  };
}

/** The value of a setting, in whichever shape it may be written. */
export function readValue(
  setting: Setting<unknown>,
  node: unknown,
  from: string,
  place: Place,
): readonly Finding[] {
  const { name, fields } = setting;
  if (fields !== undefined && yaml().isSeq(node) && node.items.length <= MAX_ITEMS) {
    const read = node.items.map((item, at) => readItem(setting, item, `${name}[${at}]`, place));
    return [
      ...read.flatMap(({ problems }) => problems),
      { setting, texts: [''], from, items: read.map(({ item }) => item) },
    ];
  }
  const texts = fields === undefined ? textsOf(node, setting) : [''];
  if (texts !== undefined) return [{ setting, texts, from }];
  const hint = 'write a text or a number, or remove the line';
  return [{ setting: name, where: from, what: 'has no value that can be read', hint }];
}

function readItem({ kind, fields = {} }: Setting<unknown>, node: unknown, name: string, place: Place) {
  const where = place.locate(node);
  if (!yaml().isMap(node)) {
    const hint = `for example ${kind.example}`;
    return { item: new Map(), problems: [{ setting: name, where, what: 'must have keys and values', hint }] };
  }
  const known = new Map(Object.values(fields).map((field) => [field.name, field]));
  const findings = readMembers(node.items, `${name}.`, known, place);
  const found = findings.filter((each) => 'texts' in each);
  const keys = node.items.map(keyOf);
  const missing = [...known.values()].flatMap(({ name: key, needed: hint }) =>
    hint === undefined || keys.includes(key)
      ? []
      : [{ setting: `${name}.${key}`, where, what: 'is not set', hint }],
  );
  return {
    item: new Map(found.map((each) => [each.setting.name.slice(name.length + 1), each])),
    problems: [...findings.filter((each) => 'what' in each), ...missing],
  };
}

export function isNothing(node: unknown): boolean {
  return node === null || (yaml().isScalar(node) && node.value === null);
}

export function keyOf(pair: Pair): string {
  return yaml().isScalar(pair.key) ? String(pair.key.value) : '(a key that is no text)';
}

/** Of a text, of a list, or of a map whose entries are written as items of the kind. */
function textsOf(node: unknown, { kind }: Setting<unknown>): readonly string[] | undefined {
  const nodes = yaml().isSeq(node) ? node.items : [node];
  const texts =
    yaml().isMap(node) && kind.entry !== undefined
      ? node.items.map((pair) => entryOf(pair, kind))
      : nodes.map(textOf);
  return texts.every((text) => text !== undefined) ? texts : undefined;
}

/** The item of a list that an entry of a map stands for. */
function entryOf(pair: Pair, kind: Kind<unknown>): string | undefined {
  const values = (yaml().isSeq(pair.value) ? pair.value.items : [pair.value]).map(textOf);
  if (!values.every((text) => text !== undefined)) return undefined;
  const entry = keyOf(pair) + kind.entry + values.join(',');
  return kind.items?.([entry]).length === 1 ? entry : undefined;
}

/** The text as written, not as YAML interprets it: a secret `0123` stays `0123`. */
function textOf(node: unknown): string | undefined {
  return yaml().isScalar(node) && node.value !== null ? (node.source ?? String(node.value)) : undefined;
}

function setTwice(setting: string, where: string): ConfigProblem {
  return { setting, where, what: 'is set twice, as itself and as a file', hint: 'set one of the two' };
}
