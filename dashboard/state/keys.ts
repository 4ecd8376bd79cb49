import { signal } from '@preact/signals';

/*
 * Single keys that do something wherever the focus is. People who speak to their computer press them by
 * accident, so they can be switched off (WCAG 2.1.4).
 */

const STORED = 'ant-watcher.keys';

/** Whether they do something. */
export const areKeysOn = signal(read());

/** Kept in this browser. */
export function switchKeys(on: boolean): void {
  areKeysOn.value = on;
  try {
    localStorage.setItem(STORED, on ? 'on' : 'off');
  } catch {
    // It then lasts as long as the page.
  }
}

/** What a key does; `g n` is `g` and then `n`. */
export type KeyMap = Readonly<Record<string, () => void>>;

/** After this long, `g` alone is forgotten. */
const SECOND_KEY_MS = 1500;

/** Listens to keys. Call it once. What is typed into a field stays there. */
export function listenToKeys(keys: KeyMap): void {
  let prefix = '';
  let prefixedAt = 0;
  document.addEventListener('keydown', (event) => {
    if (!areKeysOn.value || event.defaultPrevented || hasModifier(event) || isTyping(event.target)) return;
    if (document.querySelector('dialog[open]') !== null) return;
    const isSecond = prefix !== '' && event.timeStamp - prefixedAt < SECOND_KEY_MS;
    const pressed = isSecond ? `${prefix} ${event.key}` : event.key;
    const isPrefix = !isSecond && Object.keys(keys).some((name) => name.startsWith(`${event.key} `));
    prefix = isPrefix ? event.key : '';
    prefixedAt = event.timeStamp;
    const action = keys[pressed];
    if (action === undefined) return;
    event.preventDefault();
    action();
  });
}

function hasModifier({ ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  return ctrlKey || metaKey || altKey;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input:not([type=checkbox]), textarea, select') !== null;
}

function read(): boolean {
  try {
    return localStorage.getItem(STORED) !== 'off';
  } catch {
    return true;
  }
}
