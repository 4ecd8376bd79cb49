/** Calls `changed` whenever the page turns light or dark, or is printed, for what is drawn with fixed colours. Returns what ends it. */
export function watchLook(changed: () => void): () => void {
  const theme = new MutationObserver(changed);
  theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  const control = new AbortController();
  for (const query of ['(prefers-color-scheme: dark)', '(forced-colors: active)', 'print'])
    matchMedia(query).addEventListener('change', changed, { signal: control.signal });
  return () => {
    theme.disconnect();
    control.abort();
  };
}
