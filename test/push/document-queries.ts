import { readFileSync } from 'node:fs';

/** A query that a document shows. */
export interface DocumentQuery {
  /** The heading that it is under. */
  readonly heading: string;
  /** `promql` is for both databases, `metricsql` only for VictoriaMetrics. */
  readonly language: 'promql' | 'metricsql';
  readonly query: string;
}

const HEADING_OR_BLOCK = /^#+ (.*)$|^```(\w*)\n([\s\S]*?)^```$/gm;

/** The fenced blocks of the document that are marked as queries. */
export function queriesOf(file: URL): DocumentQuery[] {
  const queries: DocumentQuery[] = [];
  let heading = '';
  for (const [, title, language, query] of readFileSync(file, 'utf8').matchAll(HEADING_OR_BLOCK)) {
    if (title !== undefined) heading = title;
    if (query !== undefined && (language === 'promql' || language === 'metricsql'))
      queries.push({ heading, language, query: query.trim() });
  }
  return queries;
}
