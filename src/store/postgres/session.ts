import type { Socket } from 'node:net';
import type { Client, PoolClient } from 'pg';
import { arrayLiteral } from './array-literal.ts';
import type { Statement } from './statement.ts';

export type Row = Readonly<Record<string, unknown>>;

/**
 * Sends statements over one connection. Each is sent at once and answered in the order of sending: what does not
 * depend on one another costs one round trip together.
 */
export interface Session {
  /** Rejects with the error of the database, or of the connection. */
  rows<Found = Row>(statement: Statement, values?: readonly unknown[]): Promise<Found[]>;
  /** The same with an array of columns for each row, which is quicker. */
  arrays<Found>(statement: Statement, values?: readonly unknown[]): Promise<Found[]>;
  /** How many rows it changed. */
  run(statement: Statement, values?: readonly unknown[]): Promise<number>;
  /** Nothing waits for its answer but the end of the transaction, which fails if it does. */
  send(statement: Statement, values?: readonly unknown[]): void;
}

/** A session whose `send` can be waited for. */
export interface OpenSession extends Session {
  /** Rejects when one of them does. */
  sent(): Promise<unknown>;
  /** The first error of a statement: those after it only say that the transaction is over. */
  readonly failure: unknown;
}

/** `isPrepared`: whether the connection keeps prepared statements from one transaction to the next. */
export function sessionOf(client: Client | PoolClient, isPrepared: boolean): OpenSession {
  const answers: Promise<unknown>[] = [];
  let failure: unknown;
  const query = async ({ name, text }: Statement, values: readonly unknown[], shape = {}) => {
    try {
      writeTogether(client);
      const literals = values.map((value) => (Array.isArray(value) ? arrayLiteral(value) : value));
      return await client.query({ ...(isPrepared ? { name } : {}), text, values: literals, ...shape });
    } catch (error) {
      failure ??= error;
      throw error;
    }
  };
  return {
    get failure() {
      return failure;
    },
    rows: async <Found>(statement: Statement, values: readonly unknown[] = []) =>
      (await query(statement, values)).rows as Found[],
    arrays: async <Found>(statement: Statement, values: readonly unknown[] = []) =>
      (await query(statement, values, { rowMode: 'array' })).rows as Found[],
    run: async (statement, values = []) => (await query(statement, values)).rowCount ?? 0,
    send(statement, values = []) {
      const answer = query(statement, values);
      answer.catch(() => undefined);
      answers.push(answer);
    },
    sent: () => Promise.all(answers),
  };
}

/** What is sent until the event loop goes on is one write of the socket, and one waking of the server. */
export function writeTogether(client: Client | PoolClient): void {
  const { stream } = (client as unknown as { readonly connection: { readonly stream: Socket } }).connection;
  if (stream.writableCorked > 0) return;
  stream.cork();
  process.nextTick(() => stream.uncork());
}
