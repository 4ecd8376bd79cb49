import type { ComponentChildren } from 'preact';
import type { DefinitionId } from '../../src/domain/definitions.ts';
import { Definition } from './definition.tsx';

interface TileProps {
  readonly label: string;
  readonly value: ComponentChildren;
  readonly definition?: DefinitionId;
  /** Under the value, such as a change. */
  readonly note?: ComponentChildren;
  /** Where the number leads. */
  readonly href?: string;
  /** What the number means, if it is good or bad: a sign and a colour. */
  readonly tone?: 'success' | 'failure' | 'waiting' | 'running' | undefined;
}

/** One number, large. Put several into `Tiles`. */
export function Tile({ label, value, definition, note, href, tone }: TileProps) {
  return (
    <div class="tile" data-tone={tone}>
      <div class="tile-label">
        <span>{label}</span>
        {definition !== undefined && <Definition id={definition} />}
      </div>
      <div class="tile-value">{href === undefined ? value : <a href={href}>{value}</a>}</div>
      {note !== undefined && <div class="tile-note">{note}</div>}
    </div>
  );
}

/** A row of tiles, as many as fit. */
export function Tiles({ children }: { readonly children: ComponentChildren }) {
  return <div class="tiles">{children}</div>;
}
