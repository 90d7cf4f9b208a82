import { chartSvg } from './chart.ts';
import { FAMILIES, OFFICE_FONTS } from './fonts.ts';
import { imprint, PAGE, tableLayout, textEms, WHOLE_TABLE_ROWS } from './layout.ts';
import { type CleanBlock, type CleanDocument, cleanDocument, type OfficialDocument } from './model.ts';

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (ch) => ESCAPES[ch]!);

const family = (face: keyof typeof FAMILIES): string =>
  [OFFICE_FONTS[face], ...FAMILIES[face]].map((name) => `"${name}"`).join(', ') +
  (face === 'heiti' ? ', sans-serif' : ', serif');

const STYLE = `
.official { box-sizing: content-box; max-width: 156mm; margin: 0 auto; padding: 0 16px; color: #000; background: #fff;
  font: 16pt/28.9pt ${family('fangsong')}; text-align: justify; line-break: strict; }
.official p, .official h1, .official h2, .official h3, .official h4 { margin: 0; font-size: 16pt; font-weight: normal; }
.official .issuer { margin-top: 20mm; font-family: ${family('xiaobiaosong')}; line-height: 1.3; color: #d7000f; text-align: center; }
.official .number { margin: 2lh 0 0; padding-bottom: 4mm; border-bottom: 2.25pt solid #d7000f; text-align: center; }
.official .number.signed { display: flex; justify-content: space-between; padding-inline: 1em; }
.official .signer, .official h3 { font-family: ${family('kaiti')}; }
.official h1 { margin: 2lh 0 1lh; font: 22pt/36pt ${family('xiaobiaosong')}; text-align: center; text-wrap: balance; }
.official h2, .official .urgency, .official .draft { font-family: ${family('heiti')}; }
.official .draft { padding: 4pt; border: 1px dashed #666; color: #555; text-align: center; }
.official h2, .official h3, .official h4, .official .text { text-indent: 2em; }
.official h4 { font-weight: bold; }
.official h2, .official h3, .official h4 { break-after: avoid; }
.official figure { margin: 12pt 0; }
.official figcaption { font: 14pt/28.9pt ${family('heiti')}; text-align: center; }
.official .scroll { overflow-x: auto; }
.official table { width: 100%; border-collapse: collapse; border: 1pt solid #000; line-height: 1.35; text-align: left; }
.official th, .official td { padding: 4pt 3pt; border: 0.5pt solid #000; }
.official th { font-family: ${family('heiti')}; font-weight: normal; text-align: center; }
.official .left { text-align: left; } .official .center { text-align: center; } .official .right { text-align: right; }
.official .note { font-size: 10.5pt; line-height: 1.5; }
.official figcaption { break-after: avoid; }
.official figure.whole, .official figure.chart { break-inside: avoid; }
.official svg { display: block; width: 100%; height: auto; }
.official .attachments { display: grid; grid-template-columns: 3em 1fr; margin: 1lh 0 0 2em; }
.official .attachments ol, .official .attachments ul { margin: 0; padding: 0; list-style-position: inside; }
.official .attachments ul { list-style: none; }
.official .signature { display: flex; justify-content: flex-end; margin: 1lh 2em 0 0; break-inside: avoid; }
.official .signature p + p { padding-left: 2em; }
.official .imprint { margin-top: 2lh; border-block: 1pt solid #000; font-size: 14pt; break-inside: avoid; }
.official .imprint p { display: flex; justify-content: space-between; gap: 1em; padding: 4pt 1em; font-size: 14pt; }
.official .imprint p + p { border-top: 0.75pt solid #000; }
.official .imprint .cc { justify-content: flex-start; gap: 0; }
.official .imprint .cc span { flex: none; }
@media screen and (max-width: 640px) {
  .official { font-size: 12.5pt; line-height: 1.7; }
  .official p, .official h2, .official h3, .official h4 { font-size: inherit; }
  .official h1 { font-size: 17pt; line-height: 1.4; }
  .official .issuer { margin-top: 8mm; }
  .official table { width: max-content; min-width: 100%; max-width: 200%; }
}
@page { size: A4; margin: 37mm 26mm 35mm 28mm; }
@page :right { @bottom-right { content: "— " counter(page) " —"; font: 14pt ${family('songti')}; padding-right: 14pt; } }
@page :left { @bottom-left { content: "— " counter(page) " —"; font: 14pt ${family('songti')}; padding-left: 14pt; } }
@media print {
  .official { max-width: none; padding: 0; orphans: 2; widows: 2; }
  .official thead { display: table-header-group; }
  .official tr { break-inside: avoid; }
  .official .scroll { overflow: visible; }
}
`.trim();

function blockHtml(block: CleanBlock, i: number): string {
  switch (block.kind) {
    case 'heading': {
      const tag = `h${block.level + 1}`;
      return `<${tag}>${escapeHtml(block.text)}</${tag}>`;
    }
    case 'paragraph':
      return `<p class="text">${block.runs.map((r) => (r.bold ? `<b>${escapeHtml(r.text)}</b>` : escapeHtml(r.text))).join('')}</p>`;
    case 'table': {
      const { size, widths, heads } = tableLayout(block);
      const cols = widths.map((w) => `<col style="width:${((w / PAGE.textWidth) * 100).toFixed(2)}%">`).join('');
      const head = heads.map((lines) => `<th scope="col">${lines.map(escapeHtml).join('<br>')}</th>`).join('');
      const rows = block.rows.map(
        (row) =>
          `<tr>${row.map((text, c) => `<td class="${block.columns[c]!.align}">${escapeHtml(text)}</td>`).join('')}</tr>`,
      );
      const note = block.note === undefined ? '' : `<p class="note">${escapeHtml(block.note)}</p>`;
      const whole = block.rows.length <= WHOLE_TABLE_ROWS ? ' class="whole"' : '';
      return `<figure${whole}><figcaption>${escapeHtml(block.caption)}</figcaption><div class="scroll"><table style="font-size:${size}pt"><colgroup>${cols}</colgroup>
<thead><tr>${head}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody></table></div>${note}</figure>`;
    }
    case 'chart': {
      const drawing = chartSvg(block.chart, `chart${i}`).replace(
        '<svg ',
        `<svg role="img" aria-label="${escapeHtml(block.alt)}" `,
      );
      return `<figure class="chart">${drawing}<figcaption>${escapeHtml(block.caption)}</figcaption></figure>`;
    }
    case 'page-break':
      return '<div style="break-after:page"></div>';
  }
}

function headHtml(doc: CleanDocument): string[] {
  const ems = Math.max(textEms(doc.issuer), 8);
  const size = Math.floor((PAGE.textWidth * 0.97) / ems);
  return [
    doc.draftMark === undefined ? '' : `<p class="draft">${escapeHtml(doc.draftMark)}</p>`,
    doc.urgency === undefined ? '' : `<p class="urgency">${escapeHtml(doc.urgency)}</p>`,
    // A web page has no condensed line to fit the name on, so it is set smaller instead, and smaller still on a phone.
    `<p class="issuer" style="font-size:min(${size}pt, ${(88 / ems).toFixed(2)}vw)">${escapeHtml(doc.issuer)}</p>`,
    doc.signer === undefined
      ? `<p class="number">${escapeHtml(doc.number)}</p>`
      : `<p class="number signed"><span>${escapeHtml(doc.number)}</span><span>签发人：<span class="signer">${escapeHtml(doc.signer)}</span></span></p>`,
    `<h1>${doc.title.map(escapeHtml).join('<br>')}</h1>`,
    doc.recipients === undefined ? '' : `<p>${escapeHtml(doc.recipients)}</p>`,
  ];
}

function attachmentsHtml(list: readonly string[]): string {
  if (list.length === 0) return '';
  const tag = list.length > 1 ? 'ol' : 'ul';
  const items = list.map((name) => `<li>${escapeHtml(name)}</li>`).join('');
  return `<div class="attachments"><span>附件：</span><${tag}>${items}</${tag}></div>`;
}

function imprintHtml(doc: CleanDocument): string {
  const lines = imprint(doc.copies);
  if (lines === null) return '';
  const cc = lines.cc === undefined ? '' : `<p class="cc"><span>抄送：</span>${escapeHtml(lines.cc)}</p>`;
  const printed = `${lines.printedBy}${lines.printedOn}`;
  const last =
    printed === ''
      ? ''
      : `<p><span>${escapeHtml(lines.printedBy)}</span><span>${escapeHtml(lines.printedOn)}</span></p>`;
  return `<footer class="imprint">${cc}${last}</footer>`;
}

/** The document as one self-contained web page (inline style and drawings, no script), with a print layout in A4. */
export function renderHtml(source: OfficialDocument): string {
  const doc = cleanDocument(source);
  const body = [
    ...headHtml(doc),
    ...doc.blocks.map(blockHtml),
    attachmentsHtml(doc.attachments ?? []),
    `<div class="signature"><div><p>${escapeHtml(doc.signature.unit)}</p><p>${escapeHtml(doc.signature.date)}</p></div></div>`,
    imprintHtml(doc),
  ];
  return `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(doc.title.join(''))}</title>
<style>
${STYLE}
</style>
</head>
<body>
<article class="official">
${body.filter((part) => part !== '').join('\n')}
</article>
</body>
</html>
`;
}
