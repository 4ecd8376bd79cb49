/*
 * Whole numbers in as few bytes as they need: each is `base + scale * code`. The codes are all of the same
 * width, and the highest one stands for NaN. What does not fit stays as it is. In the byte order of the machine.
 */

/** Of the base, the scale, the width of codes in bytes, and whether any is NaN; each a 64-bit float. */
const HEAD = 4;
const HEAD_BYTES = HEAD * Float64Array.BYTES_PER_ELEMENT;
/** All values are the base. */
const NO_CODES = 0;
/** The values themselves. */
const AS_THEY_ARE = 8;
const CODES = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array } as const;
type Width = keyof typeof CODES;
const WIDTHS = [1, 2, 4] as const satisfies readonly Width[];
/** Times of GitHub are whole seconds. */
const SECOND_MS = 1000;

interface Head {
  readonly base: number;
  readonly scale: number;
  readonly width: typeof NO_CODES | Width | typeof AS_THEY_ARE;
  readonly hasNone: boolean;
}

/** The values as bytes. */
export function packValues(values: Float64Array): Uint8Array {
  const head = headOf(values);
  const { base, scale, width, hasNone } = head;
  const bytes = new Uint8Array(HEAD_BYTES + width * values.length);
  new Float64Array(bytes.buffer, 0, HEAD).set([base, scale, width, hasNone ? 1 : 0]);
  if (width === AS_THEY_ARE) new Float64Array(bytes.buffer, HEAD_BYTES).set(values);
  else if (width !== NO_CODES) {
    const codes = new CODES[width](bytes.buffer, HEAD_BYTES);
    const none = noneOf(width);
    for (let at = 0; at < values.length; at += 1) {
      const value = values[at] as number;
      codes[at] = Number.isNaN(value) ? none : (value - base) / scale;
    }
  }
  return bytes;
}

function headOf(values: Float64Array): Head {
  const { least, greatest, hasNone, areWhole } = rangeOf(values);
  if (least > greatest) return { base: Number.NaN, scale: 1, width: NO_CODES, hasNone };
  if (least === greatest && !hasNone) return { base: least, scale: 1, width: NO_CODES, hasNone };
  const scale = areWhole && areSeconds(values, least) ? SECOND_MS : 1;
  const width = areWhole ? widthFor((greatest - least) / scale) : undefined;
  if (width === undefined) return { base: 0, scale: 1, width: AS_THEY_ARE, hasNone };
  // Without a base, less is left to do for those who read.
  const base = least >= 0 && least % scale === 0 && widthFor(greatest / scale) === width ? 0 : least;
  return { base, scale, width, hasNone };
}

function rangeOf(values: Float64Array) {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let hasNone = false;
  let areWhole = true;
  for (const value of values) {
    if (Number.isNaN(value)) hasNone = true;
    else {
      if (value < least) least = value;
      if (value > greatest) greatest = value;
      areWhole &&= Number.isSafeInteger(value);
    }
  }
  return { least, greatest, hasNone, areWhole };
}

function areSeconds(values: Float64Array, least: number): boolean {
  for (const value of values) if (!Number.isNaN(value) && (value - least) % SECOND_MS !== 0) return false;
  return true;
}

function widthFor(greatest: number): Width | undefined {
  return WIDTHS.find((width) => greatest < noneOf(width));
}

function noneOf(width: Width): number {
  return 256 ** width - 1;
}

/** Writes the values behind `bytes`, which begin a buffer, to `target` from `at` on. */
export function unpackValues(
  bytes: Uint8Array<ArrayBuffer>,
  target: Float64Array | Int32Array,
  { at, size }: { readonly at: number; readonly size: number },
): void {
  const [base = 0, scale = 1, width, hasNone] = new Float64Array(bytes.buffer, 0, HEAD);
  if (width === NO_CODES) {
    target.fill(base, at, at + size);
    return;
  }
  const values =
    width === AS_THEY_ARE
      ? new Float64Array(bytes.buffer, HEAD_BYTES)
      : new CODES[width as Width](bytes.buffer, HEAD_BYTES);
  if (values.length !== size) throw new Error(`There are ${values.length} values in place of ${size}.`);
  target.set(values, at);
  if (width === AS_THEY_ARE || (base === 0 && scale === 1 && hasNone === 0)) return;
  const part = target.subarray(at, at + size);
  if (part instanceof Int32Array) addBase(part, base, scale);
  else decode(part, { base, scale, none: noneOf(width as Width) });
}

// Two loops: each sees arrays of one kind only, which makes it fast.

function addBase(codes: Int32Array, base: number, scale: number): void {
  for (let at = 0; at < codes.length; at += 1) codes[at] = base + scale * (codes[at] as number);
}

function decode(
  codes: Float64Array,
  { base, scale, none }: { readonly base: number; readonly scale: number; readonly none: number },
): void {
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] as number;
    codes[at] = code === none ? Number.NaN : base + scale * code;
  }
}
