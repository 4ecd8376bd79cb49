import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Run } from '../../../src/domain/openapi-types.ts';
import { Card } from '../../components/card.tsx';
import { areKeysOn } from '../../state/keys.ts';
import { Axis } from './axis.tsx';
import type { Row } from './rows.ts';
import { rangeOf, slowestStep } from './segments.ts';
import { type Rows, useRows } from './use-rows.ts';
import { useZoom, type Zoom } from './use-zoom.ts';
import { WaterfallRow } from './waterfall-row.tsx';

/** The jobs of an attempt over time. Arrow keys go through the rows and open them. */
export function Waterfall({ answer }: { readonly answer: Run }) {
  const { jobs } = answer;
  const whole = rangeOf(answer);
  const zoom = useZoom(whole);
  const rows = useRows(jobs);
  const slowest = useMemo(() => slowestStep(jobs), [jobs]);
  const body = useRef<HTMLTableSectionElement>(null);
  const wasMoved = useRef(false);
  useEffect(() => {
    const row = body.current?.querySelector<HTMLElement>('tr[tabindex="0"]');
    if (wasMoved.current || rows.at.startsWith('step ')) row?.focus();
    wasMoved.current = false;
  }, [rows.at]);
  const press = (event: KeyboardEvent) => {
    wasMoved.current = onKey(event, rows, zoom) || wasMoved.current;
  };
  const nowMs = Date.parse(answer.now);
  return (
    <Card title="Jobs over time" definition="critical_path" isFlush actions={<Actions zoom={zoom} />}>
      <div class="waterfall" onPointerDown={zoom.onPointerDown}>
        {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: rows open, and the keyboard goes through them */}
        <table role="treegrid" aria-label="Jobs over time" onKeyDown={press}>
          <thead>
            <tr>
              <th scope="col">Job</th>
              <th scope="col" class="time" ref={zoom.axis}>
                <span class="hidden-text">Time since the beginning</span>
                <Axis shown={zoom.shown} whole={whole} />
                {zoom.drag !== null && <span class="drag" style={pixels(zoom.drag)} />}
              </th>
              <th scope="col" class="number queue">
                Queue
              </th>
              <th scope="col" class="number">
                Duration
              </th>
            </tr>
          </thead>
          <tbody ref={body}>
            {rows.rows.map((row) => (
              <WaterfallRow
                key={row.id}
                row={row}
                rows={rows}
                shown={zoom.shown}
                nowMs={nowMs}
                slowest={slowest}
                hasFocus={row.id === rows.at}
              />
            ))}
          </tbody>
        </table>
        {jobs.length === 0 && <p class="no-jobs faint">No job of this attempt is known.</p>}
      </div>
      <Key />
    </Card>
  );
}

function pixels({ left, width }: { readonly left: number; readonly width: number }) {
  return { left: `${left}px`, width: `${width}px` };
}

/** Whether the key moved the focus. */
function onKey(event: KeyboardEvent, rows: Rows, zoom: Zoom): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const at = rows.rows.findIndex(({ id }) => id === rows.at);
  const row = rows.rows[at];
  if (row === undefined || event.target instanceof HTMLAnchorElement) return false;
  const moves = movesFrom(rows, at);
  const single = areKeysOn.value ? singleKeys(row, zoom) : {};
  const action = { ...moves, ...single }[event.key];
  if (action === undefined) return false;
  event.preventDefault();
  event.stopPropagation();
  action();
  return event.key in moves;
}

type Actions = Readonly<Record<string, () => void>>;

function movesFrom(rows: Rows, at: number): Actions {
  const all = rows.rows;
  const row = all[at] as Row;
  const to = (index: number) => rows.moveTo(all[Math.max(0, Math.min(all.length - 1, index))]?.id ?? '');
  const canOpen = row.kind === 'group' || row.kind === 'job';
  const level = levelOf(row);
  return {
    ArrowDown: () => to(at + 1),
    ArrowUp: () => to(at - 1),
    Home: () => to(0),
    End: () => to(all.length - 1),
    ArrowRight: () => (canOpen && !rows.isOpen(row) ? rows.turn(row) : to(at + 1)),
    ArrowLeft: () =>
      canOpen && rows.isOpen(row)
        ? rows.turn(row)
        : to(all.findLastIndex((each, index) => index < at && levelOf(each) < level)),
    Enter: () => (canOpen ? rows.turn(row) : undefined),
  };
}

/** Single keys, which people can switch off. */
function singleKeys(row: Row, zoom: Zoom): Actions {
  const zooming = { '+': zoom.zoomIn, '=': zoom.zoomIn, '-': zoom.zoomOut, '0': zoom.reset };
  if (row.kind === 'group') return zooming;
  const { job_id, url } = row.job;
  return {
    ...zooming,
    e: () => void window.open(`/api/v1/explain?job=${job_id}`, '_blank', 'noopener'),
    o: () => void window.open(url, '_blank', 'noopener'),
  };
}

export function levelOf(row: Row): number {
  return row.kind === 'group' ? 1 : row.level;
}

function Actions({ zoom }: { readonly zoom: Zoom }) {
  return (
    <div class="zoom">
      <button type="button" onClick={zoom.zoomOut} disabled={zoom.isWhole} aria-label="Zoom out">
        −
      </button>
      <button type="button" onClick={zoom.zoomIn} aria-label="Zoom in">
        +
      </button>
      <button type="button" onClick={zoom.reset} disabled={zoom.isWhole}>
        Whole run
      </button>
    </div>
  );
}

function Key() {
  return (
    <p class="waterfall-key faint">
      <Swatch class="approval" fill="url(#pattern-waiting)" /> approval
      <Swatch class="queue" fill="url(#pattern-cancelled)" /> queue
      <Swatch kind="success" /> on a runner
      <Swatch class="critical" /> critical path, inferred
      <span class="keys">
        <kbd>↑</kbd> <kbd>↓</kbd> move · <kbd>→</kbd> <kbd>Enter</kbd> open · <kbd>e</kbd> explain ·{' '}
        <kbd>o</kbd> GitHub · drag, <kbd>+</kbd> <kbd>−</kbd> zoom
      </span>
    </p>
  );
}

function Swatch({ fill, kind, class: name = 'mark' }: { fill?: string; kind?: string; class?: string }) {
  return (
    <svg viewBox="0 0 22 12" aria-hidden="true">
      <rect class={name} data-kind={kind} x="1" y="1" width="20" height="10" rx="2" fill={fill} />
    </svg>
  );
}
