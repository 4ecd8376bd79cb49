/** A copy of everything that a store holds, in a file on this machine, which whoever asked for it removes. */
export interface StoreCopy {
  readonly path: string;
  readonly bytes: number;
}
