import { useState } from 'preact/hooks';
import { Popover } from '../components/popover.tsx';
import { formatDuration } from '../format/duration.ts';
import { formatTime, ZONE } from '../format/time.ts';
import { fixWindow, shiftWindow, type TimeWindow } from '../state/address.ts';
import { address, go } from '../state/navigation.ts';
import { serverNow } from '../state/server-clock.ts';
import { Icon } from './icons.tsx';

/** The panel's id: a key opens it. */
export const WINDOW_PANEL = 'window-panel';

const HOUR = 3600;
const DAY = 24 * HOUR;
const PRESETS: readonly (readonly [text: string, lastSeconds: number])[] = [
  ['Last hour', HOUR],
  ['Last 6 hours', 6 * HOUR],
  ['Last 24 hours', DAY],
  ['Last 3 days', 3 * DAY],
  ['Last 7 days', 7 * DAY],
  ['Last 14 days', 14 * DAY],
  ['Last 30 days', 30 * DAY],
];

/** When a window up to now was last left for one before it. */
let leftSeconds: number | null = null;

/** Goes to the window before or after this one. */
export function shift(direction: 1 | -1): void {
  const { window } = address.value;
  const now = nowSeconds();
  if ('lastSeconds' in window) leftSeconds = now;
  go({ window: shiftWindow(window, direction, now, leftSeconds) });
}

/** The window of time: presets, or from and to. */
export function WindowMenu() {
  const { window } = address.value;
  const atEnd = 'lastSeconds' in window;
  return (
    <div class="window">
      <button type="button" onClick={() => shift(-1)} aria-label="Earlier" title="Earlier ([)">
        <Icon name="left" />
      </button>
      <Popover
        id={WINDOW_PANEL}
        title="Time window"
        keys="t"
        buttonClass="window-button"
        button={
          <>
            <Icon name="clock" />
            <span>{describeWindow(window)}</span>
            <Icon name="down" />
          </>
        }
      >
        {(close) => (
          <>
            <ul class="menu">
              {PRESETS.map(([text, lastSeconds]) => (
                <li key={text}>
                  <button
                    type="button"
                    aria-pressed={atEnd && window.lastSeconds === lastSeconds}
                    onClick={() => {
                      go({ window: { lastSeconds } });
                      close();
                    }}
                  >
                    {text}
                  </button>
                </li>
              ))}
            </ul>
            <FromTo key={JSON.stringify(window)} window={window} close={close} />
          </>
        )}
      </Popover>
      <button type="button" onClick={() => shift(1)} aria-label="Later" title="Later (])" disabled={atEnd}>
        <Icon name="right" />
      </button>
    </div>
  );
}

/** In words. */
export function describeWindow(window: TimeWindow): string {
  if ('from' in window) return `${formatTime(window.from * 1000)} – ${formatTime(window.to * 1000)}`;
  const preset = PRESETS.find(([, lastSeconds]) => lastSeconds === window.lastSeconds);
  return preset?.[0] ?? `Last ${formatDuration(window.lastSeconds)}`;
}

function FromTo({ window, close }: { readonly window: TimeWindow; readonly close: () => void }) {
  const fixed = fixWindow(window, nowSeconds());
  const [from, setFrom] = useState(localOf(fixed.from));
  const [to, setTo] = useState(localOf(fixed.to));
  const [start, end] = [Date.parse(from) / 1000, Date.parse(to) / 1000];
  const isValid = start < end;
  const apply = (event: Event) => {
    event.preventDefault();
    if (!isValid) return;
    go({ window: { from: start, to: end } });
    close();
  };
  return (
    <form class="from-to" onSubmit={apply}>
      <label>
        From
        <input type="datetime-local" value={from} onInput={(event) => setFrom(event.currentTarget.value)} />
      </label>
      <label>
        To
        <input type="datetime-local" value={to} onInput={(event) => setTo(event.currentTarget.value)} />
      </label>
      <p class="faint">{isValid ? ZONE : 'From must be before to.'}</p>
      <button type="submit" disabled={!isValid}>
        Apply
      </button>
    </form>
  );
}

/** As `datetime-local` has it: in the viewer's zone, to the minute. */
function localOf(seconds: number): string {
  const date = new Date(seconds * 1000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function nowSeconds(): number {
  return Math.floor(serverNow() / 1000);
}
