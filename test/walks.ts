import { importsOf, type Sources } from './dependency-rules.ts';

/*
 * The walks through the code in docs/architecture.md: lists of files, in which an indented file is called by
 * the file above it.
 *
 *   - `src/a.ts`: what happens there
 *     - `src/b.ts`: a.ts imports it
 *     - `src/c.ts` (as `Engine` of `src/contract.ts`): a.ts knows only that type
 *     - `src/d.ts` (given by `src/e.ts`): a.ts gets it from there
 */

export interface Step {
  readonly path: string;
  /** The file that calls it; null for the first of a walk. */
  readonly caller: string | null;
  readonly contract: { readonly type: string; readonly path: string } | null;
  readonly giver: string | null;
}

const STEP =
  /^( *)- `((?:src|simulator)\/[\w./-]+\.ts)`(?: \((?:as `(\w+)` of `([\w./-]+)`|given by `([\w./-]+)`)\))?/;

/** The steps below each heading that has any, by the heading. */
export function readWalks(markdown: string): ReadonlyMap<string, readonly Step[]> {
  const walks = new Map<string, Step[]>();
  let heading = '';
  const callers: string[] = [];
  for (const line of markdown.split('\n')) {
    heading = /^#+ (.*)$/.exec(line)?.[1] ?? heading;
    const [matched, indent = '', path = '', type, contract, giver] = STEP.exec(line) ?? [];
    if (matched === undefined) continue;
    const depth = indent.length / 2;
    callers.splice(depth, callers.length, path);
    const step: Step = {
      path,
      caller: callers[depth - 1] ?? null,
      contract: type === undefined || contract === undefined ? null : { type, path: contract },
      giver: giver ?? null,
    };
    walks.set(heading, [...(walks.get(heading) ?? []), step]);
  }
  return walks;
}

/** What is wrong with a walk, by the imports in the sources. */
export function walkFaults(steps: readonly Step[], sources: Sources): string[] {
  return steps.flatMap((step) => stepFaults(step, sources));
}

function stepFaults({ path, caller, contract, giver }: Step, sources: Sources): string[] {
  if (!sources.has(path)) return [`there is no ${path}`];
  if (caller === null) return [];
  const imports = (from: string, to: string) => importsOf(from, sources.get(from) ?? '').includes(to);
  if (giver !== null) return imports(giver, path) ? [] : [`${giver} does not import ${path}`];
  if (contract === null) return imports(caller, path) ? [] : [`${caller} does not import ${path}`];
  return [
    ...[caller, path].flatMap((file) =>
      imports(file, contract.path) ? [] : [`${file} does not import ${contract.path}`],
    ),
    ...(new RegExp(`export (?:interface|type) ${contract.type}\\b`).test(sources.get(contract.path) ?? '')
      ? []
      : [`${contract.path} has no ${contract.type}`]),
  ];
}
