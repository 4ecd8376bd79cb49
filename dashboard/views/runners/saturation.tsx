import { formatPercent } from '../../format/number.ts';

/** The part of the runners that are online which are busy. */
export function Saturation({ ratio }: { readonly ratio: number | null }) {
  return (
    <span class="saturation">
      {formatPercent(ratio)}
      <svg viewBox="0 0 64 6" aria-hidden="true">
        <rect class="saturation-room" width="64" height="6" rx="3" />
        <rect class="mark" data-kind="running" width={64 * (ratio ?? 0)} height="6" rx="3" />
      </svg>
    </span>
  );
}
