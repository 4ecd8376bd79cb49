/** Something wrong with the configuration. No part of it ever holds a secret. */
export interface Problem {
  /** The setting's name, where the problem is one of a known setting. */
  readonly setting?: string;
  /** The variable, flag, or file and line that has the problem. */
  readonly where: string;
  readonly what: string;
  readonly hint: string;
}

/** The problems for a person to read, one paragraph each. */
export function formatProblems(problems: readonly Problem[]): string {
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  const paragraphs = problems.map(({ setting, where, what, hint }) => {
    const heading = setting === undefined ? where : `${setting} (${where})`;
    return `  ${heading}\n    ${what}\n    hint: ${hint}\n`;
  });
  return `The configuration has ${count}:\n\n${paragraphs.join('\n')}`;
}

/** The hint for a name that is unknown. */
export function didYouMean(nearest: string | undefined, otherwise: string): string {
  return nearest === undefined ? otherwise : `did you mean ${nearest}?`;
}
