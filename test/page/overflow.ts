import type { Page } from 'playwright-core';

/** What of a view lies outside of its card, and so over something else, or is cut off: none should. */
export function outsideOfCards(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    // Widths of text are fractions of a pixel.
    const SLACK = 1.5;
    const name = (element: Element) =>
      `${element.tagName.toLowerCase()}.${element.getAttribute('class') ?? ''} “${(element.textContent ?? '').trim().slice(0, 40)}”`;
    const isFor = (element: Element, room: Element) => {
      const [own, around] = [element.getBoundingClientRect(), room.getBoundingClientRect()];
      if (own.width <= 1 || own.height <= 1) return true;
      const fitsAcross = own.left >= around.left - SLACK && own.right <= around.right + SLACK;
      return fitsAcross && own.top >= around.top - SLACK && own.bottom <= around.bottom + SLACK;
    };
    /** Within something that scrolls, or that is only for screen readers, or cut with an ellipsis. */
    const isHeld = (element: Element, card: Element) => {
      for (let each: Element | null = element; each !== null && each !== card; each = each.parentElement) {
        const style = getComputedStyle(each);
        if (/auto|scroll/.test(style.overflowX) || style.textOverflow === 'ellipsis') return true;
        if (style.clipPath !== 'none' || each.matches('.hidden-text, [popover], details:not([open])'))
          return true;
      }
      return false;
    };
    const found: string[] = [];
    for (const card of document.querySelectorAll('main .card, main .tile'))
      for (const element of card.querySelectorAll('*')) {
        const svg = element instanceof SVGElement ? element.ownerSVGElement : null;
        if (svg !== null && element.tagName !== 'text') continue;
        if (!isHeld(element, card) && !isFor(element, svg ?? card)) found.push(name(element));
      }
    return found;
  });
}
