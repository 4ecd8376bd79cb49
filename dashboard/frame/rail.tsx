import { useEffect, useRef } from 'preact/hooks';
import { address, linkTo } from '../state/navigation.ts';
import { findView, VIEWS } from '../views/registry.ts';
import { openHelp } from './help.tsx';
import { Ant, Icon } from './icons.tsx';
import { ThemeButton } from './theme-button.tsx';

/** The way to every view: at the left, or at the bottom of a narrow screen. Window and filters come along. */
export function Rail() {
  const { path } = address.value;
  const current = findView(path);
  const nav = useRef<HTMLElement>(null);
  useEffect(() => centreCurrent(nav.current), [current]);
  return (
    <header class="rail">
      <a class="brand" href={linkTo({ path: '/', own: {} })}>
        <Ant />
        <span>ant-watcher</span>
      </a>
      <nav ref={nav} aria-label="Views">
        {VIEWS.filter(({ key }) => key !== null).map((view) => (
          <a
            key={view.name}
            href={linkTo({ path: view.path, own: {} })}
            aria-current={view === current ? 'page' : undefined}
            aria-keyshortcuts={`g ${view.key}`}
          >
            <Icon name={view.name} />
            <span>{view.short}</span>
          </a>
        ))}
      </nav>
      <div class="rail-end">
        <ThemeButton />
        <button type="button" class="quiet" onClick={openHelp} aria-keyshortcuts="?">
          <Icon name="keyboard" />
          <span>Keys</span>
        </button>
      </div>
    </header>
  );
}

/** A narrow screen has no room for all views: the current one is to be seen. */
function centreCurrent(nav: HTMLElement | null): void {
  const link = nav?.querySelector<HTMLElement>('[aria-current]');
  if (nav && link) nav.scrollLeft = link.offsetLeft - (nav.clientWidth - link.offsetWidth) / 2;
}
