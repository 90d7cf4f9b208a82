export { chartPng, chartSvg } from './chart.ts';
export { renderDocx } from './docx.ts';
export { renderHtml } from './html.ts';
export type { Block, ChartModel, ChartSeries, OfficialDocument, Run, TableColumn } from './model.ts';
export { type PdfOptions, renderPdf } from './pdf.ts';
