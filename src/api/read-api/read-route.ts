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
  /** How long an answer is the same while nothing is processed. Default: a minute. */
  readonly sameForMs?: number;
}

interface Dated {
  readonly as_of: string;
}

const MINUTE_MS = 60_000;

/** Adds the route of an operation: checked parameters, JSON or CSV, and 304 while nothing has changed. */
export function addReadRoute<O extends Operation, Answer extends Dated>(
  app: FastifyInstance,
  clock: Clock,
  operation: O,
  { ask, table, sameForMs = MINUTE_MS }: ReadRoute<O, Answer>,
): void {
  const path = OPERATIONS[operation].path.replace('{id}', ':id');
  app.get(path, async (request, reply) => {
    try {
      const nowMs = clock();
      const values = readValues(operation, request.query as Given);
      const answer = await ask(values, nowMs, request);
      reply.header('ETag', tagOf(answer, nowMs, sameForMs));
      if (request.headers['if-none-match'] === reply.getHeader('ETag')) return reply.code(304).send();
      if (table !== undefined && 'format' in values && values.format === 'csv')
        return sendTable(reply, operation, table(answer));
      return reply.send(answer);
    } catch (error) {
      if (!(error instanceof BadQuery)) throw error;
      return sendError(reply, errorResponse(error.code, { message: error.message }));
    }
  });
}

/** Windows move and waits grow with the time, not only with changes. */
function tagOf({ as_of }: Dated, nowMs: number, sameForMs: number): string {
  return `W/"${Date.parse(as_of)}-${Math.floor(nowMs / sameForMs)}"`;
}

function sendTable(reply: FastifyReply, operation: Operation, { columns, rows }: Table): FastifyReply {
  return reply
    .header('Content-Disposition', `attachment; filename="ant-watcher-${operation}.csv"`)
    .type('text/csv; charset=utf-8')
    .send(csvOf(rows, columns));
}
