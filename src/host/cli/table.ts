import { printable } from './printable.js';

export type Cell = string | number | Date | null | undefined;

/** Rows under headings, in columns as wide as they need to be. */
export function toTable(headings: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = [headings, ...rows.map((row) => row.map(showCell))];
  const widths = headings.map((_heading, column) => Math.max(...lines.map((line) => lengthOf(line[column] ?? ''))));
  return lines
    .map((line) =>
      line
        .map((text, column) => pad(text, widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** One thing's facts, a line each; those that are not known are left out. */
export function toFields(fields: Readonly<Record<string, Cell>>): string {
  const known = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
  const width = Math.max(...known.map(([name]) => lengthOf(name)));
  return known.map(([name, value]) => `${pad(name, width)}  ${showCell(value)}`).join('\n');
}

/** UTC, to the second. */
export const showTime = (time: Date): string => `${time.toISOString().slice(0, 19).replace('T', ' ')}Z`;

function showCell(value: Cell): string {
  if (value === null || value === undefined) return '-';
  return value instanceof Date ? showTime(value) : printable(String(value));
}

const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(width - lengthOf(text), 0));

/** In characters, not in UTF-16 units. */
const lengthOf = (text: string): number => [...text].length;
