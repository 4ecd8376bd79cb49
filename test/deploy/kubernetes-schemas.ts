import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { parse } from 'yaml';
import { goFolderOf } from '../peers.ts';

/*
 * The schemas of objects of Kubernetes, of Prometheus' operator and of the Gateway API, as these publish them.
 */

/** An object of Kubernetes. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: unknown;
  readonly data?: Readonly<Record<string, string>>;
}

const BUILTINS = join(goFolderOf('kubectl-validate'), 'pkg/openapiclient/builtins/1.30');
const CUSTOM = [
  join(goFolderOf('prometheus-operator'), 'example/prometheus-operator-crd/*.yaml'),
  join(goFolderOf('gateway-api'), 'config/crd/standard/*.yaml'),
];

/** What is wrong with an object: unknown keys, too. Throws when nobody publishes its schema. */
export function faultsOfObject(object: KubernetesObject): string[] {
  const validate = validatorOf(object);
  if (validate === undefined) throw new Error(`There is no schema of ${object.apiVersion} ${object.kind}.`);
  validate(object);
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `${object.kind}${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

const validators = new Map<string, ValidateFunction | undefined>();

function validatorOf({ apiVersion, kind }: KubernetesObject): ValidateFunction | undefined {
  const id = `${apiVersion} ${kind}`;
  if (!validators.has(id)) validators.set(id, builtin(apiVersion, kind) ?? custom(apiVersion, kind));
  return validators.get(id);
}

function builtin(apiVersion: string, kind: string): ValidateFunction | undefined {
  const file = join(BUILTINS, apiVersion.includes('/') ? 'apis' : 'api', `${apiVersion}.json`);
  if (!existsSync(file)) return undefined;
  const document = closeObjects(JSON.parse(readFileSync(file, 'utf8')));
  const { schemas } = (document as { components: { schemas: Record<string, object> } }).components;
  const [group = '', version = 'v1'] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const name = Object.entries(schemas).find(([, schema]) => isOfKind(schema, { group, version, kind }))?.[0];
  if (name === undefined) return undefined;
  return newAjv()
    .addSchema(document as object, file)
    .getSchema(`${file}#/components/schemas/${name}`);
}

function isOfKind(schema: object, wanted: object): boolean {
  const kinds: unknown[] = (schema as Record<string, unknown[]>)['x-kubernetes-group-version-kind'] ?? [];
  const text = JSON.stringify(Object.entries(wanted).sort());
  return kinds.some((each) => JSON.stringify(Object.entries(each as object).sort()) === text);
}

interface Definition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly {
      readonly name: string;
      readonly schema: { readonly openAPIV3Schema: object };
    }[];
  };
}

function custom(apiVersion: string, kind: string): ValidateFunction | undefined {
  for (const path of globSync(CUSTOM)) {
    const definition: Definition = parse(readFileSync(path, 'utf8'));
    const { group, names, versions } = definition.spec;
    const version = versions.find(({ name }) => `${group}/${name}` === apiVersion);
    if (names.kind !== kind || version === undefined) continue;
    const schema = closeObjects(version.schema.openAPIV3Schema) as { properties: Record<string, object> };
    return newAjv().compile({
      ...schema,
      properties: { ...schema.properties, metadata: { type: 'object' } },
    });
  }
  return undefined;
}

/** The words of Kubernetes' own are no rules here, and formats such as int32 are not checked. */
function newAjv(): Ajv {
  return new Ajv({ strict: false, validateFormats: false, allErrors: true, code: { regExp: GO_PATTERNS } });
}

/** In Go, a part of a pattern may begin with `(?i)`. */
const GO_PATTERNS = Object.assign(
  (pattern: string, flags: string) =>
    pattern.includes('(?i)')
      ? new RegExp(pattern.replace('(?i)', ''), `${flags}i`)
      : new RegExp(pattern, flags),
  { code: '' },
);

/** As a server that is asked to be strict: what a schema does not list is refused. */
function closeObjects(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closeObjects);
  if (typeof schema !== 'object' || schema === null) return schema;
  const closed = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closeObjects(value)]));
  const isOpen = 'additionalProperties' in closed || closed['x-kubernetes-preserve-unknown-fields'] === true;
  return closed['type'] === 'object' && 'properties' in closed && !isOpen
    ? { ...closed, additionalProperties: false }
    : closed;
}
