import { NOTHING } from '../format/duration.ts';
import { formatCount, formatPercent } from '../format/number.ts';
import { UNITS, type Unit } from '../format/unit.ts';

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
      {inUnit(Math.abs(absolute), unit)}
      {ratio !== null && <span class="faint"> ({signed(ratio)})</span>}
    </span>
  );
}

/** A change of percents is in points. */
function inUnit(value: number, unit: Unit): string {
  const text = UNITS[unit].value(value);
  return unit === 'ratio' ? text.replace('%', ' points') : text;
}

function signed(ratio: number): string {
  const size = Math.abs(ratio);
  const text = size < 0.1 ? formatPercent(size) : `${formatCount(size * 100)}%`;
  return ratio === 0 ? text : `${ratio > 0 ? '+' : '−'}${text}`;
}
