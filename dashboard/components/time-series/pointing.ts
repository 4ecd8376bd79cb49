import { type Signal, signal, useSignal } from '@preact/signals';
import { useState } from 'preact/hooks';
import type { Scale } from './scale.ts';

/* What the mouse, a finger or a pen does on a chart. */

/** Less is a click: a hand moves a little. */
const LEAST_DRAG_PX = 5;

/** The time that is pointed at in charts of one name. */
const shared = new Map<string, Signal<number | null>>();

/** The chosen time of a chart, and of all others with the same `sync`; null: none. */
export function useChosenTime(sync: string | undefined): Signal<number | null> {
  const own = useSignal<number | null>(null);
  if (sync === undefined) return own;
  const known = shared.get(sync) ?? signal<number | null>(null);
  shared.set(sync, known);
  return known;
}

export interface PointingEvents {
  /** The index that is pointed at; null: none. */
  readonly onMove: (index: number | null) => void;
  readonly onPoint: ((index: number) => void) | undefined;
  readonly onRange: ((from: number, to: number) => void) | undefined;
}

/** The handlers of a chart, and the range that is being dragged (in pixels). */
export function usePointing(scale: Scale | null, { onMove, onPoint, onRange }: PointingEvents) {
  const [dragged, setDragged] = useState<readonly [from: number, to: number] | null>(null);
  const placeOf = (event: PointerEvent) => {
    const { left } = (event.currentTarget as Element).getBoundingClientRect();
    const x = event.clientX - left;
    return scale === null ? x : Math.max(scale.left, Math.min(scale.right, x));
  };
  const isRange = (range: readonly [number, number]) => Math.abs(range[1] - range[0]) >= LEAST_DRAG_PX;
  const handlers = {
    onPointerDown(event: PointerEvent) {
      if (event.button !== 0) return;
      const at = placeOf(event);
      (event.currentTarget as Element).setPointerCapture(event.pointerId);
      setDragged([at, at]);
    },
    onPointerMove(event: PointerEvent) {
      const at = placeOf(event);
      onMove(scale?.indexAt(at) ?? null);
      if (dragged !== null) setDragged([dragged[0], at]);
    },
    onPointerUp(event: PointerEvent) {
      if (dragged === null || scale === null) return;
      const range = [dragged[0], placeOf(event)] as const;
      setDragged(null);
      const [from, to] = [Math.min(...range), Math.max(...range)];
      if (!isRange(range)) onPoint?.(scale.indexAt(to));
      else onRange?.(Math.floor(scale.timeAt(from)), Math.ceil(scale.timeAt(to)));
    },
    onPointerCancel: () => setDragged(null),
    onPointerLeave: () => onMove(null),
  };
  const shown = dragged !== null && onRange !== undefined && isRange(dragged) ? dragged : null;
  return { dragged: shown, handlers };
}
