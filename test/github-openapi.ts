import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type AnySchema, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/*
 * GitHub's published description of its REST API, as schemas to check answers against. Stricter than the
 * description: an object has no members other than those described. scripts/extract-github-openapi.ts
 * extracts the parts needed here.
 */

type Json = Record<string, unknown>;

interface Extract {
  /** Schemas by endpoint (`GET /meta`) and status. */
  readonly answers: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly schemas: Json;
}

interface UsageReport {
  readonly properties: { readonly usageItems: { readonly items: { readonly properties: Json } } };
}

const FILE = join(import.meta.dirname, 'github-openapi', 'extract.json');
const SCHEMAS = '#/components/schemas/';

/**
 * Where the description contradicts itself: here the account of an installation is a user and an enterprise
 * at once, in the schema `installation` it is either.
 */
const CORRECTIONS: Readonly<Record<string, Json>> = {
  'GET /app/installations 200': { type: 'array', items: { $ref: `${SCHEMAS}installation` } },
};

/** Where it says too little: what is used of storage is no whole number. */
const FRACTIONS = ['billing-usage-report', 'billing-usage-report-user'];

const ERROR = { $ref: `${SCHEMAS}basic-error` };

/** Returns the faults of a body; an empty list when it matches. */
export type Validate = (body: unknown) => string[];

export interface GitHubOpenApi {
  /** Throws when the description has no such answer. `path` is as written there: `/repos/{owner}/{repo}`. */
  validator(method: string, path: string, status: number): Validate;
  /** The same for a refusal; one not listed for the endpoint must have the general form of errors. */
  refusal(method: string, path: string, status: number): Validate;
}

export function readGitHubOpenApi(): GitHubOpenApi {
  const { answers, schemas } = JSON.parse(readFileSync(FILE, 'utf8')) as Extract;
  for (const name of FRACTIONS) {
    const { items } = (schemas[name] as UsageReport).properties.usageItems;
    items.properties.quantity = { type: 'number' };
  }
  const ajv = new Ajv2020({ strict: false, allErrors: true, logger: false });
  addFormats.default(ajv);
  // For bots GitHub shows addresses with brackets, which are strictly speaking invalid.
  ajv.addFormat('email', /^\S+@\S+$/);
  const made = new Map<string, ValidateFunction>();
  const schemaOf = (method: string, path: string, status: number): Json | undefined =>
    CORRECTIONS[`${method} ${path} ${status}`] ?? answers[`${method} ${path}`]?.[status];
  const validating = (schema: Json): Validate => {
    const name = JSON.stringify(schema);
    const validate = made.get(name) ?? ajv.compile(selfContained(schema, schemas));
    made.set(name, validate);
    return (body) => faultsOf(validate, body);
  };
  return {
    validator(method, path, status) {
      const schema = schemaOf(method, path, status);
      if (schema !== undefined) return validating(schema);
      throw new Error(`${method} ${path} has no answer ${status} in the description.`);
    },
    refusal: (method, path, status) => validating(schemaOf(method, path, status) ?? ERROR),
  };
}

function faultsOf(validate: ValidateFunction, body: unknown): string[] {
  validate(body);
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

/** The schema as JSON Schema, with everything that it refers to. */
function selfContained(schema: Json, schemas: Json): AnySchema {
  const definitions: Json = {};
  const reach = (part: unknown): unknown => {
    const text = JSON.stringify(part);
    for (const [, name = ''] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (name in definitions) continue;
      definitions[name] = {};
      definitions[name] = reach(schemas[name]);
    }
    return translate(part, true);
  };
  const root = reach(schema) as Json;
  return { ...root, $defs: definitions };
}

/**
 * OpenAPI 3.0 says `nullable` where JSON Schema has a type null. Parts of an `allOf` stay open for the
 * members that the other parts describe.
 */
function translate(part: unknown, isWhole: boolean): unknown {
  if (Array.isArray(part)) return part.map((each) => translate(each, isWhole));
  if (typeof part !== 'object' || part === null) return part;
  const { nullable, ...rest } = part as Json;
  const made = Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [key, translateMember(key, value)]),
  );
  if (typeof made.$ref === 'string') made.$ref = made.$ref.replace(SCHEMAS, '#/$defs/');
  const isClosed = isWhole && 'properties' in made && !('additionalProperties' in made);
  if (isClosed) made.unevaluatedProperties = false;
  return nullable === true ? { anyOf: [{ type: 'null' }, made] } : made;
}

function translateMember(key: string, value: unknown): unknown {
  if (key === 'enum' || key === 'required' || key === 'default') return value;
  // The names in here are members of the data, not keywords of the schema.
  if (key === 'properties') {
    const members = Object.entries(value as Json).map(([name, each]) => [name, translate(each, true)]);
    return Object.fromEntries(members);
  }
  return translate(value, key !== 'allOf');
}
