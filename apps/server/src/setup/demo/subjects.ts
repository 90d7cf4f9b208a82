import type { Kind, Measure } from '@bihuan/domain/complaint';

/** One kind of trouble: when it comes, where, and in which words people say it. */
export interface Subject {
  readonly category: string;
  /** Share of orders, January to December. */
  readonly months: readonly number[];
  /** Hours in which it is mostly reported. */
  readonly hours: 'day' | 'evening' | 'night';
  readonly at: 'home' | 'street' | 'shop' | 'site';
  readonly kinds: Readonly<Partial<Record<Kind, number>>>;
  /** How hard it is to solve: multiplies the squadron's rate. */
  readonly ease: number;
  /** Each problem: its short name, then several ways to say it. */
  readonly problems: readonly (readonly [string, ...string[]])[];
  readonly harms: readonly string[];
  readonly wishes: readonly string[];
  readonly findings: readonly { readonly text: string; readonly measures: readonly Measure[]; readonly law?: string }[];
}

const even = (share: number): number[] => Array.from({ length: 12 }, () => share);
const summer = (share: number): number[] =>
  [0.4, 0.4, 0.7, 0.9, 1.2, 1.5, 1.8, 1.8, 1.4, 1, 0.6, 0.4].map((x) => x * share);
const warm = (share: number): number[] =>
  [0.8, 0.7, 1, 1.1, 1.1, 1.1, 1.1, 1.1, 1.1, 1.1, 1, 0.8].map((x) => x * share);

export const SUBJECTS: readonly Subject[] = [
  {
    category: 'house.bearing_wall',
    months: even(5),
    hours: 'day',
    at: 'home',
    kinds: { ordinary: 5, complex: 5 },
    ease: 0.8,
    problems: [
      [
        '装修敲承重墙',
        '装修时把承重墙敲掉了',
        '正在敲承重墙，每天都有大量砖块混凝土运出来',
        '施工队砸掉了客厅与阳台之间的承重墙',
      ],
      [
        '装修破坏承重结构',
        '装修过程中擅自拆改房屋承重结构',
        '装修破坏承重结构，在剪力墙上开了门洞',
        '改造房屋时在结构墙上开了一个大洞',
      ],
      ['疑似拆除承重墙', '拆墙动静很大，怀疑拆的是承重墙', '把厨房的墙全拆了，不知道是不是承重结构'],
    ],
    harms: ['楼上楼下墙面已经出现裂缝', '整栋楼居民都担心房屋安全', '楼龄较老，担心有坍塌风险', '邻居家天花板开裂'],
    wishes: ['要求立即停工并恢复原状', '希望城管上门查看，责令恢复', '要求查处并告知结果', '请专业机构鉴定并依法处理'],
    findings: [
      {
        text: '经现场检查，当事人装修时拆改承重结构情况属实，已当场责令停止施工，开具责令改正通知书并移送立案，要求委托有资质单位出具修复方案后限期恢复。',
        measures: ['order', 'case_filed'],
        law: '《上海市住宅物业管理规定》《住宅室内装饰装修管理办法》第五条',
      },
      {
        text: '队员会同物业上门核对房屋结构图，所拆墙体为非承重墙，已向诉求人出示图纸并解释说明。',
        measures: ['none', 'explain'],
      },
      {
        text: '当事人已按修复方案完成承重墙恢复，经检测单位验收合格，案件同步依法处理。',
        measures: ['order', 'case_filed'],
        law: '《上海市住宅物业管理规定》',
      },
    ],
  },
  {
    category: 'building.illegal',
    months: warm(13),
    hours: 'day',
    at: 'home',
    kinds: { ordinary: 7, complex: 3 },
    ease: 0.72,
    problems: [
      ['露台搭建阳光房', '在露台上私自搭建阳光房', '露台违法搭建，钢架都已经立起来了', '顶层露台正在搭玻璃房'],
      ['天井违法搭建', '在天井里违章搭建了一间房子', '底楼天井被封顶搭成厨房', '天井违建，墙已经砌到一人高'],
      ['花园私搭房屋', '花园里违章搭建了一间小屋', '把院子私搭成房间出租', '花园内违法搭建砖房'],
      ['擅自加层', '在自家楼上加层', '违法搭建加层，正在浇楼板'],
    ],
    harms: ['影响楼上采光和防盗', '雨天积水漏到楼下', '存在安全隐患', '左邻右舍都要跟着搭'],
    wishes: ['要求依法拆除', '请城管制止施工并拆除', '希望尽快认定是否违建', '要求查处'],
    findings: [
      {
        text: '经现场检查，当事人搭建情况属实且未能提供规划许可手续，已立案调查并责令限期自行拆除，逾期将依法组织拆除。',
        measures: ['order', 'case_filed'],
        law: '《上海市拆除违法建筑若干规定》',
      },
      {
        text: '当事人已在队员督促下自行拆除搭建物，现场已清理完毕。',
        measures: ['persuade', 'demolish'],
        law: '《上海市拆除违法建筑若干规定》',
      },
      {
        text: '经查，该搭建物为历史存量，已纳入街镇存量违建台账分类处置，并向诉求人作了解释。',
        measures: ['explain', 'joint'],
      },
    ],
  },
  {
    category: 'house.group_rent',
    months: [0.6, 1, 1.2, 1.1, 1, 1.1, 1.3, 1.2, 1, 0.9, 0.8, 0.7].map((x) => x * 7),
    hours: 'evening',
    at: 'home',
    kinds: { ordinary: 9, complex: 1 },
    ease: 0.78,
    problems: [
      ['房屋隔断群租', '房屋被二房东隔成七八间出租，属于群租', '打了隔断按间出租，群租严重', '客厅和阳台都被隔断住人'],
      ['群租扰民', '一套两室的房子住了十几个人', '出租房里人员进进出出，是群租房', '群租户半夜进出吵闹'],
    ],
    harms: ['楼道里电线乱拉，有消防隐患', '半夜吵闹影响休息', '厨房卫生间经常漏水', '人员复杂，没有安全感'],
    wishes: ['要求整治群租', '希望拆除隔断恢复原状', '请城管会同公安查处', '要求清退'],
    findings: [
      {
        text: '经会同居委、物业、公安核查，该房屋存在分割搭建、按间出租情形，已约谈出租人，责令限期拆除隔断并纳入复查名单。',
        measures: ['order', 'joint'],
        law: '《上海市住房租赁条例》',
      },
      {
        text: '隔断已拆除，多余租客已搬离，物业加强日常巡查。',
        measures: ['order', 'joint'],
        law: '《上海市住房租赁条例》',
      },
      {
        text: '经上门核查，该户为家庭合租，人均面积符合规定，未发现群租情形，已告知诉求人。',
        measures: ['none', 'explain'],
      },
    ],
  },
  {
    category: 'street.stall',
    months: summer(16),
    hours: 'evening',
    at: 'street',
    kinds: { ordinary: 1 },
    ease: 0.9,
    problems: [
      [
        '夜间占道设摊',
        '每天晚上都有流动摊贩占道设摊',
        '人行道上摆了一长排夜市摊',
        '夜市摊贩占道摆摊，塑料椅摆到马路上',
      ],
      ['占道卖水果', '有人开三轮车占道卖水果', '水果车长期停在路边设摊', '货车占着车道卖西瓜'],
      ['占道烧烤摊', '有人摆摊卖烧烤，把非机动车道都占了', '占道烧烤，油烟和噪声都很大'],
      ['马路菜场', '早上有人在路边设摊卖菜，形成马路菜场', '早市菜摊占道，垃圾留了一地'],
    ],
    harms: ['行人只能走到马路上，很不安全', '垃圾油污满地', '吵到半夜一两点', '堵住了消防通道'],
    wishes: ['要求取缔', '希望加强管理', '请城管驱离并长期值守', '要求整治'],
    findings: [
      {
        text: '队员到场时当事人正占用人行道设摊，经劝导教育已收摊离开，现场已清理，已将该路段列入重点时段巡查。',
        measures: ['persuade'],
        law: '《上海市市容环境卫生管理条例》',
      },
      {
        text: '对屡劝不改的当事人依法作出当场处罚，并安排错时值守。',
        measures: ['on_spot', 'persuade'],
        law: '《上海市市容环境卫生管理条例》',
      },
      { text: '队员先后两次在反映时段到场，未发现设摊行为，将持续关注。', measures: ['none', 'explain'] },
    ],
  },
  {
    category: 'street.over_door',
    months: warm(7),
    hours: 'day',
    at: 'shop',
    kinds: { ordinary: 1 },
    ease: 0.92,
    problems: [
      ['商户跨门经营', '把桌椅和商品摆到门外跨门经营', '跨门营业，货架占了半条人行道', '越门经营，东西一直摆到路中间'],
      ['店外堆物', '店外经营，冰柜和纸箱都放在盲道上', '门口堆满货物，跨门占用人行道'],
    ],
    harms: ['行人无法通行', '影响市容', '推婴儿车过不去', '盲道完全被挡住'],
    wishes: ['要求规范经营', '请城管督促整改', '希望不要只管一两天', '要求处理'],
    findings: [
      {
        text: '经核查情况属实，已责令店家立即将物品移入店内并签订门责承诺书。',
        measures: ['order', 'persuade'],
        law: '《上海市市容环境卫生管理条例》',
      },
      { text: '对多次跨门经营的店家依法立案处罚。', measures: ['case_filed'], law: '《上海市市容环境卫生管理条例》' },
    ],
  },
  {
    category: 'environment.fume',
    months: summer(9),
    hours: 'evening',
    at: 'shop',
    kinds: { ordinary: 9, complex: 1 },
    ease: 0.8,
    problems: [
      [
        '餐饮油烟扰民',
        '油烟直接排到居民楼',
        '餐饮油烟味很重，排烟管道对着居民阳台',
        '后厨油烟净化器根本没开，油烟扰民',
      ],
      ['烧烤油烟', '烧烤油烟很大，窗户都不敢开', '露天烧烤油烟四散，整栋楼都是味道'],
    ],
    harms: ['家里全是油味', '老人孩子咳嗽不止', '衣服没法晾晒', '已经影响正常生活'],
    wishes: ['要求整改排烟设施', '希望检测油烟是否达标', '要求查处', '请责令停业整改'],
    findings: [
      {
        text: '经现场检查，该餐饮单位油烟净化设施未正常运行，已责令立即清洗维修并保持正常使用，一周后复查。',
        measures: ['order'],
        law: '《上海市环境保护条例》',
      },
      {
        text: '已委托第三方检测，油烟排放达标，店家承诺缩短营业时间、每月清洗，已向诉求人反馈检测结果。',
        measures: ['explain'],
      },
      {
        text: '检测结果超标，已立案查处并督促更换净化设备。',
        measures: ['order', 'case_filed'],
        law: '《上海市环境保护条例》',
      },
    ],
  },
  {
    category: 'environment.noise',
    months: summer(6),
    hours: 'evening',
    at: 'street',
    kinds: { ordinary: 1 },
    ease: 0.82,
    problems: [
      ['广场舞噪声扰民', '广场舞音响声音特别大', '跳广场舞的音响噪音一直到九点多', '几支广场舞队伍比着放音响'],
      ['高音喇叭叫卖', '店铺门口高音喇叭循环叫卖，噪声扰民', '商家用喇叭从早喊到晚'],
      ['露天唱歌噪音', '有人用音响唱歌唱到十点以后', '自带音响露天唱歌，噪声很大'],
    ],
    harms: ['孩子没法写作业', '老人心脏受不了', '整夜睡不好', '已经忍了几个月'],
    wishes: ['要求控制音量', '希望劝离', '请相关部门处理', '要求限定时间'],
    findings: [
      { text: '已会同公安、居委约谈领队，约定时段和音量，并安排志愿者值守。', measures: ['persuade', 'joint'] },
      {
        text: '已责令商户停止使用高音喇叭，店家当场整改。',
        measures: ['order', 'persuade'],
        law: '《上海市市容环境卫生管理条例》',
      },
    ],
  },
  {
    category: 'muck.truck',
    months: [0.7, 0.8, 1.1, 1.3, 1.2, 1.1, 0.9, 0.9, 1.1, 1.3, 1.2, 0.9].map((x) => x * 5),
    hours: 'night',
    at: 'street',
    kinds: { ordinary: 1 },
    ease: 0.85,
    problems: [
      [
        '渣土车抛洒滴漏',
        '半夜有大量渣土车经过，一路抛洒',
        '渣土车没有盖好，泥土掉得满地',
        '渣土车带泥上路，路面全是泥',
      ],
      ['渣土车夜间扰民', '渣土车整夜进出，轰鸣声不断', '夜里渣土车一辆接一辆，鸣喇叭'],
    ],
    harms: ['下雨天路面打滑', '灰尘很大', '整夜轰鸣没法睡觉', '前天差点出事故'],
    wishes: ['要求查处违规车辆', '希望加强夜间检查', '要求清扫路面', '请源头治理'],
    findings: [
      {
        text: '联合交警开展夜间设卡检查，查获未密闭运输渣土车，已依法立案查处并通知清扫路面。',
        measures: ['case_filed', 'joint'],
        law: '《上海市建筑垃圾处理管理规定》',
      },
      {
        text: '已约谈工地和运输单位，要求车辆冲洗、密闭后出场，并加派夜间巡查。',
        measures: ['order'],
        law: '《上海市建筑垃圾处理管理规定》',
      },
    ],
  },
  {
    category: 'muck.dump',
    months: warm(6),
    hours: 'night',
    at: 'site',
    kinds: { ordinary: 1 },
    ease: 0.84,
    problems: [
      ['偷倒建筑垃圾', '空地上有人偷倒建筑垃圾', '夜里有货车倾倒建筑垃圾', '又有人来偷倒渣土和砖块'],
      ['装修垃圾堆放', '绿化带里被倒了一车装修垃圾', '装修垃圾堆了半个月没人清'],
    ],
    harms: ['越堆越多', '味道难闻还招蚊虫', '影响环境', '挡住了道路'],
    wishes: ['要求清理并查处', '希望装监控', '请尽快清运', '要求追查车辆'],
    findings: [
      {
        text: '已协调作业单位清运完毕，并调取监控追查当事车辆，立案调查。',
        measures: ['case_filed', 'transfer_department'],
        law: '《上海市建筑垃圾处理管理规定》',
      },
      { text: '已责令属地物业清运，并设置警示牌和隔离墩。', measures: ['order'] },
    ],
  },
  {
    category: 'house.common_part',
    months: even(5),
    hours: 'day',
    at: 'home',
    kinds: { ordinary: 1 },
    ease: 0.84,
    problems: [
      ['楼道堆物', '楼道里堆满杂物', '楼道堆物，鞋柜和纸板占了半条过道'],
      ['毁绿占绿', '有人毁绿种菜', '公共绿地被圈起来种菜'],
      ['占用公共部位', '把公共部位围起来自己用', '在公共走道装了铁门'],
      ['私装地锁', '私自安装地锁占用公共车位', '公共车位上装了好几个地锁'],
    ],
    harms: ['影响疏散通道', '邻里矛盾很大', '有消防隐患', '物业多次劝说无效'],
    wishes: ['要求清理', '请城管执法', '希望恢复绿化', '要求拆除'],
    findings: [
      {
        text: '经现场核查属实，已会同居委、物业督促当事人清理完毕。',
        measures: ['persuade', 'joint'],
        law: '《上海市住宅物业管理规定》',
      },
      {
        text: '已开具责令改正通知书，限期恢复原状，到期复查。',
        measures: ['order'],
        law: '《上海市住宅物业管理规定》',
      },
    ],
  },
  {
    category: 'house.renovation',
    months: [0.4, 0.6, 1.3, 1.3, 1.2, 1.1, 1, 1, 1.2, 1.2, 1, 0.7].map((x) => x * 4),
    hours: 'day',
    at: 'home',
    kinds: { ordinary: 1 },
    ease: 0.86,
    problems: [
      ['装修改变外立面', '装修时擅自扩大窗户，改变外立面', '阳台外墙被打掉一块，外立面变了样'],
      ['装修噪声扰民', '周末和中午装修施工噪声很大', '装修不分时间，节假日也敲敲打打'],
      ['装修未登记', '装修没有在物业登记就开工', '装修没有办任何手续'],
    ],
    harms: ['影响整栋楼外观', '根本没法休息', '担心漏水', '物业说管不了'],
    wishes: ['要求停止施工', '希望恢复原样', '要求物业履职', '请上门查看'],
    findings: [
      {
        text: '已责令恢复外立面原状，并督促物业落实装修登记和巡查。',
        measures: ['order'],
        law: '《上海市住宅物业管理规定》',
      },
      { text: '已告知业主装修时间规定并由物业张贴告示，当事人表示配合。', measures: ['persuade', 'explain'] },
    ],
  },
  {
    category: 'environment.dust',
    months: [0.8, 0.8, 1.2, 1.3, 1.2, 1, 0.9, 0.9, 1, 1.2, 1.2, 0.9].map((x) => x * 3),
    hours: 'day',
    at: 'site',
    kinds: { ordinary: 1 },
    ease: 0.88,
    problems: [
      ['工地扬尘', '工地扬尘很大，没有喷淋', '施工扬尘严重，一刮风全是灰尘'],
      ['裸土未覆盖', '裸土没有覆盖，扬尘很大', '工地土堆露天堆放，灰尘四起'],
    ],
    harms: ['窗台一天一层灰', '不敢开窗', '呼吸道不舒服', '车子每天都要洗'],
    wishes: ['要求落实降尘', '希望检查', '要求整改', '请处罚'],
    findings: [
      {
        text: '已责令工地开启喷淋、覆盖裸土、冲洗车辆，现场整改到位。',
        measures: ['order'],
        law: '《上海市大气污染防治条例》',
      },
    ],
  },
  {
    category: 'environment.night_work',
    months: warm(3),
    hours: 'night',
    at: 'site',
    kinds: { ordinary: 1 },
    ease: 0.84,
    problems: [
      ['夜间施工扰民', '工地夜间施工到凌晨两点', '半夜施工浇混凝土', '连续几天通宵夜间施工', '凌晨施工，机器轰鸣'],
    ],
    harms: ['完全无法入睡', '第二天还要上班', '孩子被吵醒', '居民意见很大'],
    wishes: ['要求停止夜间施工', '请查是否有许可', '要求处罚', '希望公示许可'],
    findings: [
      { text: '经查该工地未取得夜间施工许可，已立案查处。', measures: ['case_filed'], law: '《上海市环境保护条例》' },
      { text: '该工地已取得夜间施工许可，已要求其公示并采取降噪措施，向诉求人作了解释。', measures: ['explain'] },
    ],
  },
  {
    category: 'street.garbage',
    months: summer(4),
    hours: 'day',
    at: 'home',
    kinds: { ordinary: 1 },
    ease: 0.92,
    problems: [
      ['垃圾桶满溢', '垃圾桶满溢没人清运', '垃圾清运不及时，堆得到处都是'],
      ['垃圾分类无人管理', '垃圾分类点位无人管理', '不分类投放垃圾，没有人管'],
      ['垃圾箱房异味', '垃圾箱房异味很重', '垃圾房长期不冲洗，臭味很大'],
    ],
    harms: ['蚊虫很多', '臭味飘到家里', '居民绕着走', '影响环境'],
    wishes: ['要求及时清运', '希望整改', '请处理', '要求加强管理'],
    findings: [
      {
        text: '已责令物业增加清运频次并冲洗箱房，现场已恢复整洁。',
        measures: ['order'],
        law: '《上海市生活垃圾管理条例》',
      },
    ],
  },
  {
    category: 'street.advert',
    months: even(2),
    hours: 'day',
    at: 'shop',
    kinds: { ordinary: 1 },
    ease: 0.9,
    problems: [
      ['店招松动', '店招松动，随时会掉下来', '广告牌支架生锈，摇摇晃晃'],
      ['违规设置灯箱', '违规设置灯箱', '门口私设落地灯箱广告'],
      ['乱挂横幅', '沿街乱挂横幅', '横幅挂满护栏'],
    ],
    harms: ['台风天很危险', '影响市容', '晚上灯光刺眼', '下面就是人行道'],
    wishes: ['要求拆除', '希望排查', '要求加固', '请处理'],
    findings: [
      { text: '已责令店家当日加固并限期办理设置手续。', measures: ['order'], law: '《上海市户外广告设施管理办法》' },
    ],
  },
  {
    category: 'street.bill',
    months: even(2),
    hours: 'day',
    at: 'street',
    kinds: { ordinary: 1 },
    ease: 0.94,
    problems: [
      ['小广告乱张贴', '到处张贴小广告', '贴满小广告，撕了又贴'],
      ['墙面乱涂写', '围墙上乱涂写', '墙上被喷了很多办证号码'],
    ],
    harms: ['影响市容', '撕了又贴', '有诈骗嫌疑'],
    wishes: ['要求清理', '请停机处理', '希望查处'],
    findings: [
      {
        text: '已组织清除，并对小广告号码启动语音提示。',
        measures: ['persuade'],
        law: '《上海市市容环境卫生管理条例》',
      },
    ],
  },
  {
    category: 'building.roof',
    months: even(2),
    hours: 'day',
    at: 'home',
    kinds: { ordinary: 6, complex: 4 },
    ease: 0.75,
    problems: [
      ['屋顶搭建', '楼顶平台搭建了彩钢棚', '屋顶被搭成房间出租'],
      ['封闭公共平台', '顶楼住户封闭公共平台', '楼顶平台被人装门上锁并搭建'],
    ],
    harms: ['台风天有坠落风险', '堵住检修通道', '楼下漏水'],
    wishes: ['要求拆除', '请认定并查处', '希望恢复'],
    findings: [
      {
        text: '已立案调查，责令限期自行拆除屋顶搭建物。',
        measures: ['order', 'case_filed'],
        law: '《上海市拆除违法建筑若干规定》',
      },
    ],
  },
  {
    category: 'house.use_change',
    months: even(3),
    hours: 'day',
    at: 'home',
    kinds: { ordinary: 1 },
    ease: 0.78,
    problems: [
      ['居改非', '居民楼里开了美容店，居改非', '住宅用作办公室，每天人来人往', '车库被改成棋牌室'],
      ['底楼破墙开店', '底楼住宅破墙后开饭店', '把底楼住宅改成便利店'],
    ],
    harms: ['影响居民生活', '电梯天天被占', '有安全隐患'],
    wishes: ['要求恢复居住用途', '要求查处', '请核实证照'],
    findings: [
      {
        text: '经查属擅自改变房屋使用性质，已责令限期改正并抄告相关部门。',
        measures: ['order', 'transfer_department'],
        law: '《上海市住宅物业管理规定》',
      },
    ],
  },
  {
    category: 'traffic.bike',
    months: warm(2),
    hours: 'day',
    at: 'street',
    kinds: { ordinary: 1 },
    ease: 0.94,
    problems: [
      ['共享单车乱停放', '共享单车堆满路口', '单车倒了一大片没人管'],
      ['非机动车占盲道', '非机动车乱停在盲道上', '电动车停满人行道'],
    ],
    harms: ['行人无法通行', '影响市容', '轮椅过不去'],
    wishes: ['要求清理', '请督促企业', '希望划线'],
    findings: [{ text: '已督促运营企业清运整理，并增设禁停提示。', measures: ['order', 'persuade'] }],
  },
  {
    category: 'traffic.road_dig',
    months: even(1.5),
    hours: 'day',
    at: 'street',
    kinds: { ordinary: 1 },
    ease: 0.9,
    problems: [
      ['擅自占路', '占路堆放施工材料', '擅自占路，围挡一直不拆'],
      ['掘路后未恢复', '擅自掘路', '路面开挖后没有恢复'],
    ],
    harms: ['坑洼难走', '夜间没有警示灯', '老人摔倒过'],
    wishes: ['要求恢复路面', '请核实许可', '要求处理'],
    findings: [
      {
        text: '经查未办理占路许可，已责令恢复路面并立案。',
        measures: ['order', 'case_filed'],
        law: '《上海市城市道路管理条例》',
      },
    ],
  },
  {
    category: 'other.consult',
    months: even(5),
    hours: 'day',
    at: 'home',
    kinds: { enquiry: 1 },
    ease: 1.1,
    problems: [
      ['咨询装修手续', '咨询封阳台是否需要办理手续', '请问装修如何办理登记'],
      ['咨询违建认定', '咨询违法建筑如何认定', '请问院内搭棚算不算违建'],
      ['咨询办理进度', '咨询此前举报的处理进度'],
      ['咨询设摊规定', '咨询夏季夜市设摊政策', '请问外摆位如何办理'],
    ],
    harms: ['不清楚找哪个部门'],
    wishes: ['请告知', '希望电话回复', '请解答'],
    findings: [{ text: '已电话向诉求人解答相关规定和办理途径，诉求人表示知晓。', measures: ['explain'] }],
  },
];

export const OPENINGS = [
  '市民来电反映：',
  '诉求人称，',
  '来电人表示，',
  '市民通过“随申办”反映：',
  '市民反映，',
  '居民来电：',
  '【重点关注】市民反映：',
];
export const CLOSINGS = [
  '请相关部门核实处理。',
  '请城管部门尽快处理并回复。',
  '望尽快解决，要求回复处理结果。',
  '请相关部门协调处理。',
  '诉求人要求保密。',
  '请核实后处理，谢谢。',
  '',
];
export const REPEATED = [
  '诉求人表示已多次反映，至今没有解决。',
  '此前已拨打过12345，情况依旧。',
  '上次处理后没过几天又恢复原样。',
  '诉求人对上次处理结果不认可，再次来电。',
];
export const SINCE = ['近期', '最近一周', '从上个月开始', '长期以来', '这两天', '每天', ''];
export const EATERIES = [
  '阿香面馆',
  '老街烧烤',
  '福满楼饭店',
  '小四川菜馆',
  '渔家小厨',
  '蜀味火锅',
  '晨光早点',
  '大碗牛肉面',
  '海边烧烤',
];
export const SHOPS = [
  '鲜果时光水果店',
  '顺发汽修',
  '快捷五金店',
  '老王炒货',
  '好又多便利店',
  '江南糕团店',
  '阿香面馆',
  '福满楼饭店',
  '百姓药房',
  '平价超市',
];
export const DECLINE_REASONS = [
  '诉求不属于城管执法职责，已建议12345转公安部门办理',
  '同一诉求人同一事项正在办理中，合并处理',
  '诉求内容无法确定地点且联系不上诉求人',
  '属民事纠纷，已告知诉求人通过司法途径解决',
];
export const CONTACT_NOTES = [
  '已电话联系诉求人，了解情况并约定上门时间',
  '电话联系诉求人，核实地址和反映时段',
  '已联系诉求人，告知将于当日到场查看',
  '与诉求人通话，说明办理流程和时限',
];
export const UNREACHED_NOTES = ['电话无人接听', '拨打两次均未接通', '号码关机，稍后再联系'];
export const VISIT_NOTES = [
  '到达现场检查并拍照取证',
  '会同物业上门查看',
  '错时到场巡查',
  '约见当事人，宣讲相关规定',
  '现场勘查并制作笔录',
  '复查整改情况',
];
export const FOLLOW_UP_NOTES = {
  good: ['诉求人表示问题已解决，满意', '诉求人对办理速度表示认可', '诉求人确认已整改'],
  fair: ['诉求人表示基本解决', '诉求人表示有改善，希望保持'],
  bad: [
    '诉求人表示问题依旧存在',
    '诉求人反映整改后又反弹',
    '诉求人称未见任何变化，不认可处理结果',
    '诉求人对工作人员态度不满意',
  ],
  none: ['回访电话无人接听', '诉求人号码停机', '三次拨打未接通'],
} as const;
export const REQUEST_REASONS = {
  extend: ['当事人在外地，约定下周返沪配合调查', '检测机构排期，报告需等待', '需街镇联合整治，时间已定'],
  pause: ['等待修复方案出具', '等待司法鉴定结果', '当事人住院，暂无法配合'],
  complex: ['涉及房屋结构鉴定，需多部门会商', '历史遗留问题，情况复杂'],
  return: ['经核查地址不在本辖区', '诉求事项不属城管职责'],
  transfer: ['经核实地址属相邻街镇辖区', '路段归其他中队管辖'],
  exclude: ['诉求人要求超出法定职责，已多次解释', '同一诉求人恶意重复投诉，已依法办结', '诉求属信访三级终结事项'],
} as const;
