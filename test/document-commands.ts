/*
 * The command lines in the documents: those of code blocks for a shell, of indented blocks that begin with `$ `, and
 * of code within the text.
 */

/** One command of a command line. */
export interface DocumentedCommand {
  /** The variables that are set for it, or that `export` sets. */
  readonly variables: readonly string[];
  /** Empty if only variables are set. */
  readonly words: readonly string[];
}

const BLOCK = /^( *)```sh\n([\s\S]*?)^ *```/gm;
const AT_PROMPT = /^ {4}\$ (.*)$/gm;
const IN_TEXT = /`((?:[\w./-]+\/)?ant-watcher(?: [^`]+)?)`/g;
/** Words with their quotes; what separates commands; comments. */
const TOKEN =
  /\s+#.*$|^#.*$|&&|\|\|?|[;()&\n]|>|(?:\$\([^)]*\)|[^\s"'`;()|&>\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/gm;
const ASSIGNMENT = /^([A-Za-z_]\w*)=/;

/** All commands of a Markdown text, in its order by kind. */
export function commandsIn(markdown: string): DocumentedCommand[] {
  const blocks = Array.from(markdown.matchAll(BLOCK), ([, , block = '']) => block);
  const prompts = Array.from(markdown.matchAll(AT_PROMPT), ([, line = '']) => line);
  const prose = markdown.replace(/^ *```[\s\S]*?^ *```/gm, '');
  const inText = Array.from(prose.matchAll(IN_TEXT), ([, code = '']) => code.replace(/\s+/g, ' '));
  return [...blocks, ...prompts, ...inText].flatMap(splitCommands);
}

/** The commands of a few lines of a shell. */
export function splitCommands(lines: string): DocumentedCommand[] {
  const commands: DocumentedCommand[] = [];
  let [variables, words]: [string[], string[]] = [[], []];
  const end = () => {
    const command = words.filter((word, at) => word !== '>' && words[at - 1] !== '>');
    if (variables.length + command.length > 0) commands.push({ variables, words: command });
    [variables, words] = [[], []];
  };
  for (const [token] of lines.replaceAll('\\\n', ' ').matchAll(TOKEN)) {
    const [, variable] = ASSIGNMENT.exec(token) ?? [];
    if (/^\s*#/.test(token)) continue;
    if (/^(?:&&|\|\|?|[;()&\n])$/.test(token)) end();
    else if (variable !== undefined && words.length === 0) variables.push(variable);
    else if (token !== 'export' || words.length > 0) words.push(withoutQuotes(token));
  }
  end();
  return commands;
}

function withoutQuotes(token: string): string {
  return token.replace(/"((?:[^"\\]|\\.)*)"|'([^']*)'/g, (_, double, single) => double ?? single);
}

/** The arguments of ant-watcher, if that is the command. Null: it is another one. */
export function argumentsOf({ words: [first = '', ...rest] }: DocumentedCommand): readonly string[] | null {
  return /(?:^|\/)ant-watcher$/.test(first) ? rest : null;
}

/** What curl is asked to send; null if the command is not curl. */
export function curlRequestOf({ words: [first, ...rest] }: DocumentedCommand) {
  if (first !== 'curl') return null;
  let [url, method, body]: [string, string | null, string | null] = ['', null, null];
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at] ?? '';
    if (word === '-X' || word === '--request') method = rest[++at] ?? '';
    else if (word === '-d' || word === '--data') body = rest[++at] ?? '';
    else if (/^(?:-[Ho]|--header|--output|--retry|--max-time)$/.test(word)) at++;
    else if (!word.startsWith('-')) url = word;
  }
  return { url, method: method ?? (body === null ? 'GET' : 'POST'), body };
}
