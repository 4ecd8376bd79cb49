import { useRef, useState } from 'preact/hooks';
import type { Span } from '../../../src/domain/step-span.ts';
import { address, go, replace } from '../../state/navigation.ts';
import { parseZoom, printZoom, zoomed } from './scale.ts';

/** What is being dragged, in pixels from the left of the time axis. */
interface Drag {
  readonly left: number;
  readonly width: number;
}

export interface Zoom {
  readonly shown: Span;
  readonly isWhole: boolean;
  readonly drag: Drag | null;
  readonly zoomIn: () => void;
  readonly zoomOut: () => void;
  readonly reset: () => void;
  /** For the pointer, on everything beside the axis. */
  readonly onPointerDown: (event: PointerEvent) => void;
  /** For the element whose width is the time. */
  readonly axis: { current: HTMLTableCellElement | null };
}

/** A shorter movement is a click. */
const LEAST_DRAG = 6;

/** The part of the run that is shown, which the address keeps. */
export function useZoom(whole: Span): Zoom {
  const axis = useRef<HTMLTableCellElement | null>(null);
  const [drag, setDrag] = useState<Drag | null>(null);
  const shown = parseZoom(address.value.own['zoom'], whole);
  const show = (part: Span) => replace({ own: { zoom: printZoom(part, whole) } });
  return {
    shown,
    isWhole: shown.fromMs === whole.fromMs && shown.toMs === whole.toMs,
    drag,
    axis,
    zoomIn: () => show(zoomed(shown, whole, 0.5)),
    zoomOut: () => show(zoomed(shown, whole, 2)),
    reset: () => show(whole),
    onPointerDown: (event) => {
      const box = axis.current?.getBoundingClientRect();
      const isOnTime = box !== undefined && event.clientX >= box.left && event.clientX <= box.right;
      if (event.button !== 0 || !isOnTime) return;
      followDrag(event.clientX, box, setDrag, (from, to) => {
        const msAt = (x: number) => shown.fromMs + (x / box.width) * (shown.toMs - shown.fromMs);
        go({ own: { zoom: printZoom({ fromMs: msAt(from), toMs: msAt(to) }, whole) } });
      });
    },
  };
}

function followDrag(
  startX: number,
  box: DOMRect,
  show: (drag: Drag | null) => void,
  done: (from: number, to: number) => void,
): void {
  const control = new AbortController();
  const spanTo = (event: PointerEvent) => {
    const [from, to] = [startX, event.clientX].map((x) => Math.max(0, Math.min(box.width, x - box.left)));
    return [Math.min(from ?? 0, to ?? 0), Math.max(from ?? 0, to ?? 0)] as const;
  };
  const move = (event: PointerEvent) => {
    const [from, to] = spanTo(event);
    show(to - from < LEAST_DRAG ? null : { left: from, width: to - from });
  };
  const up = (event: PointerEvent) => {
    control.abort();
    show(null);
    const [from, to] = spanTo(event);
    if (to - from < LEAST_DRAG) return;
    done(from, to);
    // What follows is no click on a row.
    document.addEventListener('click', (click) => click.stopPropagation(), { capture: true, once: true });
  };
  const { signal } = control;
  document.addEventListener('pointermove', move, { signal });
  document.addEventListener('pointerup', up, { signal });
  document.addEventListener('pointercancel', () => [control.abort(), show(null)], { signal });
}
