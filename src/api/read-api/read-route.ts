import { hash } from 'node:crypto';
import type { Clock } from '../../domain/contracts.ts';
import type { Queries } from '../../queries/all-queries.ts';
import { type Answer, jsonAnswer } from '../routing/answer.ts';
import type { ApiRequest, Routes } from '../routing/route-table.ts';
import { readQuery } from '../routing/target.ts';
import { type Cell, csvOf } from './csv.ts';
import { OPERATIONS } from './operations.ts';
import { type Operation, readValues, type Values } from './parameters.ts';

export interface ReadApiOptions {
  readonly queries: Queries;
  readonly clock: Clock;
  /** The base URL of GitHub's pages, without a slash at the end. */
  readonly webUrl: () => string;
}

/** The answer as a table: for spreadsheets. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, Cell>>[];
}

/** One question of the read API. */
export interface ReadRoute<O extends Operation, Content> {
  /** Throws `BadQuery` where values do not fit each other. */
  readonly ask: (values: Values<O>, nowMs: number, request: ApiRequest) => Promise<Content>;
  /** Required if the operation has the parameter `format`. */
  readonly table?: (content: Content) => Table;
}

interface Dated {
  readonly as_of: string;
  /** Of an answer with ages, which count from it. */
  readonly now?: string;
}

/** `2026-11-28T12:00:00`: ages are shown in seconds. */
const WHOLE_SECOND = 19;

/** Adds the route of an operation: checked parameters, JSON or CSV, and 304 while the numbers are the same. */
export function addReadRoute<O extends Operation, Content extends Dated>(
  routes: Routes,
  clock: Clock,
  operation: O,
  { ask, table }: ReadRoute<O, Content>,
): void {
  const path = OPERATIONS[operation].path.replace('{id}', ':id');
  routes.get(path, async (request) => {
    const nowMs = clock();
    const values = readValues(operation, readQuery(request.search));
    const content = await ask(values, nowMs, request);
    const tag = tagOf(content);
    if (isNamed(tag, request.headers['if-none-match'])) return { status: 304, headers: { ETag: tag } };
    const isTable = 'format' in values && values.format === 'csv';
    const answer =
      isTable && table !== undefined ? tableAnswer(operation, table(content)) : jsonAnswer(content);
    return { ...answer, headers: { ETag: tag, ...answer.headers } };
  });
}

/** Of what it says, not of when it was asked: the same numbers have the same tag. */
function tagOf(content: Dated): string {
  const said = JSON.stringify({
    ...content,
    ...{ as_of: null, window: null, now: content.now?.slice(0, WHOLE_SECOND) },
  });
  return `W/"${hash('sha1', said, 'base64url')}"`;
}

/**
 * Whether `If-None-Match` has the tag, weak or strong: a list is allowed, and proxies change tags
 * (https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2).
 */
function isNamed(tag: string, asked = ''): boolean {
  const opaque = tag.slice('W/'.length);
  return asked.split(',').some((each) => ['*', opaque, tag].includes(each.trim()));
}

function tableAnswer(operation: Operation, { columns, rows }: Table): Answer {
  const headers = {
    'Content-Disposition': `attachment; filename="ant-watcher-${operation}.csv"`,
    'Content-Type': 'text/csv; charset=utf-8',
  };
  return { status: 200, headers, body: csvOf(rows, columns) };
}
