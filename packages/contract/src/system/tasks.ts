/** Every task of the job queue, as administrators read it. */
export const TASKS: Readonly<Record<string, { label: string; about: string }>> = {
  'audit.seal': { label: '封存审计记录', about: '把新的审计记录接到审计链上；停下来，新记录就一直“待封存”。' },
  'audit.verifyChain': { label: '核验审计链', about: '审计管理员发起的核验，从第一条重新计算整条链。' },
  'complaint.sweepClocks': {
    label: '时限巡查',
    about: '查找到点的诉件，发出 50%、80%、超时预警；停下来，预警就不会发出。',
  },
  'complaint.recomputeDeadlines': { label: '重算时限', about: '工作日历或时限规则改变后，重算在办诉件的到期时间。' },
  'complaint.indexSearch': {
    label: '更新检索',
    about: '把诉件文字的变动编入检索；停下来，搜索仍然找得全，只是渐渐变慢。',
  },
  'intake.import': { label: '批量导入', about: '协调科导入的表格，分批写入；中断后从断处接着做。' },
  'intake.resume': { label: '接续中断的导入', about: '查找没有做完、又没有人在做的导入，重新排上。' },
  'intake.deliver': { label: '办理结果回传', about: '把诉件的办理状态送回热线、城运等平台，失败后隔一段时间重送。' },
  'intake.forgetKeys': { label: '清理接口编号', about: '删除 30 日前推送接口的防重编号。' },
  'dictionary.applyShifts': { label: '启用新作息', about: '新的作息时间到了生效日，据此重算在办诉件的到期时间。' },
  'matter.detect': {
    label: '识别同一事项',
    about: '比对新到的诉件，找出重复的；平时登记后立即比对，这里每分钟补一次漏。停下来，重复就不再提示。',
  },
  'matter.learn': {
    label: '更新识别模型',
    about: '每晚看一次：诉件多了一半，或人的判断多了 20 条，就重新统计用词、校准阈值。',
  },
  'matter.rerun': {
    label: '全部重新识别',
    about: '按原来的次序把全部诉件重新比对；人的判断不变，中断后从断处接着做。',
  },
  'category.train': {
    label: '学习类别判定',
    about: '每晚看一次：确认过类别的诉件多了一成，就重新学习，成绩不降才启用。',
  },
  'analysis.draftWeek': {
    label: '起草每周研判',
    about: '每周一早上写出上一周研判的初稿；已有人起草的不动。停下来，初稿可以在页面上手工起草。',
  },
  'rectification.remind': {
    label: '整改提醒',
    about: '查找时限将到、已超期和待核验过久的整改，逐级提醒，每种提醒只发一次；停下来，提醒就不会发出。',
  },
  'listing.remind': {
    label: '挂牌督办提醒',
    about: '挂牌事项逾期未报告、时限将到和超期的提醒；停下来，提醒就不会发出。',
  },
  'bulletin.archive': { label: '通报存档', about: '通报发布后生成并留存公文文件。' },
  'system.purgeOutbox': { label: '清理推送记录', about: '删除 7 日前已推送的消息，不影响业务数据。' },
};
