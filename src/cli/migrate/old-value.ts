/** Where a value is that is not in what was read, for people: `key K of the Secret N`. */
export interface Reference {
  readonly at: string;
  /** There may be no value. */
  readonly isOptional: boolean;
}

/** A setting of the other exporter as it was found: its variable, `--flag` or key, and its value. */
export interface OldValue {
  readonly name: string;
  readonly value: string | Reference;
  /** For people: `.env line 3`. */
  readonly from: string;
}

/** What a source holds; the sources that come first win. */
export interface OldValues {
  readonly values: readonly OldValue[];
  /** What could not be read, for people. Never with a value. */
  readonly unread: readonly string[];
}

const LONGEST_NAME = 64;

/** Whether a name may be shown: what stands in its place by mistake may be a part of a secret. */
export function isVariableName(text: string): boolean {
  return text.length <= LONGEST_NAME && /^[A-Z][A-Z0-9_]*$/.test(text);
}

/** `$NAME`, `${NAME:-…}` and `$(NAME)`, as Compose and Kubernetes fill them in; otherwise the text itself. */
export function readValue(text: string): OldValue['value'] {
  const [, name = ''] = /^\$(?:\{([A-Z][A-Z0-9_]*)(?:[:?+-].*)?\}|\(([A-Z][A-Z0-9_]*)\)|([A-Z][A-Z0-9_]*))$/s
    .exec(text)
    ?.filter((each) => each !== undefined) ?? [''];
  return name === '' ? text : { at: `the variable ${name}`, isOptional: false };
}
