import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/*
 * TypeScript out of the OpenAPI document: a type for each schema, and what parameters each operation has.
 */

export interface OpenApiSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly (string | boolean | null)[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, OpenApiSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | OpenApiSchema;
  readonly items?: OpenApiSchema;
  readonly prefixItems?: readonly OpenApiSchema[];
  readonly allOf?: readonly OpenApiSchema[];
  readonly oneOf?: readonly OpenApiSchema[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
}

export interface OpenApiParameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: 'query' | 'path';
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: OpenApiSchema;
}

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly responses?: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: OpenApiSchema }>> }>
  >;
  readonly parameters?: readonly OpenApiParameter[];
}

export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, { readonly get: Operation }>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, OpenApiSchema>>;
    readonly parameters: Readonly<Record<string, OpenApiParameter>>;
  };
}

export const OPENAPI_FILE = new URL('../src/api/openapi.yaml', import.meta.url);

/** The document, as it is written. */
export function readOpenApi(): OpenApiDocument {
  return parse(readFileSync(OPENAPI_FILE, 'utf8')) as OpenApiDocument;
}

/** The text of `src/domain/openapi-types.ts`. */
export function openApiTypes(generated: string): string {
  const { schemas } = readOpenApi().components;
  const types = Object.entries(schemas).map(([name, schema]) => {
    const about = schema.description === undefined ? '' : `/** ${schema.description} */\n`;
    return `${about}export type ${name} = ${typeOf(schema, 0)};\n`;
  });
  return `// ${generated} From openapi.yaml.\n\n${types.join('\n')}`;
}

/** The text of `src/api/read-api/operations.ts`. */
export function openApiOperations(generated: string): string {
  return tableText(generated, 'The query parameters of each operation.', Object.fromEntries);
}

/** The text of `dashboard/answers/operations.ts`. The page has to be small: it asks for no others by name. */
export function openApiOperationNames(generated: string): string {
  return tableText(
    generated,
    'The path of each operation, its filters, and whether it has a window (from) and a file (format).',
    (parameters) =>
      parameters
        .filter(([name, kind]) => kind.repeatable === true || name === 'from' || name === 'format')
        .map(([name]) => name),
  );
}

function tableText(
  generated: string,
  about: string,
  show: (parameters: readonly (readonly [name: string, kind: ReturnType<typeof kindOf>])[]) => unknown,
): string {
  const { paths, components } = readOpenApi();
  const operations = Object.entries(paths).map(([path, { get }]) => {
    const parameters = (get.parameters ?? [])
      .map((each) => resolved(each, components.parameters))
      .filter((each) => each.in === 'query')
      .map((each) => [each.name, kindOf(each, components.schemas)] as const);
    return [get.operationId, { path, parameters: show(parameters) }] as const;
  });
  const table = JSON.stringify(Object.fromEntries(operations));
  return `// ${generated} From openapi.yaml.\n\n/** ${about} */\nexport const OPERATIONS = ${table} as const;\n`;
}

function resolved(
  parameter: OpenApiParameter,
  known: Readonly<Record<string, OpenApiParameter>>,
): OpenApiParameter {
  if (parameter.$ref === undefined) return parameter;
  const found = known[nameOf(parameter.$ref)];
  if (found === undefined) throw new Error(`There is no ${parameter.$ref}.`);
  return found;
}

function kindOf({ schema, required }: OpenApiParameter, schemas: Readonly<Record<string, OpenApiSchema>>) {
  const isList = schema.type === 'array';
  const one = isList ? (schema.items ?? {}) : schema;
  const {
    type,
    enum: values,
    minimum,
    maximum,
    maxLength,
  } = one.$ref === undefined ? one : (schemas[nameOf(one.$ref)] ?? {});
  return {
    type,
    values,
    minimum,
    maximum,
    maxLength,
    default: schema.default,
    required,
    repeatable: isList || undefined,
  };
}

function typeOf(schema: OpenApiSchema, depth: number): string {
  const { $ref, enum: values, allOf, oneOf, type } = schema;
  if ($ref !== undefined) return nameOf($ref);
  if (values !== undefined) return values.map((value) => literal(value)).join(' | ');
  if (oneOf !== undefined) return oneOf.map((each) => typeOf(each, depth)).join(' | ');
  if (allOf !== undefined)
    return [...allOf, { ...schema, allOf: undefined as never }]
      .map((each) => typeOf(each, depth))
      .filter((each) => each !== '')
      .join(' & ');
  const types = typeof type === 'string' ? [type] : (type ?? []);
  return types.map((each) => plainType(each, schema, depth)).join(' | ');
}

function plainType(type: string, schema: OpenApiSchema, depth: number): string {
  if (type === 'object') return objectType(schema, depth);
  if (type === 'array') return arrayType(schema, depth);
  return type === 'integer' ? 'number' : type;
}

function arrayType({ prefixItems, items = {} }: OpenApiSchema, depth: number): string {
  if (prefixItems !== undefined)
    return `readonly [${prefixItems.map((each) => typeOf(each, depth)).join(', ')}]`;
  const item = typeOf(items, depth);
  return `readonly ${item.includes('|') || item.startsWith('readonly') ? `(${item})` : item}[]`;
}

function objectType(
  { properties = {}, required = [], additionalProperties }: OpenApiSchema,
  depth: number,
): string {
  if (typeof additionalProperties === 'object')
    return `Readonly<Record<string, ${typeOf(additionalProperties, depth)}>>`;
  const indent = '  '.repeat(depth + 1);
  const fields = Object.entries(properties).map(([name, schema]) => {
    const about = schema.description === undefined ? '' : `${indent}/** ${schema.description} */\n`;
    return `${about}${indent}readonly ${name}${required.includes(name) ? '' : '?'}: ${typeOf(schema, depth + 1)};\n`;
  });
  return `{\n${fields.join('')}${'  '.repeat(depth)}}`;
}

function literal(value: string | boolean | null): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}

function nameOf(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1);
}
