import {
  type OpenApiDocument,
  type OpenApiParameter,
  type OpenApiSchema,
  readOpenApi,
} from './openapi-types.ts';

/*
 * `docs/read-api.md`: the OpenAPI document as a page for people.
 */

const INTRO = `Everything that the page shows, for scripts and other tools. The same in machine-readable form:
\`GET /api/v1/openapi.json\` (OpenAPI 3.1). Who may read is in [Who may use the API](configure.md#who-may-use-the-api).

\`\`\`sh
curl -H "Authorization: Bearer $TOKEN" 'localhost:9876/api/v1/queues?from=-7d&label=gpu'
curl -H "Authorization: Bearer $TOKEN" 'localhost:9876/api/v1/cost?by=workflow&format=csv' > cost.csv
\`\`\`

- Times are RFC 3339 in UTC. \`p50\`, \`p95\`, \`p99\`, \`max\` and all that ends in \`_seconds\` are seconds. A percentile is the
  nearest rank of the real values: one of them, never one in between.
- Every answer has \`as_of\`, the last change that it shows; \`window\`, null for what is now; and \`definitions\`, the name of
  the meaning of its words and numbers, which [meaning.md](meaning.md) explains.
- A filter that is repeated matches any of its values; different filters must all match. An empty parameter counts as not
  given. A wrong one is a 400 that names it and the nearest right one.
- \`format=csv\` is a table with a header, for spreadsheets.
- \`ETag\`: asking again with \`If-None-Match\` is a 304 while the numbers are the same.
- Questions are answered one after the other, away from the webhooks. One that takes too long, or would wait for over two
  seconds, is a 503 \`query_too_slow\` with \`Retry-After\`.
`;

/** The text of the page. */
export function readApiPage(generated: string): string {
  const document = readOpenApi();
  const routes = Object.entries(document.paths).map(([path, { get }]) => {
    const parameters = get.parameters ?? [];
    const own = parameters.filter(({ $ref }) => $ref === undefined);
    const about = get.description === undefined ? '' : ` ${get.description}`;
    return [
      `## GET ${path}\n\n${get.summary}.${about}\n`,
      own.length === 0 ? '' : parameterTable(own, document),
      sharedLine(parameters, document),
      answerOf(get, document),
    ].join('\n');
  });
  const shared = `## Shared parameters\n\n${parameterTable(Object.values(document.components.parameters), document)}`;
  return `# Read API\n\n<!-- ${generated} From src/api/openapi.yaml. -->\n\n${INTRO}\n${[shared, ...routes].join('\n')}`.replaceAll(
    /\n{3,}/g,
    '\n\n',
  );
}

function sharedLine(parameters: readonly OpenApiParameter[], document: OpenApiDocument): string {
  const shared = parameters.filter(({ $ref }) => $ref !== undefined);
  if (shared.length === 0) return '';
  const names = shared.map((each) => `\`${resolvedParameter(each, document).name}\``);
  return `${shared.length === parameters.length ? 'Takes' : 'And'} ${names.join(', ')}.\n`;
}

function parameterTable(parameters: readonly OpenApiParameter[], document: OpenApiDocument): string {
  const rows = parameters.map(({ name, description = '', required, schema }) => {
    const item = schema.items ?? schema;
    const { enum: values } = resolvedSchema(item, document);
    const choices =
      values === undefined
        ? ''
        : withoutDescending(values)
            .map((each) => `\`${each}\``)
            .join(', ');
    const byDefault = schema.default === undefined || schema.default === '' ? '' : `\`${schema.default}\``;
    const about = [description, choices && `One of ${choices}.`, rangeOf(schema)].filter(
      (each) => each !== '',
    );
    return `| \`${name}\`${required ? ' (required)' : ''} | ${about.join(' ')} | ${byDefault} |`;
  });
  return ['| parameter | meaning | default |', '| --- | --- | --- |', ...rows, ''].join('\n');
}

function rangeOf({ minimum, maximum }: OpenApiSchema): string {
  if (maximum !== undefined) return `${minimum ?? 0} to ${maximum}.`;
  return '';
}

/** Each order can be turned round; the table need not list both. */
function withoutDescending(values: readonly unknown[]): readonly string[] {
  return values.map(String).filter((each) => !each.startsWith('-'));
}

function answerOf({ responses }: OpenApiDocument['paths'][string]['get'], document: OpenApiDocument): string {
  const content = responses?.['200']?.content ?? {};
  const schema = content['application/json']?.schema ?? content['text/event-stream']?.schema;
  if (schema === undefined) return '';
  return fieldLines(resolvedSchema(schema, document), document, 0).join('\n').concat('\n');
}

function fieldLines(schema: OpenApiSchema, document: OpenApiDocument, depth: number): string[] {
  const { properties = {}, allOf = [] } = schema;
  const inherited = allOf.flatMap((each) => fieldLines(resolvedSchema(each, document), document, depth));
  const lines: string[] = [];
  let plain: string[] = [];
  const endPlain = () => {
    if (plain.length > 0) lines.push(`${'  '.repeat(depth)}- ${plain.join(', ')}`);
    plain = [];
  };
  for (const [name, field] of Object.entries(properties)) {
    const { text, inner } = describedField(name, field, document, depth);
    if (inner.length === 0 && text === '') plain.push(`\`${name}\``);
    else {
      endPlain();
      lines.push(`${'  '.repeat(depth)}- \`${name}\`${text === '' ? '' : `: ${text}`}`, ...inner);
    }
  }
  endPlain();
  return [...inherited, ...lines];
}

function describedField(name: string, field: OpenApiSchema, document: OpenApiDocument, depth: number) {
  const schema = resolvedSchema(field, document);
  const item = schema.items === undefined ? schema : resolvedSchema(schema.items, document);
  const { enum: values } = item;
  const choices =
    values === undefined || name === 'definitions'
      ? undefined
      : `${values.map((each) => `\`${each}\``).join(', ')}.`;
  const about = [
    item === schema ? undefined : 'a list.',
    choices,
    field.description ?? schema.description,
    item === schema ? undefined : item.description,
  ];
  return {
    text: about.filter((each) => each !== undefined).join(' '),
    inner: fieldLines(item, document, depth + 1),
  };
}

function resolvedSchema(schema: OpenApiSchema, { components }: OpenApiDocument): OpenApiSchema {
  const { $ref, ...own } = schema;
  return $ref === undefined
    ? schema
    : { ...components.schemas[$ref.slice($ref.lastIndexOf('/') + 1)], ...own };
}

function resolvedParameter(parameter: OpenApiParameter, { components }: OpenApiDocument): OpenApiParameter {
  const { $ref } = parameter;
  return $ref === undefined
    ? parameter
    : (components.parameters[$ref.slice($ref.lastIndexOf('/') + 1)] ?? parameter);
}
