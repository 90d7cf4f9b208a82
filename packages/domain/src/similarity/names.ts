/** Words on which the names of places end. The longer ones first. */
const ENDINGS = [
  '小区',
  '家园',
  '花园',
  '花苑',
  '花城',
  '新村',
  '新城',
  '公寓',
  '公馆',
  '山庄',
  '国际',
  '广场',
  '大厦',
  '社区',
  '学校',
  '中学',
  '小学',
  '大学',
  '学院',
  '幼儿园',
  '医院',
  '公园',
  '市场',
  '超市',
  '酒店',
  '家苑',
  '嘉园',
  '嘉苑',
  '佳苑',
  '名都',
  '豪庭',
  '雅苑',
  '华府',
  '书院',
  '半岛',
  '水岸',
  '地铁站',
  '工业园',
  '产业园',
  '大道',
  '公路',
  '国道',
  '街道',
  '路',
  '街',
  '巷',
  '弄',
  '村',
  '苑',
  '城',
  '府',
  '园',
  '湾',
  '里',
  '庭',
  '轩',
  '墅',
  '郡',
  '镇',
  '组',
  '桥',
  '湖',
  '岛',
  '洲',
  '站',
].sort((a, b) => b.length - a.length);
const LONG = ENDINGS.filter((ending) => ending.length > 1).join('|');
// 森园小区 ends on 小区, not on 园.
const NAME = new RegExp(`([\\p{Script=Han}A-Z0-9]{1,4}?)(${ENDINGS.join('|')})(?!${LONG})`, 'gu');
/** What stands before a name and is none of it. */
const NOT_NAME =
  /^(?:我们|本|该|这个|此|某|各|每|全|老旧|住宅|居民|小|新建|附近|周边|旁边|对面|的|在|位于|和|与|从|到|至|市|区|县|一个|整个|我|你|请|对|关于|反映|投诉|举报|咨询)+/;
const TOO_COMMON = new Set([
  '公',
  '商业',
  '物业',
  '业主',
  '道',
  '马',
  '社',
  '街',
  '学',
  '校',
  '农',
  '城',
  '住宅',
  '居民',
  '停车',
  '楼',
  '全国',
  '国际',
  '国',
  '中',
  '上',
]);

/** The bare names of places that a text names with their endings: 友谊路 → 友谊, 宝林二村 → 宝林二. */
export function namesIn(text: string): Set<string> {
  const names = new Set<string>();
  for (const clause of text.split(/[^\p{Script=Han}A-Z0-9]+/u)) {
    // From each ending, the characters before it: the shortest reading begins right after the last ending.
    for (const match of clause.matchAll(NAME)) {
      const name = match[1]!.replace(NOT_NAME, '').replace(/^[A-Z]?\d*[市区县]/, '');
      if (name.length >= 2 && !TOO_COMMON.has(name)) names.add(name.slice(-3));
    }
  }
  return names;
}

/** Written in another order (祥英春天, 英祥春天), or longer (万科金域, 金域). */
function isSameName(a: string, b: string): boolean {
  if (a.endsWith(b) || b.endsWith(a) || a.slice(-2) === b.slice(-2)) return true;
  let common = 0;
  for (let at = 0; at < a.length; at++) if (a.indexOf(a[at]!) === at && b.includes(a[at]!)) common++;
  return common >= 2 && common >= Math.min(a.length, b.length);
}

/** Whether two sets of names have one in common, as far as their last characters go. */
export function shareName(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  for (const name of a) {
    if (b.has(name)) return true;
    for (const other of b) if (isSameName(name, other)) return true;
  }
  return false;
}
