import type { ComponentChildren } from 'preact';
import { useId, useRef } from 'preact/hooks';

interface PopoverProps {
  /** What the button shows. */
  readonly button: ComponentChildren;
  readonly buttonClass?: string;
  /** For screen readers, where the button shows a sign alone. */
  readonly label?: string;
  readonly keys?: string;
  readonly class?: string;
  /** The accessible name of what opens. */
  readonly title: string;
  /** Called when it opens. */
  readonly onOpen?: () => void;
  /** Only asked for while it is open is not needed: what is small is drawn at once. */
  readonly children: (close: () => void) => ComponentChildren;
  readonly id?: string;
}

const GAP = 6;

/** A button that opens a small panel beside it. Esc and a click elsewhere close it, and the focus returns. */
export function Popover({
  button,
  buttonClass,
  label,
  keys,
  title,
  onOpen,
  children,
  ...rest
}: PopoverProps) {
  const own = useId();
  const id = rest.id ?? own;
  const anchor = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const toggled = (event: Event) => {
    if (!('newState' in event) || event.newState !== 'open') return;
    if (anchor.current !== null && panel.current !== null) place(panel.current, anchor.current);
    // Opened by a key, not by its button: the keyboard goes on inside of it.
    if (document.activeElement !== anchor.current) firstChoice(panel.current)?.focus();
    onOpen?.();
  };
  return (
    <>
      <button
        ref={anchor}
        type="button"
        class={buttonClass}
        popovertarget={id}
        aria-label={label}
        aria-keyshortcuts={keys}
        aria-haspopup="dialog"
      >
        {button}
      </button>
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="dialog"
        aria-label={title}
        class={`popover ${rest.class ?? ''}`}
        onToggle={toggled}
      >
        {children(() => panel.current?.hidePopover())}
      </div>
    </>
  );
}

/** The present choice, or the first one. */
function firstChoice(panel: HTMLElement | null): HTMLElement | null | undefined {
  return (
    panel?.querySelector<HTMLElement>('[aria-pressed="true"]') ?? panel?.querySelector('button, a, input')
  );
}

/**
 * Below the anchor, above it where there is no room; at its left edge, or its right one in the right half of
 * the window; never beyond an edge of the window.
 */
function place(panel: HTMLElement, anchor: HTMLElement): void {
  const { left, right, top, bottom } = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = panel;
  const fitsBelow = bottom + GAP + height <= innerHeight;
  const y = fitsBelow ? bottom + GAP : Math.max(GAP, top - GAP - height);
  const room = document.documentElement.clientWidth;
  const x = left + right > room ? right - width : left;
  panel.style.left = `${Math.max(GAP, Math.min(x, room - width - GAP))}px`;
  panel.style.top = `${y}px`;
}
