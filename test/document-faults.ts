import { posix } from 'node:path';

/** What documents may refer to. */
export interface Project {
  /** Whether a file or folder exists at that path, from the root. */
  exists(path: string): boolean;
  /** The text of the document at that path, from the root. */
  read(path: string): string;
  /** The names of package.json's scripts. */
  readonly scripts: readonly string[];
  /** The names of the files and folders in the root. */
  readonly root: readonly string[];
}

/** These exist only once the user or the service has made them. */
const MADE_LATER = ['config/config.json', 'data/ant-watcher.db'];

const LINK = /\]\(([^)\s]+)\)|^\[[^\]]+\]:\s*(\S+)/gm;
const CODE = /`([^`\n]+)`/g;
const SCRIPT = /\bnpm (?:run ([\w:-]+)|(test|start|stop)\b)/g;
const HEADING = /^#+ +(.*)$/gm;

/** Broken links, missing paths and unknown npm scripts in a Markdown text at `path`. */
export function findDocumentFaults(path: string, text: string, project: Project): string[] {
  const prose = proseOf(text);
  return [
    ...matches(prose, LINK).flatMap((target) => linkFault(path, text, target, project)),
    ...matches(prose, CODE).flatMap((code) => pathFault(path, code, project)),
    ...matches(text, SCRIPT)
      .filter((script) => !project.scripts.includes(script))
      .map((script) => `${path}: package.json has no script ${script}`),
  ];
}

function proseOf(text: string): string {
  return text.replace(/^```[\s\S]*?^```/gm, '');
}

/** The first group of each match that took part. */
function matches(text: string, pattern: RegExp): string[] {
  return Array.from(
    text.matchAll(pattern),
    (match) => match.slice(1).find((group) => group !== undefined) ?? '',
  );
}

function linkFault(path: string, text: string, target: string, { exists, read }: Project): string[] {
  if (/^[a-z]+:/.test(target)) return [];
  const [file = '', anchor] = target.split('#');
  const linked = posix.join(posix.dirname(path), file);
  if (file !== '' && !exists(linked)) return [`${path}: the link ${target} leads nowhere`];
  if (anchor === undefined) return [];
  const headings = matches(proseOf(file === '' ? text : read(linked)), HEADING);
  return headings.map(anchorOf).includes(anchor) ? [] : [`${path}: there is no heading for ${target}`];
}

/** As GitHub makes them. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

/** Code that begins like one of our paths is one, up to the first character that none of our paths has. */
function pathFault(path: string, code: string, { exists, root }: Project): string[] {
  const [named = ''] = /^(?:\.\/)?[\w@.-]+(?:\/[\w@.-]+)*\/?/.exec(code) ?? [];
  const [first = '', ...rest] = posix.normalize(named).split('/');
  // Workflows are those of the repositories that are watched.
  const isPath = rest.length > 0 && root.includes(first) && !named.startsWith('.github/workflows/');
  // A name with a placeholder or a wildcard stands for many: its folder must exist.
  const isWhole = !/[*<{…]/.test(code);
  const wanted = posix.normalize(isWhole ? named : posix.dirname(`${named}x`));
  if (!isPath || MADE_LATER.includes(wanted) || exists(wanted)) return [];
  return [`${path}: there is no ${wanted}`];
}
