import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENDPOINTS } from '../simulator/rest/router.ts';

/*
 * `bin/node scripts/extract-github-openapi.ts`: extracts from GitHub's published description of its REST API
 * what the tests compare the simulated GitHub with, and writes it to test/github-openapi/. The whole
 * description takes 400 MB, so it is downloaded only for this. Run it for a new version, and when the
 * simulator serves another endpoint.
 */

const PACKAGE = '@octokit/openapi@23.0.2';
const FOLDER = join(import.meta.dirname, '..', 'test', 'github-openapi');
/** What the tests refer to by name: the form of errors, and a correction of the description. */
const NAMED = ['basic-error', 'installation'];
/** OpenAPI keywords that do not restrict which answers are valid. */
const FOR_READERS = new Set(['description', 'title', 'example', 'examples', 'externalDocs', 'deprecated']);

type Json = Record<string, unknown>;
type Content = { readonly content?: Readonly<Record<string, { readonly schema: Json } | undefined>> };

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: Json }>>>>;
  readonly components: { readonly schemas: Json; readonly responses: Json };
}

const unpacked = mkdtempSync(join(tmpdir(), 'github-openapi-'));
try {
  execFileSync('npm', ['pack', PACKAGE, '--silent'], { cwd: unpacked });
  execFileSync(
    'sh',
    [
      '-c',
      'tar -xzf *.tgz package/LICENSE package/generated/api.github.com.json package/generated/ghec.json',
    ],
    {
      cwd: unpacked,
    },
  );
  const read = (file: string) => readFileSync(join(unpacked, 'package', file), 'utf8');
  const [usual, enterprise] = ['api.github.com', 'ghec'].map((name) =>
    JSON.parse(read(`generated/${name}.json`)),
  ) as [Description, Description];
  const extract = extractFrom(bothOf(usual, enterprise));
  writeFileSync(
    join(FOLDER, 'extract.json'),
    `${JSON.stringify({ source: PACKAGE, ...extract }, null, 1)}\n`,
  );
  writeFileSync(join(FOLDER, 'LICENSE'), read('LICENSE'));
} finally {
  rmSync(unpacked, { recursive: true });
}

/** Endpoints of enterprises are only in the description of Enterprise Cloud. */
function bothOf(usual: Description, enterprise: Description): Description {
  const { schemas, responses } = enterprise.components;
  return {
    paths: { ...enterprise.paths, ...usual.paths },
    components: {
      schemas: { ...schemas, ...usual.components.schemas },
      responses: { ...responses, ...usual.components.responses },
    },
  };
}

/**
 * By endpoint and status the schema of the answer, where that is JSON, and all schemas that those refer to.
 */
function extractFrom({ paths, components }: Description): { readonly answers: Json; readonly schemas: Json } {
  const answers: Record<string, Json> = {};
  for (const { method, path } of ENDPOINTS) {
    const responses = Object.entries(paths[path]?.[method.toLowerCase()]?.responses ?? {});
    if (responses.length === 0) throw new Error(`The description has no ${method} ${path}.`);
    const schemas = responses.map(([status, response]) => [status, schemaOf(response as Json)] as const);
    answers[`${method} ${path}`] = Object.fromEntries(schemas.filter(([, schema]) => schema !== undefined));
  }
  const schemas: Json = {};
  const reach = (name: string): void => {
    if (name in schemas) return;
    schemas[name] = withoutWords(components.schemas[name]);
    for (const other of namesIn(schemas[name])) reach(other);
  };
  for (const name of [...NAMED, ...namesIn(answers)]) reach(name);
  return { answers, schemas };

  function schemaOf(response: Json): unknown {
    const name = typeof response['$ref'] === 'string' ? response['$ref'].split('/').at(-1) : undefined;
    const { content } = (name === undefined ? response : components.responses[name]) as Content;
    return withoutWords(content?.['application/json']?.schema);
  }
}

function namesIn(part: unknown): string[] {
  const references = JSON.stringify(part).matchAll(/"#\/components\/schemas\/([^"]+)"/g);
  return Array.from(references, ([, name = '']) => name);
}

function withoutWords(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(withoutWords);
  if (typeof part !== 'object' || part === null) return part;
  const members = Object.entries(part).filter(([key]) => !FOR_READERS.has(key) && !key.startsWith('x-'));
  return Object.fromEntries(
    members.map(([key, value]) => {
      if (key === 'enum' || key === 'required' || key === 'default') return [key, value];
      // The names in here are members of the data, not keywords of the schema.
      if (key !== 'properties') return [key, withoutWords(value)];
      return [
        key,
        Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withoutWords(each)])),
      ];
    }),
  );
}
