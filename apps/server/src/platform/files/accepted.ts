import type { FilePurpose } from '../deps.ts';

export const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
export const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

const TEXT = ['text/plain', 'text/csv'];
const TABLES = [XLSX, ...TEXT];

/** What a file may be, by what it is for. `null`: made by the program itself, taken as it is. */
export const ACCEPTED: Record<FilePurpose, { types: readonly string[]; inWords: string } | null> = {
  evidence: {
    types: ['image/jpeg', 'image/png', 'image/webp', 'image/heic', 'application/pdf', DOCX, 'video/mp4', ...TABLES],
    inWords: '照片（jpg、png、webp、heic）、PDF、Word（docx）、表格（xlsx、csv）、文本（txt）或视频（mp4）',
  },
  import: { types: TABLES, inWords: '表格（xlsx、csv）' },
  reject: null,
  export: null,
  document: null,
};
