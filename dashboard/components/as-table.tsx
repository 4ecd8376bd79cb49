import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

interface AsTableProps {
  readonly title: string;
  /** Makes the head and the body. */
  readonly children: () => ComponentChildren;
}

/** What is drawn as a table too, which is made when it is opened. */
export function AsTable({ title, children }: AsTableProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="as-table" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Show as table</summary>
      {isOpen && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to reach it
        <section class="scroll" tabIndex={0} aria-label={`${title}, as a table`}>
          <table>
            <caption class="hidden-text">{title}</caption>
            {children()}
          </table>
        </section>
      )}
    </details>
  );
}
