import type { FurtherPages, PagedOperation } from '../answers/use-pages.ts';

interface MoreProps {
  readonly of: Omit<FurtherPages<PagedOperation>, 'all'>;
  /** How many rows there are. */
  readonly note?: string;
}

/** Below a list: how many rows it has, and a button that loads more of them. */
export function More({ of, note }: MoreProps) {
  const { more, isLoading, problem } = of;
  const isWhole = more === null && !isLoading;
  if (isWhole && note === undefined) return null;
  return (
    <p class="more" aria-live="polite">
      {note !== undefined && <span>{note}</span>}
      {!isWhole && (
        <button type="button" onClick={() => more?.()} disabled={isLoading}>
          {isLoading ? 'Loading …' : 'Show more'}
        </button>
      )}
      {problem !== null && <span role="alert"> {problem.message}</span>}
    </p>
  );
}
