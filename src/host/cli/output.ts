import { printableJson } from './printable.js';

/** What every command takes beside its own options. */
export interface OutputOptions {
  readonly json?: boolean;
}

/** The answer: one JSON document for a program, else what `text` makes of it for a person. */
export function answer<Value>({ json }: OutputOptions, value: Value, text: (value: Value) => string): void {
  process.stdout.write(`${json ? printableJson(value) : text(value)}\n`);
}
