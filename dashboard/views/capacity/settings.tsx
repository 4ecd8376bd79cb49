import { formatTick } from '../../format/duration.ts';
import { nearestTarget, TARGETS } from './targets.ts';

interface SettingsProps {
  /** Labels that jobs asked for in the window. */
  readonly names: readonly string[];
  readonly runsOn: string;
  /** Seconds. */
  readonly target: number;
  readonly observedP95: number | null;
  readonly onLabel: (name: string) => void;
  readonly onTarget: (seconds: number) => void;
}

/** Which runners, and which queue time is good enough. */
export function Settings({ names, runsOn, target, observedP95, onLabel, onTarget }: SettingsProps) {
  const half = observedP95 === null ? 0 : Math.round(observedP95 / 2);
  return (
    <form class="card capacity-settings" onSubmit={(event) => event.preventDefault()}>
      <label>
        Runners for
        <select value={runsOn} onChange={(event) => onLabel(event.currentTarget.value)}>
          {(names.includes(runsOn) ? names : [runsOn, ...names]).map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <label class="target-slider">
        <span>
          Accept a p95 of <strong>{formatTick(target)}</strong>
        </span>
        <input
          type="range"
          min={0}
          max={TARGETS.length - 1}
          value={nearestTarget(target)}
          aria-valuetext={formatTick(target)}
          onInput={(event) => onTarget(TARGETS[Number(event.currentTarget.value)] ?? 0)}
        />
      </label>
      <label>
        in seconds
        <input
          type="number"
          min={0}
          max={9_999_999}
          value={target}
          onChange={(event) => onTarget(Math.max(0, Math.round(event.currentTarget.valueAsNumber || 0)))}
        />
      </label>
      <button type="button" disabled={half === 0} onClick={() => onTarget(half)}>
        Half the observed p95
      </button>
    </form>
  );
}
