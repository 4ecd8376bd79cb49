import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import type { DefinitionId } from '../../src/domain/definitions.ts';
import { Definition } from './definition.tsx';

interface CardProps {
  readonly title: string;
  readonly definition?: DefinitionId;
  /** Beside the title, such as a switch. */
  readonly actions?: ComponentChildren;
  /** Under the title: one short sentence. */
  readonly note?: ComponentChildren;
  /** Without padding, for a table that reaches the edges. */
  readonly isFlush?: boolean;
  readonly children: ComponentChildren;
}

/** A part of a view, with a title. */
export function Card({ title, definition, actions, note, isFlush = false, children }: CardProps) {
  const id = useId();
  return (
    <section class={isFlush ? 'card flush' : 'card'} aria-labelledby={id}>
      <header class="card-title">
        <div>
          <h2 id={id}>{title}</h2>
          {definition !== undefined && <Definition id={definition} />}
        </div>
        {actions !== undefined && <div class="card-actions">{actions}</div>}
        {note !== undefined && <p class="faint">{note}</p>}
      </header>
      {children}
    </section>
  );
}
