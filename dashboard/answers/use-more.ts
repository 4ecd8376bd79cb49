import { useEffect, useState } from 'preact/hooks';
import { fetchAnswer, type Parameters, Problem } from './fetch-answer.ts';
import { addressParameters, questionUrl } from './use-answer.ts';

/** Of the answer of a list. Single jobs have a name of their own. */
interface Page<Row> {
  readonly rows?: readonly Row[];
  readonly jobs?: readonly Row[];
  readonly cursor: string | null;
}

/** The rows of a list that goes on. */
export interface More<Row> {
  readonly rows: readonly Row[];
  /** Null: these are all. */
  readonly showMore: (() => void) | null;
  readonly isLoading: boolean;
  readonly problem: Problem | null;
}

type Paged = 'workflows' | 'jobsSummary' | 'failures' | 'jobs';
const NEXT = 500;

/**
 * The rows of the first page, which the view has asked for with these parameters, and of the pages that were
 * asked for since. Another question begins anew.
 */
export function useMore<Row>(
  operation: Paged,
  parameters: Parameters,
  first: Page<Row>,
  keyOf: (row: Row) => string | number,
): More<Row> {
  const query = { ...addressParameters(operation), ...parameters };
  const url = questionUrl(operation, query);
  const [rest, setRest] = useState<readonly Page<Row>[]>([]);
  const [isLoading, setLoading] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    setRest([]);
    setProblem(null);
  }, [url]);
  const cursor = (rest.at(-1) ?? first).cursor;
  const showMore = async () => {
    setLoading(true);
    try {
      const page = await fetchAnswer<Page<Row>>(questionUrl(operation, { ...query, limit: NEXT, cursor }));
      setRest((before) => [...before, page]);
      setProblem(null);
    } catch (error) {
      setProblem(error instanceof Problem ? error : new Problem('page_error', String(error), 0));
    }
    setLoading(false);
  };
  const all = [first, ...rest].flatMap(({ rows, jobs }) => rows ?? jobs ?? []);
  // A row may have moved to another page since the first was read.
  const rows = rest.length === 0 ? all : [...new Map(all.map((row) => [keyOf(row), row])).values()];
  return { rows, showMore: cursor === null ? null : showMore, isLoading, problem };
}
