import { extname, resolve } from 'node:path';
import { isMap, isNode, isScalar, isSeq, LineCounter, type Pair, parseDocument } from 'yaml';
import { nearestName } from '../domain/nearest-name.ts';
import type { FoundValue, Source } from './found-value.ts';
import { type ConfigProblem, didYouMean } from './problem.ts';
import { readText } from './read-text.ts';
import { listSettings, SETTINGS } from './settings.ts';

/** Read if it exists and `--config` names no other. */
const DEFAULT_CONFIG_FILE = 'config/config.json';

/** The name of the configuration file. */
export function fileLocation(named: string | undefined): string {
  return named ?? DEFAULT_CONFIG_FILE;
}

/** Whether it can be read and is not empty. */
export function hasConfigFile(named: string | undefined, cwd: string): boolean {
  const read = readText(resolve(cwd, fileLocation(named)));
  return 'text' in read && read.text.trim() !== '';
}

/** What to do, by the parser's code. */
const YAML_HINTS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'indent with blanks, not with tabs',
  DUPLICATE_KEY: 'write each group, and each setting in it, once',
};

type EntryResult = FoundValue | ConfigProblem;
/** The location of a part of the file, for people. */
type PlaceOf = (node: unknown) => string;

/**
 * Settings from a JSON or YAML file. Messages name the line but never show the file's text, which may contain
 * secrets. So the parsers' own messages, which quote it, are not used.
 */
export function readConfigFile(named: string | undefined, cwd: string): Source {
  const findings = readFindings(named, cwd);
  return {
    values: findings.filter((each) => 'texts' in each),
    problems: findings.filter((each) => 'what' in each),
  };
}

function readFindings(named: string | undefined, cwd: string): EntryResult[] {
  const where = fileLocation(named);
  const read = readText(resolve(cwd, where));
  if ('failure' in read) {
    if (named === undefined && read.failure === 'ENOENT') return [];
    return [
      {
        where,
        what: `cannot be read (${read.failure})`,
        hint: 'check the path and the permissions of the file',
      },
    ];
  }
  const format = extname(where).toLowerCase();
  if (format === '.json') return readJson(where, read.text);
  if (format === '.yaml' || format === '.yml') return readYaml(where, read.text);
  return [{ where, what: 'is neither JSON nor YAML by its name', hint: 'name it .json, .yaml or .yml' }];
}

/** Strict JSON is YAML, so valid JSON goes to the parser that knows the lines. */
function readJson(file: string, text: string): EntryResult[] {
  try {
    JSON.parse(text);
    return readYaml(file, text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const [, line] = /\(line (\d+) column \d+\)$/.exec(error.message) ?? [];
    const where = line === undefined ? file : `${file} line ${line}`;
    const hint = 'JSON has double quotes, and neither comments nor a comma after the last entry';
    return [{ where, what: 'is not valid JSON', hint }];
  }
}

function readYaml(file: string, text: string): EntryResult[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineOf = (offset: number) => `${file} line ${lines.linePos(offset).line}`;
  if (document.errors.length > 0) {
    return document.errors.map(({ code, pos }) => ({
      where: lineOf(pos[0]),
      what: `is not valid: ${code.toLowerCase().replaceAll('_', ' ')}`,
      hint: YAML_HINTS[code] ?? 'correct the file',
    }));
  }
  const root = document.contents;
  const placeOf: PlaceOf = (node) => (isNode(node) && node.range ? lineOf(node.range[0]) : file);
  if (isMap(root)) return root.items.flatMap((pair) => readGroup(pair, placeOf));
  if (isNothing(root)) return [];
  return [
    { where: placeOf(root), what: 'must hold groups of settings', hint: 'see config/config.example.yaml' },
  ];
}

function readGroup(pair: Pair, placeOf: PlaceOf): EntryResult[] {
  const group = keyOf(pair);
  const members = pair.value;
  const where = `${placeOf(pair.key)}: ${group}`;
  if (!Object.hasOwn(SETTINGS, group)) {
    const otherwise = 'docs/configuration.md lists every setting; each stands in its group';
    return [
      {
        where,
        what: 'unknown group of settings',
        hint: didYouMean(nearestName(group, Object.keys(SETTINGS)), otherwise),
      },
    ];
  }
  if (isMap(members)) return members.items.map((member) => readMember(group, member, placeOf));
  if (isNothing(members)) return [];
  return [{ where, what: 'must be a group of settings', hint: 'see config/config.example.yaml' }];
}

function readMember(group: string, pair: Pair, placeOf: PlaceOf): EntryResult {
  const name = `${group}.${keyOf(pair)}`;
  const known = listSettings().map((each) => each.name);
  const where = placeOf(pair.key);
  if (!known.includes(name)) {
    const hint = didYouMean(nearestName(name, known), 'docs/configuration.md lists every setting');
    return { where: `${where}: ${name}`, what: 'unknown setting', hint };
  }
  const texts = textsOf(pair.value);
  if (texts !== undefined) return { name, texts, from: where };
  return {
    setting: name,
    where,
    what: 'has no value that can be read',
    hint: 'write a text or a number, or remove the line',
  };
}

function isNothing(node: unknown): boolean {
  return node === null || (isScalar(node) && node.value === null);
}

function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : '(a key that is no text)';
}

function textsOf(value: unknown): string[] | undefined {
  const texts = (isSeq(value) ? value.items : [value]).map(textOf);
  return texts.every((text) => text !== undefined) ? texts : undefined;
}

/** The text as written, not as YAML interprets it: a secret `0123` stays `0123`. */
function textOf(value: unknown): string | undefined {
  return isScalar(value) && value.value !== null ? (value.source ?? String(value.value)) : undefined;
}
