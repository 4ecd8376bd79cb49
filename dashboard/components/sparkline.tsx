interface SparklineProps {
  /** From old to new, evenly spaced; null: nothing then. */
  readonly values: readonly (number | null)[];
  /** For screen readers: what it shows, with the latest value. */
  readonly label: string;
  readonly width?: number;
  readonly height?: number;
  /** The largest value that fits; the largest of `values` otherwise. */
  readonly max?: number;
}

/** A small line without axes, for a row of a table. */
export function Sparkline({ values, label, width = 96, height = 22, max }: SparklineProps) {
  const top = Math.max(1e-9, max ?? 0, ...values.map((value) => value ?? 0));
  const step = width / Math.max(1, values.length - 1);
  const y = (value: number) => height - 1.5 - (value / top) * (height - 3);
  const points = values.map((value, index) => (value === null ? null : ([index * step, y(value)] as const)));
  const line = points
    .map((point, index) =>
      point === null ? '' : `${index === 0 || points[index - 1] === null ? 'M' : 'L'}${text(point)}`,
    )
    .join('');
  const last = points.at(-1);
  return (
    <span class="sparkline">
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
        <path class="sparkline-ground" d={`M0 ${height - 0.5}H${width}`} />
        <path d={line} />
        {last !== null && last !== undefined && <circle cx={last[0]} cy={last[1]} r="1.6" />}
      </svg>
      <span class="hidden-text">{label}</span>
    </span>
  );
}

function text([x, y]: readonly [number, number]): string {
  return `${x.toFixed(1)} ${y.toFixed(1)}`;
}
