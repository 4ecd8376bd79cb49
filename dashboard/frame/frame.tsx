import { Component, type ComponentChildren, type ComponentType } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { filtersOf, hasWindow } from '../answers/answers.ts';
import { Problem } from '../answers/fetch-answer.ts';
import { Patterns } from '../components/conclusion.tsx';
import { Empty, ErrorState, Loading } from '../components/states.tsx';
import { address, linkTo } from '../state/navigation.ts';
import { findView, type ViewEntry } from '../views/registry.ts';
import { FilterBar } from './filter-bar.tsx';
import { Help } from './help.tsx';
import { PageActions } from './page-actions.tsx';
import { Rail } from './rail.tsx';
import { StatusLine } from './status-line.tsx';
import { WindowMenu } from './window-menu.tsx';

/** Everything around a view, and the view. */
export function Frame() {
  const view = findView(address.value.path);
  useEffect(() => {
    document.title = `${view?.title ?? 'Nothing here'} · ant-watcher`;
  }, [view]);
  return (
    <>
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <Rail />
      <main id="content" tabIndex={-1}>
        {view === undefined ? (
          <Empty title="There is no view at this address">
            <a href={linkTo({ path: '/' })}>Go to Now</a>
          </Empty>
        ) : (
          <ViewPage key={view.name} view={view} />
        )}
      </main>
      <StatusLine />
      <Help />
      <Patterns />
    </>
  );
}

function ViewPage({ view }: { readonly view: ViewEntry }) {
  const operation = view.tabs?.[address.value.own['tab'] ?? ''] ?? view.operation;
  const filters = filtersOf(operation);
  const isWindowed = hasWindow(operation);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // After a link was followed, a reader starts at the title. The first load leaves the focus alone.
    if (document.body.dataset['navigated'] === 'yes') title.current?.focus({ preventScroll: true });
    document.body.dataset['navigated'] = 'yes';
  }, []);
  return (
    <>
      <div class="title">
        <div>
          <h1 ref={title} tabIndex={-1}>
            {view.title}
          </h1>
          <p>{view.question}</p>
        </div>
        <PageActions />
      </div>
      {(filters.length > 0 || isWindowed) && (
        <div class="bar">
          {filters.length > 0 && <FilterBar taken={filters} />}
          {isWindowed && <WindowMenu />}
        </div>
      )}
      <div class="view">
        <Guard>
          <LoadedView view={view} />
        </Guard>
      </div>
    </>
  );
}

/** The view's own code, once it is here. */
function LoadedView({ view }: { readonly view: ViewEntry }) {
  const [loaded, setLoaded] = useState<{ readonly View: ComponentType } | Problem | null>(null);
  useEffect(() => {
    view.load().then(setLoaded, () => setLoaded(OUTDATED));
  }, [view]);
  if (loaded === null) return <Loading />;
  if (loaded instanceof Problem) return <ErrorState problem={loaded} retry={() => location.reload()} />;
  return <loaded.View />;
}

const OUTDATED = new Problem(
  'view_not_loaded',
  'This part of the page could not be loaded: ant-watcher does not answer, or has been updated since.',
  0,
);

/** Shows a mistake of a view in its place, so that the frame still works. */
class Guard extends Component<{ children: ComponentChildren }, { error: unknown }> {
  override state = { error: null };
  static override getDerivedStateFromError(error: unknown) {
    return { error };
  }
  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    const problem = new Problem('page_error', String(error), 0);
    return <ErrorState problem={problem} retry={() => this.setState({ error: null })} />;
  }
}
