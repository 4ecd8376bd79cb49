import { hash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../domain/contracts.ts';
import { errorResponse } from '../../http/json-response.ts';
import type { Queries } from '../../queries/all-queries.ts';
import { sendError } from '../reply.ts';
import { type Cell, csvOf } from './csv.ts';
import { OPERATIONS } from './operations.ts';
import { BadQuery, type Given, type Operation, readValues, type Values } from './parameters.ts';

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
export interface ReadRoute<O extends Operation, Answer> {
  /** Throws `BadQuery` where values do not fit each other. */
  readonly ask: (values: Values<O>, nowMs: number, request: FastifyRequest) => Promise<Answer>;
  /** Required if the operation has the parameter `format`. */
  readonly table?: (answer: Answer) => Table;
}

interface Dated {
  readonly as_of: string;
  /** Of an answer with ages, which count from it. */
  readonly now?: string;
}

/** `2026-11-28T12:00:00`: ages are shown in seconds. */
const WHOLE_SECOND = 19;

/** Adds the route of an operation: checked parameters, JSON or CSV, and 304 while the numbers are the same. */
export function addReadRoute<O extends Operation, Answer extends Dated>(
  app: FastifyInstance,
  clock: Clock,
  operation: O,
  { ask, table }: ReadRoute<O, Answer>,
): void {
  const path = OPERATIONS[operation].path.replace('{id}', ':id');
  app.get(path, async (request, reply) => {
    try {
      const nowMs = clock();
      const values = readValues(operation, request.query as Given);
      const answer = await ask(values, nowMs, request);
      const tag = tagOf(answer);
      reply.header('ETag', tag);
      if (isNamed(tag, request.headers['if-none-match'])) return reply.code(304).send();
      if (table !== undefined && 'format' in values && values.format === 'csv')
        return sendTable(reply, operation, table(answer));
      return reply.send(answer);
    } catch (error) {
      if (!(error instanceof BadQuery)) throw error;
      return sendError(reply, errorResponse(error.code, { message: error.message }));
    }
  });
}

/** Of what it says, not of when it was asked: the same numbers have the same tag. */
function tagOf(answer: Dated): string {
  const said = JSON.stringify({
    ...answer,
    ...{ as_of: null, window: null, now: answer.now?.slice(0, WHOLE_SECOND) },
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

function sendTable(reply: FastifyReply, operation: Operation, { columns, rows }: Table): FastifyReply {
  return reply
    .header('Content-Disposition', `attachment; filename="ant-watcher-${operation}.csv"`)
    .type('text/csv; charset=utf-8')
    .send(csvOf(rows, columns));
}
