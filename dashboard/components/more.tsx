import type { PagedOperation, Pages } from '../answers/use-pages.ts';

/** Below a list: a button that loads more of it. */
export function More({ of }: { readonly of: Pages<PagedOperation> }) {
  const { more, isLoading, problem } = of;
  if (more === null && !isLoading) return null;
  return (
    <p class="more">
      <button type="button" onClick={() => more?.()} disabled={isLoading}>
        {isLoading ? 'Loading …' : 'Show more'}
      </button>
      {problem !== null && <span role="alert"> {problem.message}</span>}
    </p>
  );
}
