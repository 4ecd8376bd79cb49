import type { More } from '../answers/use-more.ts';
import { formatCount } from '../format/number.ts';

/** Under a table: how many of all rows it has, and a button for more. */
export function MoreRows<Row>({
  of: { rows, showMore, isLoading, problem },
  total,
  noun,
}: {
  readonly of: More<Row>;
  /** Null: nobody has counted. */
  readonly total: number | null;
  /** Of several, such as `workflows`. */
  readonly noun: string;
}) {
  return (
    <p class="more-rows" aria-live="polite">
      <span>
        {formatCount(rows.length)}
        {total !== null && ` of ${formatCount(Math.max(total, rows.length))}`} {noun}
      </span>
      {problem !== null && <span class="banner">{problem.message}</span>}
      {showMore !== null && (
        <button type="button" onClick={showMore} disabled={isLoading}>
          {isLoading ? 'Loading …' : 'Show more'}
        </button>
      )}
    </p>
  );
}
