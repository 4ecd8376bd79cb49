import { createHash } from 'node:crypto';

/** SQL that is prepared once on each connection, under this name; without a name, for each use. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** The same text has the same name in every process. */
export function statement(text: string): Statement {
  return { name: `ant_${createHash('sha256').update(text).digest('hex').slice(0, 16)}`, text };
}
