/** A copy of the whole store, in a file on this machine. The caller removes it. */
export interface StoreCopy {
  readonly path: string;
  readonly bytes: number;
}
