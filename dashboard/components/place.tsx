import type { ComponentChildren } from 'preact';

interface PlaceProps {
  readonly name: string;
  /** Under the name, smaller: where it belongs. */
  readonly within: readonly string[];
}

/** A name and where it belongs, in two lines. Long names are cut; the tooltip has all of them. */
export function Place({ name, within }: PlaceProps) {
  const place = within.join(' · ');
  return (
    <span class="place" title={`${name}\n${place}`}>
      <span class="place-name">{name}</span>
      <span class="place-within">{place}</span>
    </span>
  );
}

/** A number that leads to what it is made of. */
export function Figure({
  href,
  children,
  note,
}: {
  readonly href: string;
  readonly children: ComponentChildren;
  /** Under the number. */
  readonly note?: ComponentChildren;
}) {
  return (
    <span class="figure">
      <a href={href}>{children}</a>
      {note}
    </span>
  );
}
