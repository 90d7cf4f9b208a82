import { divisionAt } from './divisions.ts';

/**
 * Characters that say what a part of an address is. The tagger knows these and no others: names are not learnt, so that it
 * reads a place it has never seen as well as one it has.
 */
const KNOWN = new Set(
  '省市区县州盟旗镇乡街道办事处村庄屯寨组队社居委会路巷弄里大公桥胡同条线环支东西南北中内外前后左右上下侧旁边对面附近口交叉汇与和至到号幢栋座楼室单元层门院园苑城厦广场心寓花小新家庭湾府邸阁轩台坊郡都天地国际商业工农科技创产学校幼儿医银行酒店宾馆饭超店厂司有限集团站铁机港码头山河湖海江水塘岗岭坡岛林田开发经济高保税第一二三四五六七八九十百零甲乙丙丁之的在位于米处处负附近名居民物流仓库基地产市政府局派所公安法庭村委网吧修理厅馆堂寺庙宫塔门楼亭景风光雅金龙华安阳平和兴隆泰福康乐文化教育体育乐世纪世茂万科碧桂恒达绿保利',
);

/** What a character is to the tagger: itself when known, else the kind it is of. */
function symbolOf(character: string | undefined): string {
  if (character === undefined) return '^';
  if (KNOWN.has(character)) return character;
  if (/[0-9]/.test(character)) return '0';
  if (/[A-Za-z]/.test(character)) return 'A';
  if (/\p{Script=Han}/u.test(character)) return '文';
  if (/[-—–~～_]/.test(character)) return '-';
  if (/[#＃]/.test(character)) return '#';
  return '，';
}

/** Characters on which parts end: the nearest one ahead tells what is being read. */
const ENDINGS = new Set(
  '省市区县州盟旗镇乡街道村庄屯寨组社路巷弄桥线环口号幢栋座楼室元层院园苑城厦场心寓店厂司站处里校馆行门桥湾府米旁边对面侧近',
);

const NUMBER = /[0-9一二三四五六七八九十百零]/;

/** Features of each character of an address, as names. */
export function featuresOf(text: string): string[][] {
  const length = text.length;
  const s = Array.from({ length }, (_, at) => symbolOf(text[at]));
  const at = (index: number): string => s[index] ?? '^';
  const divisions = divisionMarks(text);
  const ahead: string[] = new Array(length);
  const second: string[] = new Array(length);
  let next = '$';
  let after = '$';
  let distance = 9;
  for (let i = length - 1; i >= 0; i--) {
    if (ENDINGS.has(text[i]!)) {
      after = next;
      next = text[i]!;
      distance = 0;
    } else distance = Math.min(distance + 1, 9);
    ahead[i] = `${next}${Math.min(distance, 5)}`;
    second[i] = `${next}${after}`;
  }
  let last = '^';
  let since = 0;
  return Array.from({ length }, (_, i) => {
    const features = [
      'b',
      `0${at(i)}`,
      `-1${at(i - 1)}`,
      `+1${at(i + 1)}`,
      `-2${at(i - 2)}`,
      `+2${at(i + 2)}`,
      `-10${at(i - 1)}${at(i)}`,
      `01${at(i)}${at(i + 1)}`,
      `-101${at(i - 1)}${at(i)}${at(i + 1)}`,
      `012${at(i)}${at(i + 1)}${at(i + 2)}`,
      `-210${at(i - 2)}${at(i - 1)}${at(i)}`,
      `-11${at(i - 1)}${at(i + 1)}`,
      `a${ahead[i]}`,
      `aa${second[i]}`,
      `a0${ahead[i]}${at(i)}`,
      `l${last}`,
      `la${last}${ahead[i]}`,
      `ls${last}${Math.min(since, 5)}`,
      `las${last}${second[i]}${Math.min(since, 4)}`,
    ];
    if (divisions[i])
      features.push(`d${divisions[i]}`, `d0${divisions[i]}${at(i)}`, `dn${divisions[i]}${divisions[i + 1] ?? ''}`);
    else features.push(`nd${divisions[i - 1] ?? ''}`);
    if (NUMBER.test(text[i]!)) {
      let end = i;
      while (end < length && NUMBER.test(text[end]!)) end++;
      let begin = i;
      while (begin > 0 && NUMBER.test(text[begin - 1]!)) begin--;
      features.push(
        `n${at(end)}${at(end + 1)}`,
        `np${at(begin - 1)}${at(end)}`,
        `nl${Math.min(end - begin, 5)}${at(end)}${end >= length ? '$' : ''}`,
        `npp${at(begin - 2)}${at(begin - 1)}${at(end)}`,
      );
    }
    if (i === 0) features.push('first');
    if (i === length - 1) features.push('last', `last${at(i)}`);
    if (ENDINGS.has(text[i]!)) {
      last = text[i]!;
      since = 0;
    } else since++;
    return features;
  });
}

/** For each character, which division's name it belongs to and where in it. */
function divisionMarks(text: string): (string | undefined)[] {
  const marks: (string | undefined)[] = new Array(text.length);
  for (let i = 0; i < text.length; ) {
    const found = divisionAt(text, i);
    if (!found) {
      i++;
      continue;
    }
    for (let k = 0; k < found.length; k++)
      marks[i + k] = `${found.levels}${k === 0 ? 'B' : k === found.length - 1 ? 'E' : 'I'}${found.full ? '' : '~'}`;
    i += found.length;
  }
  return marks;
}
