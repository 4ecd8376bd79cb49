import { computed, signal } from '@preact/signals';
import { type Address, type Filters, parseAddress, printAddress, type TimeWindow } from './address.ts';

/*
 * The address bar, and the only way to change it. A view reads `address.value`; it is drawn again when that
 * changes.
 */

const current = signal(parseAddress(location.href));

/** Where the page is. Change it with `go` and `replace`. */
export const address = computed(() => current.value);

/** What to change of an address. Everything else stays, but `own` is dropped where the path changes. */
export interface AddressChange {
  readonly path?: string;
  readonly window?: TimeWindow;
  /** Those named are replaced; an empty list removes one. */
  readonly filters?: Filters;
  /** Those named are replaced; null removes one. */
  readonly own?: Readonly<Record<string, string | null>>;
}

/** The address with these changes, for a link. */
export function linkTo(change: AddressChange): string {
  return printAddress(changed(current.value, change));
}

/** Goes to the address with these changes; *Back* leads here again. */
export function go(change: AddressChange): void {
  open(linkTo(change));
}

/** As `go`, but without a step for *Back*: for what changes all the time, such as while dragging. */
export function replace(change: AddressChange): void {
  const text = linkTo(change);
  history.replaceState(null, '', text);
  current.value = parseAddress(text);
}

/** Goes to a link of this page. */
export function open(href: string): void {
  const next = parseAddress(href);
  if (printAddress(next) === printAddress(current.value)) return;
  history.pushState(null, '', printAddress(next));
  if (next.path !== current.value.path) scrollTo(0, 0);
  current.value = next;
}

function changed(from: Address, { path, window, filters, own }: AddressChange): Address {
  const isSamePath = path === undefined || path === from.path;
  const kept = Object.entries({ ...(isSamePath ? from.own : {}), ...own });
  return {
    path: path ?? from.path,
    window: window ?? from.window,
    filters: { ...from.filters, ...filters },
    own: Object.fromEntries(kept.filter((entry): entry is [string, string] => entry[1] !== null)),
  };
}

/** Follows links between views without loading the document again. Call it once. */
export function followLinks(isView: (path: string) => boolean): void {
  addEventListener('popstate', () => {
    current.value = parseAddress(location.href);
  });
  document.addEventListener('click', (event) => {
    const isPlain =
      event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    // The address of a link in an SVG is an object.
    const href = link?.getAttribute('href');
    if (!isPlain || event.defaultPrevented || link === null || href === null || href === undefined) return;
    const { origin, pathname } = new URL(href, location.href);
    const leaves = link.hasAttribute('download') || link.hasAttribute('target') || origin !== location.origin;
    if (leaves || href.startsWith('#') || !isView(pathname)) return;
    event.preventDefault();
    open(href);
  });
}
