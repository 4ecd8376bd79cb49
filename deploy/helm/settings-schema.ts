import type { Kind } from '../../src/config/kinds.ts';
import { MAX_ITEMS, type Setting } from '../../src/config/setting.ts';
import { listSettings } from '../../src/config/settings.ts';

/** A JSON Schema (draft 7), or a part of one. */
export type Schema = Readonly<Record<string, unknown>>;

/** What the schema of settings refers to: to be put under `definitions` of the schema that it is part of. */
export const SETTING_DEFINITIONS: Readonly<Record<string, Schema>> = {
  // Not a password in a URL, nor a parameter that is named as a secret, nor a token of GitHub.
  text: {
    type: ['string', 'number', 'boolean'],
    not: {
      anyOf: [
        { type: 'string', pattern: '://[^/?#@\\s]*:[^/?#\\s]*@' },
        {
          type: 'string',
          pattern: '[?&][A-Za-z0-9_.-]*([Tt]oken|[Ss]ecret|[Pp]assw(or)?d|[Ss]ignature|[Aa]pi[_-]?[Kk]ey)=',
        },
        { type: 'string', pattern: '(gh[opusr]|github_pat)_[A-Za-z0-9_]{8}' },
      ],
    },
  },
  texts: { type: 'array', items: { $ref: '#/definitions/text' } },
  textOrTexts: { anyOf: [{ $ref: '#/definitions/text' }, { $ref: '#/definitions/texts' }] },
  file: { type: 'string', minLength: 1 },
};

/**
 * The schema of a configuration file that holds no secrets: each may only be the name of a file. It refuses unknown
 * settings and what is obviously no value; `check-config` knows the rest.
 */
export function settingsSchema(): Schema {
  const properties: Record<string, Schema> = {};
  for (const group of Map.groupBy(listSettings(), ({ name }) => groupOf(name))) {
    const [name, settings] = group;
    if (name === '') Object.assign(properties, membersOf(settings));
    else properties[name] = { ...closed(membersOf(settings)), type: ['object', 'null'] };
  }
  return closed(properties);
}

function groupOf(name: string): string {
  return name.includes('.') ? name.slice(0, name.indexOf('.')) : '';
}

function closed(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: 'object', additionalProperties: false, properties };
}

/** The settings of a group, or the fields of an item, by their keys. */
function membersOf(settings: readonly Setting<unknown>[]): Record<string, Schema> {
  return Object.fromEntries(settings.map(memberOf));
}

function memberOf({ name, kind, about, secret, fields }: Setting<unknown>): [key: string, schema: Schema] {
  const key = name.slice(name.indexOf('.') + 1);
  const description = about.replaceAll('`', '');
  if (fields !== undefined) {
    const all: readonly Setting<unknown>[] = Object.values(fields);
    const required = all.filter(({ needed }) => needed !== undefined).map((each) => each.name);
    return [
      key,
      { description, type: 'array', maxItems: MAX_ITEMS, items: { ...closed(membersOf(all)), required } },
    ];
  }
  if (secret) return [`${key}_file`, { description, $ref: '#/definitions/file' }];
  return [key, { description, ...schemaOf(kind) }];
}

/** In a file, a list may be one text, a list or, where its items are pairs, a map. */
function schemaOf({ form, items, entry }: Kind<unknown>): Schema {
  if (form !== undefined) return { ...form };
  if (items === undefined) return { $ref: '#/definitions/text' };
  const list = { $ref: '#/definitions/textOrTexts' };
  return entry === undefined ? list : { anyOf: [list, { type: 'object', additionalProperties: list }] };
}
