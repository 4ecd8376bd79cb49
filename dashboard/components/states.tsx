import type { ComponentChildren } from 'preact';
import type { Problem } from '../answers/fetch-answer.ts';
import type { Asked } from '../answers/use-answer.ts';
import { printFilters } from '../state/address.ts';
import { address, linkTo } from '../state/navigation.ts';

/** In place of content: there is none, and why. */
export function Empty({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <section class="state">
      <h2>{title}</h2>
      <div>{children}</div>
    </section>
  );
}

/** Nothing is left of the window and filters: offers to drop each. */
export function NothingMatches() {
  const pairs = printFilters(address.value.filters);
  if (pairs.length === 0) return <Empty title="Nothing in this window">Choose a longer one.</Empty>;
  return (
    <Empty title="Nothing matches">
      <DropFilters />
    </Empty>
  );
}

/** Drops a filter, or the grouping by a label. */
function DropFilters() {
  const { filters, own } = address.value;
  const label = own['group_label'];
  return (
    <>
      <p>Drop a filter:</p>
      <ul class="chips">
        {printFilters(filters).map(([name, value]) => {
          const rest = (filters[name as 'label'] ?? []).filter((each) => each !== value);
          return (
            <li key={`${name} ${value}`}>
              <a class="chip" href={linkTo({ filters: { [name]: rest } })}>
                {value}
              </a>
            </li>
          );
        })}
        {label !== undefined && (
          <li>
            <a class="chip" href={linkTo({ own: { by: null, group_label: null } })}>
              by {label}
            </a>
          </li>
        )}
      </ul>
    </>
  );
}

/** Grey shapes where content will be; they show after a moment, so that what is quick does not flicker. */
export function Loading({ lines = 6 }: { readonly lines?: number }) {
  return (
    <div class="loading" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, line) => (
        <div key={line} class="skeleton" />
      ))}
    </div>
  );
}

interface Explained {
  readonly title: string;
  readonly text: string;
}

const EXPLAINED: Readonly<Record<string, Explained>> = {
  offline: {
    title: 'ant-watcher does not answer',
    text: 'It may be restarting, or the network between you and it is down. This page tries again by itself.',
  },
  unauthorized: {
    title: 'A login is needed',
    text: 'Load the page again and give a user of this service, or one of its tokens as the password.',
  },
  forbidden: {
    title: 'Not by this name',
    text: 'Without a login, ant-watcher is read by the name of its own machine only, such as localhost.',
  },
  name_unknown: {
    title: 'A name in this address is not there',
    text: 'It may be of an earlier configuration.',
  },
  query_too_slow: {
    title: 'This takes too long',
    text: 'Choose a shorter window or add a filter, then try again.',
  },
};

/** Why there is no answer, with what to do. */
export function ErrorState({ problem, retry }: { readonly problem: Problem; readonly retry: () => void }) {
  const { title, text } = EXPLAINED[problem.code] ?? {
    title: 'This could not be loaded',
    text: problem.message,
  };
  return (
    <section class="state error" role="alert">
      <h2>{title}</h2>
      <p>{text}</p>
      {text !== problem.message && problem.status !== 0 && <p class="faint">{problem.message}</p>}
      {problem.code === 'name_unknown' && <DropFilters />}
      <p>
        <button type="button" onClick={retry}>
          Try again
        </button>{' '}
        <code>{problem.code}</code>
      </p>
    </section>
  );
}

interface LoadedProps<T> {
  readonly of: Asked<T>;
  /** Whether the answer has nothing to show. */
  readonly isEmpty?: (answer: T) => boolean;
  readonly skeleton?: ComponentChildren;
  readonly children: (answer: T) => ComponentChildren;
}

/** The content of an answer, or the state instead of it: loading, failed, nothing. */
export function Loaded<T>({ of, isEmpty, skeleton, children }: LoadedProps<T>) {
  const { answer, problem, isOld, retry } = of;
  if (answer === null)
    return problem === null ? (skeleton ?? <Loading />) : <ErrorState problem={problem} retry={retry} />;
  return (
    <div class={isOld ? 'old' : undefined} aria-busy={isOld}>
      {problem !== null && <Stale problem={problem} />}
      {isEmpty?.(answer) === true ? <NothingMatches /> : children(answer)}
    </div>
  );
}

/** Above content that can't be brought up to date. */
function Stale({ problem }: { readonly problem: Problem }) {
  return (
    <p class="banner" role="status">
      Not up to date: {problem.message}
    </p>
  );
}
