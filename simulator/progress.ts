import { repeatEvery } from '../src/timing/repeat.ts';

/** Shows the progress of a command until disposed. */
export interface Progress extends Disposable {
  /** Shows the current state at once, as a line that stays. */
  finish(): void;
}

const TERMINAL_EVERY_MS = 150;
const LINE_EVERY_MS = 3000;

/**
 * Writes `describe()` now and then: on a terminal as one line that changes, elsewhere as a line every few
 * seconds.
 */
export function showProgress(to: NodeJS.WritableStream, describe: () => string): Progress {
  const isTerminal = 'isTTY' in to && to.isTTY === true;
  const shown = repeatEvery(isTerminal ? TERMINAL_EVERY_MS : LINE_EVERY_MS, async () => {
    to.write(isTerminal ? `\r\x1b[2K${describe()}` : `${describe()}\n`);
  });
  return {
    finish() {
      void shown.close();
      to.write(isTerminal ? `\r\x1b[2K${describe()}\n` : `${describe()}\n`);
    },
    [Symbol.dispose]() {
      void shown.close();
    },
  };
}
