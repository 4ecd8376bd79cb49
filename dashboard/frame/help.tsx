import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { areKeysOn, switchKeys } from '../state/keys.ts';
import { VIEWS } from '../views/registry.ts';

const isOpen = signal(false);

/** Shows the keys. */
export function openHelp(): void {
  isOpen.value = true;
}

const KEYS: readonly (readonly [keys: string, what: string])[] = [
  ['/', 'Filter'],
  ['t', 'Time window'],
  ['[  ]', 'Earlier, later'],
  ['j  k', 'Next row, row before'],
  ['Enter', 'Open the row'],
  ['← →', 'Points of a chart that has the focus'],
  ['Esc', 'Close what is open'],
  ['?', 'This list'],
];

/** The list of keys, and the switch that turns single keys off. */
export function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isOpen.value) dialog.current?.showModal();
  }, [isOpen.value]);
  if (!isOpen.value) return null;
  const close = () => dialog.current?.close();
  return (
    <dialog
      ref={dialog}
      class="help"
      aria-labelledby="help-title"
      onClose={() => {
        isOpen.value = false;
      }}
    >
      <h2 id="help-title">Keyboard shortcuts</h2>
      <div class="help-keys">
        <dl>
          {VIEWS.filter(({ key }) => key !== null).map(({ key, title }) => (
            <Key key={title} keys={`g  ${key}`} what={title} />
          ))}
        </dl>
        <dl>
          {KEYS.map(([keys, what]) => (
            <Key key={what} keys={keys} what={what} />
          ))}
        </dl>
      </div>
      <label class="check">
        <input
          type="checkbox"
          checked={areKeysOn.value}
          onChange={(event) => switchKeys(event.currentTarget.checked)}
        />
        Single keys are shortcuts
      </label>
      <p class="dialog-end">
        <button type="button" onClick={close}>
          Close
        </button>
      </p>
    </dialog>
  );
}

function Key({ keys, what }: { readonly keys: string; readonly what: string }) {
  return (
    <div>
      <dt>
        {keys.split('  ').map((key) => (
          <kbd key={key}>{key}</kbd>
        ))}
      </dt>
      <dd>{what}</dd>
    </div>
  );
}
