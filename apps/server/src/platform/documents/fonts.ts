import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** The folder of an installed package; found by its search path, since a package may not export its package.json. */
function packageDir(name: string): string {
  const dir = (require.resolve.paths(name) ?? []).map((base) => join(base, name)).find((path) => existsSync(path));
  if (dir === undefined) throw new Error(`字体包 ${name} 未安装，请重新执行 npm install`);
  return dir;
}

/** Fonts that come with the project, so that a machine without any Chinese font still prints right. */
export const SANS_FILE = join(packageDir('@embedpdf/fonts-sc'), 'fonts', 'NotoSansHans-Regular.otf');
export const SANS_FAMILY = 'Noto Sans S Chinese';

export function bundledFontDirs(): string[] {
  const serif = packageDir('@expo-google-fonts/noto-serif-sc');
  return [dirname(SANS_FILE), ...['400Regular', '600SemiBold', '700Bold'].map((weight) => join(serif, weight))];
}

const SERIF = ['Noto Serif SC', 'Noto Serif CJK SC'];

/**
 * Families for each of the standard's typefaces, best first: the one the standard means under its English and Chinese
 * names, those of common systems, then the bundled one.
 */
export const FAMILIES = {
  xiaobiaosong: ['FZXiaoBiaoSong-B05S', 'FZXiaoBiaoSong-B05', '方正小标宋简体', 'STZhongsong', 'FandolSong', ...SERIF],
  fangsong: ['FangSong_GB2312', '仿宋_GB2312', 'FangSong', '仿宋', 'STFangsong', 'FandolFang R', ...SERIF],
  heiti: ['SimHei', '黑体', 'STHeiti', 'FandolHei', SANS_FAMILY, 'Noto Sans CJK SC'],
  kaiti: ['KaiTi_GB2312', '楷体_GB2312', 'KaiTi', '楷体', 'STKaiti', 'FandolKai', ...SERIF],
  songti: ['SimSun', '宋体', 'STSong', 'FandolSong', ...SERIF],
} as const satisfies Record<string, readonly string[]>;

/** The names the standard's typefaces have in Word and WPS. */
export const OFFICE_FONTS = {
  xiaobiaosong: '方正小标宋简体',
  fangsong: '仿宋_GB2312',
  heiti: '黑体',
  kaiti: '楷体_GB2312',
  songti: '宋体',
} as const satisfies Record<keyof typeof FAMILIES, string>;
