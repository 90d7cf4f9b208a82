import { readFileSync } from 'node:fs';
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler';
import { chartSvg } from './chart.ts';
import { bundledFontDirs, FAMILIES } from './fonts.ts';
import {
  imprint,
  issuerType,
  keepsWithSignature,
  PAGE,
  signatureIndents,
  tableLayout,
  WHOLE_TABLE_ROWS,
} from './layout.ts';
import { type CleanBlock, type CleanDocument, cleanDocument, type OfficialDocument } from './model.ts';

export interface PdfOptions {
  /** Folders with the bureau's own fonts (方正小标宋简体, 仿宋_GB2312 …), searched besides the system's. */
  fontDirs?: readonly string[];
}

const template = readFileSync(new URL('./official.typ', import.meta.url), 'utf8');

// A compiler reads every font it is given when it is made (about 0.2 s, 60 MB): one per set of folders, made when first needed.
const compilers = new Map<string, NodeCompiler>();

function compilerFor(fontDirs: readonly string[]): NodeCompiler {
  const key = fontDirs.join('\n');
  let compiler = compilers.get(key);
  if (compiler === undefined) {
    compiler = NodeCompiler.create({ fontArgs: [{ fontPaths: [...fontDirs, ...bundledFontDirs()] }] });
    compilers.set(key, compiler);
  }
  return compiler;
}

function blockData(block: CleanBlock, i: number) {
  if (block.kind === 'table') {
    return {
      ...block,
      layout: tableLayout(block),
      whole: block.rows.length <= WHOLE_TABLE_ROWS,
    };
  }
  if (block.kind === 'chart') return { ...block, svg: chartSvg(block.chart, `chart${i}`) };
  return block;
}

function templateData(doc: CleanDocument): string {
  return JSON.stringify({
    ...doc,
    page: PAGE,
    families: FAMILIES,
    issuerType: issuerType(doc.issuer),
    indents: signatureIndents(doc.signature),
    keepLast: keepsWithSignature(doc.blocks.at(-1)),
    imprint: imprint(doc.copies),
    blocks: doc.blocks.map(blockData),
  });
}

/**
 * The document as a PDF in the layout of GB/T 9704-2012, with its fonts embedded as subsets, its text copyable and an
 * outline. The same model gives the same bytes on a machine with the same fonts. Runs on the calling thread: some 40 ms
 * for nine pages, some 200 ms with a table of 500 rows.
 *
 * @throws Error when typesetting fails.
 */
export async function renderPdf(source: OfficialDocument, options: PdfOptions = {}): Promise<Uint8Array> {
  const compiler = compilerFor(options.fontDirs ?? []);
  const input = { mainFileContent: template, inputs: { document: templateData(cleanDocument(source)) } };
  try {
    // One call from source to PDF: a compiled document handed to JavaScript would be kept until the garbage collector,
    // which knows nothing of its megabytes, happened on it.
    return new Uint8Array(compiler.pdf(input));
  } catch (error) {
    // The compiler puts what went wrong into the error's code and leaves its message empty.
    throw new Error(`PDF 排版失败：${(error as { code?: string }).code ?? '原因不明'}`, { cause: error });
  } finally {
    // Layouts of documents long past are of no use; a few are kept because much of the next one is the same.
    compiler.evictCache(5);
  }
}
