import { address, linkTo } from '../state/navigation.ts';

interface Tab {
  /** In the address; empty: the first tab. */
  readonly id: string;
  readonly title: string;
}

/** Parts of a view, one at a time; which one is in the address. */
export function Tabs({ label, tabs }: { readonly label: string; readonly tabs: readonly Tab[] }) {
  const { own } = address.value;
  const chosen = own['tab'] ?? '';
  const without = Object.fromEntries(Object.keys(own).map((name) => [name, null]));
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map(({ id, title }) => (
        <a
          key={id}
          href={linkTo({ own: { ...without, tab: id === '' ? null : id } })}
          aria-current={id === chosen ? 'page' : undefined}
        >
          {title}
        </a>
      ))}
    </nav>
  );
}
