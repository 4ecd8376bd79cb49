import type { DefinitionId } from '../../../src/domain/definitions.ts';
import type { Unit } from '../../format/unit.ts';

export interface Line {
  readonly name: string;
  /** One for each time; null: there is none. */
  readonly values: readonly (number | null)[];
  /** The name of a colour of `tokens.css`, such as `--p95`. */
  readonly colour: string;
  /** Tells lines apart without their colour. */
  readonly style?: 'solid' | 'strong' | 'dotted' | 'dashed' | 'points';
  readonly isFilled?: boolean;
  readonly definition?: DefinitionId;
}

/** What to draw. */
export interface Series {
  /** Seconds since 1970, from old to new, evenly spaced. */
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  /** Behind the lines, on a scale of its own: how many values each point is made of. */
  readonly bars?: { readonly name: string; readonly values: readonly (number | null)[] };
  readonly unit: Unit;
  /** In pixels. */
  readonly height: number;
  /** The highest value that fits, to compare charts with one another; by default that of the lines. */
  readonly max?: number;
  /** The least width of the axis in pixels, so that charts above one another begin at the same place. */
  readonly axisWidth?: number;
  /** Charts of the same name show the same time under the mouse. */
  readonly sync?: string;
}
