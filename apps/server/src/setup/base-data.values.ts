import type { Measure, RoundKind, SourceKind, Urgency } from '@bihuan/domain/complaint';
import type { AlertAction, AlertTrigger } from '@bihuan/domain/matter';
import type { Budget } from '@bihuan/domain/workday';

interface DeadlineRuleValue {
  purpose: 'first_contact' | 'handling';
  kind: RoundKind;
  urgency: Urgency;
  budget: Budget;
}

const days = (amount: number): Budget => ({ unit: 'workday', amount });
const hours = (amount: number): Budget => ({ unit: 'workminute', amount: amount * 60 });

/** 上海12345热线的通行时限：先行联系1个工作日，咨询1、一般5、疑难15、重办3个工作日；紧急件以工作小时计。 */
export const DEADLINE_RULES: readonly DeadlineRuleValue[] = (
  [
    ['enquiry', days(1)],
    ['ordinary', days(5)],
    ['complex', days(15)],
    ['rehandle', days(3)],
  ] as const
).flatMap(([kind, budget]): DeadlineRuleValue[] => [
  { purpose: 'first_contact', kind, urgency: 'normal', budget: days(1) },
  { purpose: 'first_contact', kind, urgency: 'urgent', budget: hours(2) },
  { purpose: 'first_contact', kind, urgency: 'critical', budget: hours(1) },
  { purpose: 'handling', kind, urgency: 'normal', budget },
  { purpose: 'handling', kind, urgency: 'urgent', budget: kind === 'complex' ? days(5) : hours(12) },
  { purpose: 'handling', kind, urgency: 'critical', budget: kind === 'complex' ? days(2) : hours(4) },
]);

interface CategoryValue {
  code: string;
  parent: string | null;
  name: string;
  keywords: string[];
  hot: boolean;
}

const group = (code: string, name: string, children: [string, string, string[], boolean?][]): CategoryValue[] => [
  { code, parent: null, name, keywords: [], hot: false },
  ...children.map(([child, label, keywords, hot]) => ({
    code: `${code}.${child}`,
    parent: code,
    name: label,
    keywords,
    hot: hot ?? false,
  })),
];

/** 城管执法常见诉件类别；关键词用于类别建议。热点取自方案第13项。 */
export const CATEGORIES: readonly CategoryValue[] = [
  ...group('house', '住宅物业管理', [
    ['bearing_wall', '损坏房屋承重结构', ['承重墙', '承重结构', '敲墙', '砸墙', '拆墙', '结构墙', '剪力墙'], true],
    ['group_rent', '群租', ['群租', '隔断', '二房东', '合租', '分割出租'], true],
    ['use_change', '擅自改变房屋使用性质', ['居改非', '住改商', '使用性质', '开店', '办公']],
    ['renovation', '违规装修', ['装修', '施工噪声', '阳台', '外立面', '开窗']],
    ['common_part', '占用物业共用部分', ['楼道', '堆物', '公共部位', '绿地', '地锁', '消防通道']],
  ]),
  ...group('building', '违法建筑治理', [
    ['illegal', '违法搭建', ['违建', '违法搭建', '违章搭建', '私搭', '阳光房', '加层', '露台搭建', '天井'], true],
    ['roof', '屋顶搭建', ['屋顶', '楼顶', '平台搭建']],
    ['shop_front', '破墙开店', ['破墙开店', '破墙', '开门']],
  ]),
  ...group('street', '市容环境', [
    ['stall', '占道设摊', ['占道', '设摊', '摆摊', '流动摊', '马路菜场', '夜市']],
    ['over_door', '跨门经营', ['跨门', '跨门营业', '店外经营', '越门']],
    ['advert', '户外广告与店招', ['店招', '广告牌', '灯箱', '招牌', '横幅']],
    ['bill', '乱张贴乱涂写', ['小广告', '张贴', '涂写', '牛皮癣']],
    ['garbage', '生活垃圾', ['垃圾', '垃圾分类', '清运', '垃圾桶']],
    ['dog', '公共场所卫生', ['便溺', '吐痰', '宠物']],
  ]),
  ...group('environment', '生态环境', [
    ['fume', '餐饮油烟', ['油烟', '烧烤', '餐饮', '排烟']],
    ['noise', '社会生活噪声', ['噪声', '噪音', '音响', '广场舞', '喇叭']],
    ['dust', '工地扬尘', ['扬尘', '工地', '灰尘']],
    ['night_work', '夜间施工', ['夜间施工', '半夜施工', '凌晨施工']],
  ]),
  ...group('muck', '渣土与建筑垃圾', [
    ['truck', '渣土车违规运输', ['渣土', '渣土车', '泥头车', '抛洒']],
    ['dump', '偷倒建筑垃圾', ['偷倒', '建筑垃圾', '倾倒', '装修垃圾']],
  ]),
  ...group('traffic', '道路与停车', [
    ['bike', '共享单车乱停放', ['共享单车', '单车', '非机动车', '乱停']],
    ['road_dig', '擅自掘路占路', ['掘路', '占路', '路面', '井盖']],
  ]),
  ...group('other', '其他', [
    ['consult', '政策咨询', ['咨询', '请问', '如何办理', '政策']],
    ['misc', '其他城管事项', []],
  ]),
];

export const SOURCES: readonly { code: string; name: string; kind: SourceKind }[] = [
  { code: 'hotline', name: '12345市民服务热线', kind: 'hotline' },
  { code: 'city_operation', name: '区城运中心', kind: 'city_operation' },
  { code: 'walk_in', name: '来访接待', kind: 'walk_in' },
  { code: 'letter', name: '来信', kind: 'letter' },
  { code: 'petition', name: '信访件', kind: 'petition' },
  { code: 'media', name: '媒体曝光', kind: 'media' },
  { code: 'inspection', name: '督察发现', kind: 'inspection' },
  { code: 'open_day', name: '公众开放日', kind: 'open_day' },
  { code: 'superior', name: '上级交办', kind: 'superior' },
];

interface TemplateValue {
  category: string | null;
  name: string;
  body: string;
  legalBasis: string | null;
  measures: Measure[];
}

export const TEMPLATES: readonly TemplateValue[] = [
  {
    category: 'house.bearing_wall',
    name: '承重墙：责令恢复',
    body: '经现场检查，当事人装修时拆改房屋承重结构情况属实。我队已当场责令停止施工，开具责令改正通知书，要求委托具备相应资质的单位出具修复方案并限期恢复，同时移送立案查处。已将处理情况告知诉求人。',
    legalBasis: '《上海市住宅物业管理规定》关于禁止损坏房屋承重结构的规定；《住宅室内装饰装修管理办法》第五条',
    measures: ['order', 'case_filed'],
  },
  {
    category: 'building.illegal',
    name: '违法搭建：立案查处',
    body: '经现场检查，诉求反映的搭建情况属实，当事人未能提供规划许可手续。我队已立案调查，责令当事人限期自行拆除；逾期不拆除的，将依法组织拆除。已将处理情况告知诉求人。',
    legalBasis: '《上海市拆除违法建筑若干规定》',
    measures: ['order', 'case_filed'],
  },
  {
    category: 'house.group_rent',
    name: '群租：联合整治',
    body: '经会同居委、物业、公安现场核查，该房屋存在分割搭建、按间出租情形。已约谈出租人和承租人，责令限期拆除隔断、恢复原状，并纳入复查名单。已将处理情况告知诉求人。',
    legalBasis: '《上海市住房租赁条例》',
    measures: ['order', 'joint'],
  },
  {
    category: 'street.stall',
    name: '占道设摊：劝离',
    body: '队员到场时当事人正占用人行道设摊经营。经劝导教育，当事人已收摊离开，现场已清理。我队已将该路段列入重点时段巡查，并告知诉求人。',
    legalBasis: '《上海市市容环境卫生管理条例》',
    measures: ['persuade'],
  },
  {
    category: 'environment.fume',
    name: '餐饮油烟：责令改正',
    body: '经现场检查，该餐饮单位油烟净化设施未正常运行。我队已责令其立即清洗、维修净化设施并保持正常使用，一周后复查。已将处理情况告知诉求人。',
    legalBasis: '《上海市环境保护条例》',
    measures: ['order'],
  },
  {
    category: null,
    name: '未发现违法行为',
    body: '队员于当日到场核查，现场未发现所反映的情况。已向诉求人说明核查情况并留下联系方式，请其在再次发现时及时联系，我队将持续关注。',
    legalBasis: null,
    measures: ['none', 'explain'],
  },
];

/** Repetition that is acted on: measure 13 (重复诉件和信访积案). The bureau changes them in the program. */
export const MATTER_RULES: readonly {
  trigger: AlertTrigger;
  count: number;
  days: number | null;
  action: AlertAction;
}[] = [
  { trigger: 'orders', count: 3, days: 30, action: 'coordinate' },
  { trigger: 'orders', count: 5, days: 30, action: 'leader_on_site' },
  { trigger: 'orders', count: 10, days: 30, action: 'report_up' },
  { trigger: 'reopened', count: 2, days: null, action: 'propose_supervision' },
];
