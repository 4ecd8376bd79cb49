/** What a code means, in every place where it may be seen. */
export interface ErrorMeaning {
  /** `retry`: the same may succeed later by itself. `reject`: something has to be changed first. */
  readonly remedy: 'retry' | 'reject';
  /** What a command exits with that ends with it. */
  readonly exitCode?: 1 | 2;
  /** The status of the HTTP answer that carries it. */
  readonly status?: number;
  /** What has happened; as the message of an answer, unless something more exact is known. */
  readonly about: string;
  /** What whoever meets it can do. */
  readonly action: string;
}
