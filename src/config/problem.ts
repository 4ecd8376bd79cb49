/** Something wrong with the configuration. No part of it ever contains a secret. */
export interface ConfigProblem {
  /** The name of the setting, if the problem concerns a known one. */
  readonly setting?: string;
  /** The variable, flag, or file and line that has the problem. */
  readonly where: string;
  readonly what: string;
  readonly hint: string;
}

/** The problems for people, one paragraph each. */
export function formatProblems(problems: readonly ConfigProblem[]): string {
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  const paragraphs = problems.map(({ setting, where, what, hint }) => {
    const heading = setting === undefined ? where : `${setting} (${where})`;
    return `  ${heading}\n    ${what}\n    hint: ${hint}\n`;
  });
  return `The configuration has ${count}:\n\n${paragraphs.join('\n')}`;
}

/** The hint for an unknown name. */
export function didYouMean(nearest: string | undefined, otherwise: string): string {
  return nearest === undefined ? otherwise : `did you mean ${nearest}?`;
}
