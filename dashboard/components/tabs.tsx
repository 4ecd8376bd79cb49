import { address, linkTo } from '../state/navigation.ts';

interface Tab {
  /** In the address; empty: the first tab. */
  readonly id: string;
  readonly title: string;
}

/** Parts of a view, one at a time; which one is in the address. */
export function Tabs({ label, tabs }: { readonly label: string; readonly tabs: readonly Tab[] }) {
  const chosen = address.value.own['tab'] ?? '';
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map(({ id, title }) => (
        <a
          key={id}
          href={linkTo({ own: { tab: id === '' ? null : id, sort: null } })}
          aria-current={id === chosen ? 'page' : undefined}
        >
          {title}
        </a>
      ))}
    </nav>
  );
}
