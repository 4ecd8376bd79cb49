/** What `j` and `k` go through: the link of each row. */
export const ROW_LINK = 'data-row';

/** Moves the focus to the next row's link (1) or the one before (-1). */
export function moveRow(step: 1 | -1): void {
  const links = Array.from(document.querySelectorAll<HTMLElement>(`[${ROW_LINK}]`));
  const at = links.indexOf(document.activeElement as HTMLElement);
  const next = at === -1 ? (step === 1 ? links[0] : links.at(-1)) : links[at + step];
  next?.focus({ preventScroll: true });
  next?.closest('tr, li')?.scrollIntoView({ block: 'nearest' });
}
