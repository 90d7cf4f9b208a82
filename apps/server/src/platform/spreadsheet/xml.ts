import { SheetError } from './errors.ts';

/** What the scanner reports. Names come without their namespace prefix. */
export interface XmlHandler {
  open(name: string, attributes: string): void;
  close(name: string): void;
  text(text: string): void;
}

/** No single tag or text run of a real sheet comes near this (a cell holds at most 32,767 characters). */
const MAX_PENDING = 8 * 1024 * 1024;
const COLON = 58;

const ENTITY = /&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/g;
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Text with its predefined and numeric entities resolved; document-defined entities do not exist in OOXML. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(ENTITY, (all, hex: string | undefined, decimal: string | undefined, name: string | undefined) => {
    if (name !== undefined) return NAMED[name]!;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : all;
  });
}

const ATTRIBUTE = /([\w.-]+:)?([\w.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/** All attributes of a tag by local name. For rare tags; {@link attribute} is the fast way to one. */
export function attributesOf(source: string): Map<string, string> {
  const out = new Map<string, string>();
  for (const match of source.matchAll(ATTRIBUTE)) {
    if (match[1] !== 'xmlns:') out.set(match[2]!, decodeEntities(match[3] ?? match[4] ?? ''));
  }
  return out;
}

/** The raw value of an unprefixed attribute. */
export function attribute(source: string, name: string): string | undefined {
  let at = source.indexOf(`${name}=`);
  while (at > 0 && source.charCodeAt(at - 1) > 32) at = source.indexOf(`${name}=`, at + 1);
  // An attribute always follows the tag's name and white space; "a = b" spelling goes the slow way.
  if (at < 0) return source.includes(' =') || source.includes('= ') ? attributesOf(source).get(name) : undefined;
  const start = at + name.length + 1;
  const quote = source[start];
  if (quote !== '"' && quote !== "'") return attributesOf(source).get(name);
  const end = source.indexOf(quote, start + 1);
  return end < 0 ? undefined : source.slice(start + 1, end);
}

const localName = (name: string): string => {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
};

/**
 * A push scanner for the XML that spreadsheets consist of: tags, text, CDATA; comments and instructions are skipped, a
 * DOCTYPE is refused (OOXML forbids it, and it is how entity bombs come in). Memory: one unfinished tag or text run.
 */
export class XmlScanner {
  readonly #handler: XmlHandler;
  #pending = '';

  constructor(handler: XmlHandler) {
    this.#handler = handler;
  }

  push(chunk: string): void {
    const source = this.#pending === '' ? chunk : this.#pending + chunk;
    let at = 0;
    while (at < source.length) {
      const open = source.indexOf('<', at);
      if (open < 0) break;
      const next = this.#tag(source, at, open);
      if (next < 0) break;
      at = next;
    }
    this.#pending = source.slice(at);
    if (this.#pending.length > MAX_PENDING) throw new SheetError('sheet_damaged', { cause: 'oversized XML token' });
  }

  /** Call after the last chunk: a document that stops inside a tag is cut off. */
  end(): void {
    if (this.#pending.trim() !== '') throw new SheetError('sheet_damaged', { cause: 'XML ends inside a tag' });
  }

  /** Handles the text before and the markup at `open`; returns where to go on, or -1 when more input is needed. */
  #tag(source: string, at: number, open: number): number {
    const second = source.charCodeAt(open + 1);
    if (Number.isNaN(second)) return -1;
    let end: number;
    if (second === 33) {
      if (source.length < open + 9) return -1;
      if (source.startsWith('<!--', open)) {
        end = source.indexOf('-->', open + 4);
        if (end < 0) return -1;
        this.#text(source, at, open);
        return end + 3;
      }
      if (source.startsWith('<![CDATA[', open)) {
        end = source.indexOf(']]>', open + 9);
        if (end < 0) return -1;
        this.#text(source, at, open);
        this.#handler.text(source.slice(open + 9, end));
        return end + 3;
      }
      throw new SheetError('sheet_damaged', { cause: 'DOCTYPE in a spreadsheet part' });
    }
    end = tagEnd(source, open + 1);
    if (end < 0) return -1;
    this.#text(source, at, open);
    if (second === 63) return end + 1;
    if (second === 47) {
      this.#handler.close(localName(source.slice(open + 2, end).trim()));
      return end + 1;
    }
    const selfClosing = source.charCodeAt(end - 1) === 47;
    const stop = selfClosing ? end - 1 : end;
    let nameEnd = open + 1;
    let colon = -1;
    while (nameEnd < stop) {
      const code = source.charCodeAt(nameEnd);
      if (code <= 32) break;
      if (code === COLON) colon = nameEnd;
      nameEnd++;
    }
    const name = source.slice(colon < 0 ? open + 1 : colon + 1, nameEnd);
    this.#handler.open(name, source.slice(nameEnd, stop));
    if (selfClosing) this.#handler.close(name);
    return end + 1;
  }

  #text(source: string, from: number, to: number): void {
    if (to > from) this.#handler.text(decodeEntities(source.slice(from, to)));
  }
}

/** The tag's closing bracket, past any bracket inside a quoted attribute value. */
function tagEnd(source: string, from: number): number {
  let end = source.indexOf('>', from);
  while (end >= 0) {
    let quote = 0;
    for (let i = from; i < end; i++) {
      const code = source.charCodeAt(i);
      if (quote === 0) {
        if (code === 34 || code === 39) quote = code;
      } else if (code === quote) quote = 0;
    }
    if (quote === 0) return end;
    end = source.indexOf('>', end + 1);
  }
  return -1;
}
