import { Problem } from '../errors.ts';

/** Why a file cannot be read as a spreadsheet, with what its owner can do about it. */
export const SHEET_ERRORS = {
  sheet_empty: '文件是空的，请检查是否导出成功',
  sheet_old_xls: '这是旧版 .xls 文件，请用 Excel 或 WPS 打开后另存为 .xlsx 再导入',
  sheet_encrypted: '文件设有打开密码，请取消密码后另存为 .xlsx 再导入',
  sheet_html: '文件内容是网页（虽然扩展名像表格），请用 Excel 或 WPS 打开后另存为 .xlsx 再导入',
  sheet_xml_2003: '这是“XML 表格 2003”文件，请用 Excel 或 WPS 打开后另存为 .xlsx 再导入',
  sheet_unsupported: '文件不是可识别的表格，请提供 .xlsx 或 .csv 文件',
  sheet_damaged: '文件不完整或已损坏，请重新导出或重新上传',
  sheet_too_large: '文件解压后过大，请按时间拆分，或另存为 CSV 后再导入',
  sheet_no_such_sheet: '表格中没有这个工作表',
} as const;

export type SheetErrorCode = keyof typeof SHEET_ERRORS;

/** HTTP 422 with a code of {@link SHEET_ERRORS}; `cause` keeps the technical reason for the log. */
export class SheetError extends Problem {
  constructor(code: SheetErrorCode, options: { cause?: unknown; note?: string } = {}) {
    super(422, code, SHEET_ERRORS[code] + (options.note ? `（${options.note}）` : ''));
    if (options.cause !== undefined) this.cause = options.cause;
  }
}
