import { formatDuration, NOTHING } from '../format/duration.ts';
import { formatCount, formatMoney, formatPercent } from '../format/number.ts';

/** In the unit of the value that it is of. */
export type Unit = 'seconds' | 'count' | 'dollars' | 'ratio';

const FORMATS: Readonly<Record<Unit, (value: number) => string>> = {
  seconds: formatDuration,
  count: formatCount,
  dollars: formatMoney,
  ratio: (value) => `${formatPercent(value).replace('%', '')} points`,
};

interface ChangeProps {
  /** As the API has it; null: there is none. */
  readonly of: { readonly absolute: number; readonly ratio: number | null } | null;
  readonly unit: Unit;
  /** Which direction is good; without it neither is. */
  readonly better?: 'lower' | 'higher';
}

const NONE = 'No change can be said: the window before has no value, or is not kept any more.';

/** Against the window before: `▲ 12 s (+8%)`. */
export function Change({ of, unit, better }: ChangeProps) {
  if (of === null)
    return (
      <span class="change none" title={NONE}>
        {NOTHING}
        <span class="hidden-text">{NONE}</span>
      </span>
    );
  const { absolute, ratio } = of;
  const direction = Math.sign(absolute);
  const isGood = direction !== 0 && better !== undefined && direction > 0 === (better === 'higher');
  const tone = direction === 0 || better === undefined ? 'same' : isGood ? 'good' : 'bad';
  return (
    <span class="change" data-tone={tone} title="Against the window before">
      <span aria-hidden="true">{direction === 0 ? '=' : direction > 0 ? '▲' : '▼'}</span>{' '}
      <span class="hidden-text">{direction === 0 ? 'no change' : direction > 0 ? 'up' : 'down'}</span>
      {FORMATS[unit](Math.abs(absolute))}
      {ratio !== null && <span class="faint"> ({signed(ratio)})</span>}
    </span>
  );
}

function signed(ratio: number): string {
  const text = formatPercent(Math.abs(ratio));
  return ratio === 0 ? text : `${ratio > 0 ? '+' : '−'}${text}`;
}
