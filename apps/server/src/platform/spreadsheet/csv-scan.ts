import { SheetError } from './errors.ts';

/** A quoted field longer than this was never closed: an order's text has at most 20,000 characters. */
const MAX_QUOTED = 256 * 1024;

/** A longer line is no table; without this bound such a file would fill the memory. */
const MAX_PENDING = 8 * 1024 * 1024;

const QUOTE = 34;
const LF = 10;
const CR = 13;

/** Where the opened quote ends: the closing quote's position, not decidable yet, or never. */
type Closing = { readonly at: number } | 'unknown' | 'never';

/**
 * A push parser for CSV as people really make it. RFC 4180, and beyond it: undoubled quotes inside a quoted field are
 * kept; blanks may precede an opening quote; line ends may be mixed; and a quote that is never closed is taken as
 * a plain character, so that it spoils its own row and not all that follow.
 */
export class CsvScanner {
  readonly #delimiterCode: number;
  #pending = '';

  constructor(delimiter: string) {
    this.#delimiterCode = delimiter.charCodeAt(0);
  }

  /** The records completed by this piece. An empty line is a record with one empty field. */
  push(piece: string): string[][] {
    return this.#scan(this.#pending + piece, false);
  }

  /** The records that only the end of the file completes. */
  end(): string[][] {
    return this.#pending === '' ? [] : this.#scan(this.#pending, true);
  }

  #scan(source: string, final: boolean): string[][] {
    const records: string[][] = [];
    let at = 0;
    for (;;) {
      const record: string[] = [];
      const next = this.#record(source, at, final, record);
      if (next < 0) break;
      records.push(record);
      at = next;
      if (at >= source.length) break;
    }
    this.#pending = source.slice(at);
    if (this.#pending.length > MAX_PENDING) throw new SheetError('sheet_unsupported', { cause: 'endless line' });
    return records;
  }

  /** Reads one record into `record`; returns where the next begins, or -1 when this one is not complete. */
  #record(source: string, from: number, final: boolean, record: string[]): number {
    const { length } = source;
    let at = from;
    if (at >= length) return -1;
    for (;;) {
      const quote = this.#openingQuote(source, at);
      if (quote >= 0) {
        const closing = this.#closing(source, quote + 1, final);
        if (closing === 'unknown') return -1;
        if (closing !== 'never') {
          record.push(source.slice(quote + 1, closing.at).replaceAll('""', '"'));
          at = closing.at + 1;
          while (at < length && this.#isBlank(source.charCodeAt(at))) at++;
          const after = this.#afterField(source, at, final);
          if (after === -2) {
            at++;
            continue;
          }
          return after;
        }
      }
      let end = at;
      while (end < length) {
        const code = source.charCodeAt(end);
        if (code === this.#delimiterCode || code === LF || code === CR) break;
        end++;
      }
      if (end >= length && !final) return -1;
      record.push(source.slice(at, end));
      const after = this.#afterField(source, end, final);
      if (after !== -2) return after;
      at = end + 1;
    }
  }

  /** After a field: -2 when another follows, -1 when not decidable yet, else where the next record begins. */
  #afterField(source: string, at: number, final: boolean): number {
    if (at >= source.length) return final ? at : -1;
    const code = source.charCodeAt(at);
    if (code === this.#delimiterCode) return -2;
    if (code === LF) return at + 1;
    if (at + 1 >= source.length && !final) return -1;
    return source.charCodeAt(at + 1) === LF ? at + 2 : at + 1;
  }

  #isBlank(code: number): boolean {
    return (code === 32 || code === 9) && code !== this.#delimiterCode;
  }

  #openingQuote(source: string, at: number): number {
    let i = at;
    while (this.#isBlank(source.charCodeAt(i))) i++;
    return source.charCodeAt(i) === QUOTE ? i : -1;
  }

  #closing(source: string, from: number, final: boolean): Closing {
    let quote = source.indexOf('"', from);
    while (quote >= 0 && quote - from <= MAX_QUOTED) {
      let after = quote + 1;
      if (source.charCodeAt(after) === QUOTE) {
        // "" is one quote character; a run of quotes is resolved pair by pair.
        quote = source.indexOf('"', after + 1);
        continue;
      }
      while (this.#isBlank(source.charCodeAt(after))) after++;
      if (after >= source.length) return final ? { at: quote } : 'unknown';
      const code = source.charCodeAt(after);
      if (code === this.#delimiterCode || code === LF || code === CR) return { at: quote };
      // Past a line end, a quote right after a delimiter opens another row's field: ours was never closed.
      const before = source.charCodeAt(quote - 1);
      const opens = before === this.#delimiterCode || before === LF || before === CR;
      if (opens && source.slice(from, quote).includes('\n')) return 'never';
      quote = source.indexOf('"', quote + 1);
    }
    if (quote >= 0 || final || source.length - from > MAX_QUOTED) return 'never';
    return 'unknown';
  }
}
