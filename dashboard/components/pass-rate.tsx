import { formatPercent } from '../format/number.ts';

/** A share of what passed, in words and as a bar. Null: nothing passed or failed. */
export function PassRate({ ratio }: { readonly ratio: number | null }) {
  return (
    <span class="pass-rate">
      {formatPercent(ratio)}
      {ratio !== null && (
        <svg viewBox="0 0 48 4" aria-hidden="true">
          <rect class="mark" data-kind="failure" width="48" height="4" />
          <rect class="mark" data-kind="success" width={48 * ratio} height="4" />
        </svg>
      )}
    </span>
  );
}
