let twoByte: Map<string, number> | undefined;

/** Every two-byte code, read from the decoder that Node has: it has no encoder. */
function table(): Map<string, number> {
  if (twoByte) return twoByte;
  twoByte = new Map();
  const decoder = new TextDecoder('gb18030');
  const pair = new Uint8Array(2);
  for (let high = 0x81; high <= 0xfe; high++) {
    for (let low = 0x40; low <= 0xfe; low++) {
      if (low === 0x7f) continue;
      pair.set([high, low]);
      const text = decoder.decode(pair);
      if (text.length === 1 && text !== '\ufffd') twoByte.set(text, (high << 8) | low);
    }
  }
  return twoByte;
}

/**
 * GB18030 of a text made of ASCII, two-byte characters and characters beyond the basic plane.
 * @throws RangeError for a character that GB18030 writes as four bytes inside the basic plane: the demo has none
 */
export function encodeGb18030(text: string): Buffer {
  const codes = table();
  const bytes: number[] = [];
  for (const char of text) {
    const point = char.codePointAt(0)!;
    if (point < 0x80) {
      bytes.push(point);
    } else if (point > 0xffff) {
      const linear = point - 0x10000 + 189_000;
      bytes.push(
        0x81 + Math.floor(linear / 12_600),
        0x30 + (Math.floor(linear / 1260) % 10),
        0x81 + (Math.floor(linear / 10) % 126),
        0x30 + (linear % 10),
      );
    } else {
      const code = codes.get(char);
      if (code === undefined) throw new RangeError(`没有“${char}”的两字节编码`);
      bytes.push(code >> 8, code & 0xff);
    }
  }
  return Buffer.from(bytes);
}
