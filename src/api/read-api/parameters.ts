import { nearestName } from '../../domain/nearest-name.ts';
import { ClientMistake } from '../routing/client-mistake.ts';
import { OPERATIONS } from './operations.ts';

/*
 * The query parameters of a request, checked against the table that is made from the OpenAPI document.
 */

export type Operation = keyof typeof OPERATIONS;

/** What the table says of one parameter. */
interface Rule {
  readonly type?: 'string' | 'integer' | 'number' | 'boolean' | readonly string[];
  readonly values?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly default?: string | number | boolean;
  readonly required?: boolean;
  readonly repeatable?: boolean;
}

type One<R> = R extends { readonly values: readonly (infer V)[] }
  ? V
  : R extends { readonly type: 'boolean' }
    ? boolean
    : R extends { readonly type: 'integer' | 'number' }
      ? number
      : string;

type Value<R> = R extends { readonly repeatable: true }
  ? readonly One<R>[]
  : R extends { readonly default: unknown } | { readonly required: true }
    ? One<R>
    : One<R> | undefined;

type Rules<O extends Operation> = (typeof OPERATIONS)[O]['parameters'];

/** The values of an operation's parameters, by name; lists are empty if nothing is given. */
export type Values<O extends Operation> = { readonly [N in keyof Rules<O>]: Value<Rules<O>[N]> };

/** The parameters as they came, each with its values. */
export type Given = Readonly<Record<string, string | readonly string[]>>;

/** What is asked can't be answered. */
export class BadQuery extends ClientMistake {
  constructor(message: string, code: 'bad_request' | 'not_known' = 'bad_request') {
    super(code, message);
  }
}

/** The most values of one parameter. No person asks for more. */
const MOST_VALUES = 100;
/** No name at GitHub is longer. */
const MOST_LETTERS = 1000;

/** Throws `BadQuery`, which names the parameter and, where there is one, the nearest right name. */
export function readValues<O extends Operation>(operation: O, given: Given): Values<O> {
  const rules: Readonly<Record<string, Rule>> = OPERATIONS[operation].parameters;
  for (const name of Object.keys(given)) if (!Object.hasOwn(rules, name)) throw unknownName(name, rules);
  const values = Object.entries(rules).map(([name, rule]) => {
    // An empty parameter counts as absent: dashboards send them.
    const texts = [given[name] ?? []].flat().filter((text) => text !== '');
    return [name, rule.repeatable ? listOf(name, texts, rule) : singleOf(name, texts, rule)];
  });
  return Object.fromEntries(values) as Values<O>;
}

function unknownName(name: string, rules: Readonly<Record<string, Rule>>): BadQuery {
  const known = Object.keys(rules);
  const nearest = nearestName(name, known);
  const all = `This path takes ${known.length === 0 ? 'none' : `only ${known.join(', ')}`}.`;
  return new BadQuery(
    `There is no parameter ${JSON.stringify(name.slice(0, MOST_LETTERS))}. ${nearest === undefined ? all : `Did you mean ${nearest}?`}`,
  );
}

function listOf(name: string, texts: readonly string[], rule: Rule): readonly unknown[] {
  if (texts.length > MOST_VALUES) throw new BadQuery(`${name} is given more than ${MOST_VALUES} times.`);
  return [...new Set(texts)].map((text) => read(name, text, rule));
}

function singleOf(name: string, [text, another]: readonly string[], rule: Rule): unknown {
  if (another !== undefined) throw new BadQuery(`${name} may be given once only.`);
  if (text !== undefined) return read(name, text, rule);
  if (rule.required) throw new BadQuery(`${name} is missing.`);
  return rule.default;
}

function read(name: string, text: string, rule: Rule): string | number | boolean {
  if (rule.type === 'boolean') return oneOf(name, text, ['true', 'false']) === 'true';
  if (rule.type === 'integer' || rule.type === 'number') return numberOf(name, text, rule);
  if (rule.values !== undefined) return oneOf(name, text, rule.values);
  const most = rule.maxLength ?? MOST_LETTERS;
  if (text.length > most) throw new BadQuery(`${name} must have ${most} letters at most.`);
  return text;
}

function numberOf(name: string, text: string, { type, minimum, maximum }: Rule): number {
  const form = type === 'integer' ? /^-?\d{1,16}$/ : /^\d{1,12}(\.\d{1,6})?$/;
  const value = form.test(text) ? Number(text) : Number.NaN;
  if (value >= (minimum ?? 0) && value <= (maximum ?? Number.MAX_SAFE_INTEGER)) return value;
  const least = `from ${minimum ?? 0}`;
  throw new BadQuery(
    `${name} must be a number ${maximum === undefined ? `${least} on` : `${least} to ${maximum}`}.`,
  );
}

/** Throws `BadQuery` if `text` is none of `known`. */
export function oneOf<T extends string>(name: string, text: string, known: readonly T[]): T {
  const found = known.find((each) => each === text);
  if (found !== undefined) return found;
  if (known.length === 2) throw new BadQuery(`${name} must be ${known.join(' or ')}.`);
  const nearest = nearestName(text, known);
  const hint = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
  const ascending = known.filter((each) => !each.startsWith('-'));
  const more = ascending.length < known.length ? ', with - in front for descending' : '';
  throw new BadQuery(`${name} must be one of ${ascending.join(', ')}${more}.${hint}`);
}
