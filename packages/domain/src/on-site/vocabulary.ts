/** On-site supervision of the low (到场督导), measure 13: whoever clearly lags behind is visited, not only ranked. */
export const VISIT_STATUSES = {
  planned: '待到场',
  visited: '待中队说明',
  answered: '待回头看',
  concluded: '已回头看',
  cancelled: '已取消',
} as const;
export type VisitStatus = keyof typeof VISIT_STATUSES;

export const VISIT_FILE_STAGES = { minutes: '督导纪要', answer: '中队说明' } as const;
export type VisitFileStage = keyof typeof VISIT_FILE_STAGES;

/** How the indicator moved between two months. */
export const MOVEMENTS = {
  waiting: '下月数据未满',
  none: '没有可比的件数',
  better: '明显上升',
  worse: '明显下降',
  unclear: '差距在正常波动范围内',
} as const;
export type Movement = keyof typeof MOVEMENTS;
