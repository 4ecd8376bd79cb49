import type { CostRow } from '../../../src/domain/openapi-types.ts';
import { formatMoney, formatPercent } from '../../format/number.ts';
import { jobsHref } from './group.ts';

/** In the order in which they are drawn. */
const PARTS = [
  { name: 'failed', words: 'failed', conclusion: ['failure', 'timed_out', 'startup_failure'] },
  { name: 'rerun', words: 'failed and ran again', conclusion: ['failure', 'timed_out', 'startup_failure'] },
  { name: 'cancelled', words: 'cancelled', conclusion: ['cancelled'] },
] as const;

/** Dollars for jobs whose result was of no use. */
export function wastedOf({ wasted_dollars: { failed, cancelled, rerun } }: CostRow): number {
  return failed + cancelled + rerun;
}

/** What was wasted, as a part of the cost, and of which kind it is. */
export function Wasted({ row }: { readonly row: CostRow }) {
  const wasted = wastedOf(row);
  if (row.dollars === 0 || wasted === 0) return <span class="faint">{formatMoney(wasted)}</span>;
  const said = PARTS.map(({ name, words }) => `${words} ${formatMoney(row.wasted_dollars[name])}`).join(', ');
  let x = 0;
  return (
    <span class="wasted" title={said}>
      <a href={jobsHref(row, [...PARTS[0].conclusion, ...PARTS[2].conclusion])}>
        {formatMoney(wasted)} <span class="faint">{formatPercent(wasted / row.dollars)}</span>
        <span class="hidden-text">{said}</span>
      </a>
      <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        <rect class="wasted-none" width="100" height="4" />
        {PARTS.map(({ name }) => {
          const width = (row.wasted_dollars[name] / row.dollars) * 100;
          x += width;
          return <rect key={name} class={`wasted-${name}`} x={x - width} width={width} height="4" />;
        })}
      </svg>
    </span>
  );
}
