/** What one cell can hold. Undefined and null are empty. */
export type Cell = string | number | boolean | null | undefined;

/**
 * Spreadsheets take a cell that begins with one of these for a formula. Some of them ignore what is not seen in
 * front of it, and take the wide signs of East Asian keyboards for the usual ones.
 */
const FORMULA = /^[\s\p{C}]*[=+\-@＝＋－＠−]|^[\t\r\n]/u;
const NEEDS_QUOTES = /[",\r\n]/;

/**
 * RFC 4180, with a header. A text that a spreadsheet would execute gets an apostrophe in front
 * (https://owasp.org/www-community/attacks/CSV_Injection).
 */
export function csvOf(rows: readonly Readonly<Record<string, Cell>>[], columns: readonly string[]): string {
  const lines = rows.map((row) => columns.map((column) => cellText(row[column])).join(','));
  return [columns.join(','), ...lines, ''].join('\r\n');
}

function cellText(cell: Cell): string {
  if (typeof cell !== 'string') return cell === null || cell === undefined ? '' : String(cell);
  const safe = FORMULA.test(cell) ? `'${cell}` : cell;
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
