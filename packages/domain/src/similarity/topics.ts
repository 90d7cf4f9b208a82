import { type PairCode, pairsOf } from './clean.ts';

/**
 * What urban-management complaints are about, by the words they use. Two orders of one place are of one matter only when they
 * are about the same trouble. Words, not categories: they hold in any district's dictionary.
 */
export const TOPICS: Readonly<Record<string, readonly string[]>> = {
  fumes: ['油烟', '烟道', '排烟', '烟囱', '烟管', '餐饮异味', '烧烤', '呛鼻'],
  catering: ['餐饮', '餐厅', '餐馆', '饭店', '夜宵', '早餐店', '烧烤店', '小吃'],
  noise: ['噪音', '噪声', '吵闹', '太吵', '轰鸣', '音响', '广场舞', '喇叭', '分贝'],
  night_work: ['夜间施工', '通宵施工', '半夜施工', '凌晨施工', '工地', '混凝土', '打桩', '施工'],
  parking: ['违停', '乱停', '停车', '占道停车', '停放', '车辆堵', '堵车', '拥堵'],
  parking_sale: ['车位', '捆绑', '车库销售', '只售不租'],
  illegal_building: [
    '违建',
    '违章建筑',
    '违法建筑',
    '违章搭建',
    '违法搭建',
    '私搭',
    '搭建',
    '加建',
    '改建',
    '扩建',
    '违法建设',
    '违规建设',
    '加层',
  ],
  home_business: ['住改商', '居改非', '无证经营', '营业执照', '证照', '证明'],
  lamp: ['路灯', '照明', '灯不亮', '黑灯', '漆黑', '黑乎乎'],
  light: ['光污染', '灯光', '刺眼', '招牌', '广告牌', '霓虹', 'LED'],
  waste: ['垃圾', '脏乱', '恶臭', '臭味', '卫生', '清运', '污水', '环境差', '垃圾站', '中转站'],
  stall: ['摊贩', '地摊', '摆摊', '占道经营', '流动摊', '出店经营', '店外经营', '夜宵摊', '小贩', '马路市场'],
  demolition: ['拆迁', '征地', '征收', '补偿', '安置', '棚改', '腾地'],
  property: ['物业费', '物业公司', '物业管理', '业委会', '业主大会', '维修基金', '物业服务', '选聘'],
  quality: ['质量', '开裂', '裂缝', '渗水', '漏水', '墙体', '脱落', '沉降', '精装', '装修标准'],
  drain: ['反水', '下水', '堵塞', '排水', '化粪池', '内涝', '积水', '粪水', '被淹', '下水道'],
  lift: ['电梯', '困人', '加装电梯'],
  water: ['水压', '停水', '供水', '自来水', '水质', '二次供水'],
  power: ['停电', '供电', '电费', '用电', '电压', '电表'],
  gas: ['燃气', '天然气', '煤气', '管道燃气'],
  heat: ['供暖', '暖气', '供热'],
  transit: ['公交', '地铁', '班车', '末班车', '线路', '站台', '出租车'],
  school: ['入学', '学区', '学位', '补课', '幼儿园', '教师', '培训', '学生', '招生', '配套学校'],
  fire: ['消防', '生命通道', '安全通道', '灭火', '堵塞通道'],
  green: ['绿化', '树木', '绿地', '砍树', '毁绿', '草坪', '绿植'],
  animals: ['养犬', '狗', '犬', '养鸡', '家禽', '猫', '蚊', '老鼠', '蟑螂'],
  high_voltage: ['高压线', '变电站', '电站', '辐射', '基站', '高压', '入地'],
  road: ['路面', '坑洼', '道路破损', '修路', '断头路', '路况', '扬尘', '渣土', '井盖', '泥土', '烂路'],
  crossing: ['红绿灯', '人行道', '斑马线', '天桥', '护栏', '限速', '隔离', '单行'],
  handover: ['交房', '延期', '烂尾', '停工', '逾期', '收房', '预售'],
  title: ['房产证', '不动产证', '办证', '产权', '过户'],
  fraud: ['欺诈', '诈骗', '虚假宣传', '退款', '退费', '押金', '服务费', '定金', '违约', '套路'],
  wages: ['工资', '拖欠', '欠薪', '农民工'],
  welfare: ['社保', '医保', '养老', '低保', '补贴', '公积金', '退休'],
  planning: ['规划', '变更规划', '控规', '公示', '建设进度', '何时建', '配套'],
  public_space: ['架空层', '公共区域', '侵占', '霸占', '占用', '公共通道', '楼道', '堆物'],
  funeral: ['殡仪', '丧葬', '墓地', '灵堂'],
  nightlife: ['KTV', '酒吧', '麻将', '棋牌', '网吧', '足浴', '赌博'],
  facade: ['外墙', '外立面', '空调外机', '外机', '楼顶', '屋顶'],
  pollution: ['污染', '废气', '废水', '排放', '化工', '异味', '粉尘', '气味'],
  rent: ['群租', '出租屋', '租客', '公寓', '租房'],
  price: ['涨价', '价格', '收费', '房价', '乱收费', '高价', '限价'],
  police: ['民警', '派出所', '报警', '殴打', '威胁', '打人'],
  settlement: ['户口', '落户', '身份证', '签证', '驾照'],
};
/** Words that say what it is about only where they stand in a title; in a text everyone mentions them. */
const IN_TITLES: Readonly<Record<string, readonly string[]>> = {
  property: ['物业'],
  school: ['小学', '中学', '幼儿园', '上学', '读书'],
  welfare: ['养老', '医疗'],
  transit: ['车站', '站点'],
  drain: ['水沟', '排污'],
};
export type Topic = string;

/** What any complaint about any place may say. */
const COMMON =
  '小区 业主 住户 居民 市民 村民 群众 老百姓 物业 开发商 开发 公司 政府 部门 领导 书记 街道 社区 居委 村委 城管 执法 公安 交警 派出所 工商 环保 住建 规划局 管理 单位 严重 影响 问题 解决 处理 答复 回复 投诉 举报 反映 咨询 请求 希望 要求 何时 为何 什么 怎么 能否 是否 可否 长期 一直 多次 再次 仍然 还是 没有 不能 不作为 无人 违规 违法 非法 私自 擅自 经营 营业 门面 商铺 店铺 店面 商户 底商 底层 一楼 楼下 楼上 附近 周边 旁边 对面 门口 路口 路段 马路 道路 住宅 房屋 房子 商品房 安置房 公租房 保障房 廉租房 出租 租赁 购买 购房 买房 销售 合同 餐馆 餐饮 餐厅 饭店 门店 酒店 宾馆 超市 夜宵 早餐 孩子 小孩 儿童 老人 适龄 入园 入学 入读 上学 公办 普惠 民办 教育 资源 增开 增加 增设 线路 上下班 通勤 出行 交通 时间 每天 晚上 凌晨 早上 白天 半夜 休息 睡觉 睡眠 生活 生命 安全 隐患 环境 身体 健康 建议 呼吁 恳请 关注 重视 整治 取缔 取消 关停 拆除 设置 安装 建设 施工 工程 项目 建筑 改变 改造 改建 用途 性质 栋楼 单元 号楼 期间 二期 一期 三期 四期 楼盘 房产 地产 置业 维权 权益 利益 费用 收取 缴纳 交钱 价格 国家 规定 法律 法规 条例 文件 政策 合法 合理 依法 审批 手续 许可 验收 备案 证明 目前 现在 今年 去年 至今 已经 开始 之后 以来 年月 月份 星期 周末 本人 我们 大家 家里 家庭 家住 位于 属于 以及 因为 所以 但是 并且 如果 可以 应该 需要 必须 造成 导致 发生 出现 存在 情况 原因 结果 方式 措施 行为 现象 事件 质疑 欺骗 欺诈 欺负 推诿 扯皮 踢皮球 不管 不理 无视 到处 随意 乱摆 乱放 乱扔 占用 霸占 侵占 公共 通道 公用 设施 设备 车辆 车主 司机 行人 停放 进出 出入 入口 出口 高峰 堵塞 拥挤 等待 太久 太差 太吵 差劲 恶劣 糟糕 扰民 何时休 谁来管 谁负责 烟管 管道 机器 空调 声音 气味 味道 油腻 窗户 阳台 厨房 卫生间 厕所 下水道 顶楼 屋顶 外墙 楼道 大厅 电梯口 车库 地下 地面 绿化带 人行道 路边 沿街 临街 红线 土地 宅基地 农田 山林 河道 湖边 学校 幼儿园 小学 中学 医院 公园 广场 市场 菜市场 公交 地铁 站点 车站 公交站 号线 换乘 改线 延长 末班车';
/** Pairs of characters that tell a trouble or nothing, never a place. */
export const COMMON_PAIRS: ReadonlySet<PairCode> = new Set(
  [...COMMON.split(' '), ...Object.values(TOPICS).flat()].flatMap((word) =>
    pairsOf(word)
      .flat()
      .map(({ code }) => code),
  ),
);

interface Word {
  readonly word: string;
  readonly topic: Topic;
  readonly titlesOnly: boolean;
}

const startOf = (text: string, at: number): number => (text.charCodeAt(at) << 16) | text.charCodeAt(at + 1);
/** The words by their first two characters: a text is read once, whatever their number. */
const WORDS = new Map<number, Word[]>();
for (const [words, titlesOnly] of [
  [TOPICS, false],
  [IN_TITLES, true],
] as const)
  for (const [topic, list] of Object.entries(words))
    for (const word of list) {
      const start = startOf(word, 0);
      WORDS.set(start, [...(WORDS.get(start) ?? []), { word, topic, titlesOnly }]);
    }

/** How much of each topic a text speaks: the number of its different words that occur. */
export function topicsOf(text: string, isTitle = false): Map<Topic, number> {
  const said = new Set<Word>();
  for (let at = 0; at + 1 < text.length; at++) {
    for (const word of WORDS.get(startOf(text, at)) ?? [])
      if ((isTitle || !word.titlesOnly) && text.startsWith(word.word, at)) said.add(word);
  }
  const found = new Map<Topic, number>();
  for (const { topic } of said) found.set(topic, (found.get(topic) ?? 0) + 1);
  return found;
}
