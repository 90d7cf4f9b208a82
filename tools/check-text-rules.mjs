import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Rules a program of imports cannot see: what may be read where. Each is proven in tools/rules.test.ts. */
const RULES = [
  {
    name: 'environment-only-in-config',
    pattern:
      /\bprocess\s*(?:\??\.\s*env\b|\[\s*['"`]env['"`]\s*\])|\{[^}]*\benv\b[^}]*\}\s*=\s*process\b|\bimport\.meta\.env\.(?!(?:DEV|PROD|BASE_URL|MODE|SSR)\b)/g,
    in: ['apps', 'packages'],
    except: ['apps/server/src/platform/config.ts'],
    meaning: '环境变量只在 platform/config.ts 读取，其余代码使用 Config',
  },
  {
    name: 'clock-only-in-clock',
    pattern: /\bDate\s*\.\s*now\b|\bnew\s+Date\s*(?:\(\s*\)|(?![\s(\w<]))/g,
    in: ['apps/server/src', 'packages/domain/src'],
    except: ['apps/server/src/platform/clock.ts'],
    meaning: '系统时钟只在 platform/clock.ts 读取，其余代码由调用方传入当前时刻',
  },
];
const CODE = /\.(ts|mts|mjs|js|vue)$/;
const TEST = /\.(test|fixture)\.ts$/;

/** Violations below `root`, each `{ rule, file, line, meaning }`. */
export function checkTextRules(root) {
  return RULES.flatMap((rule) =>
    rule.in
      .flatMap((folder) => filesOf(join(root, folder)))
      .map((path) => ({ path, file: relative(root, path) }))
      .filter(({ file }) => CODE.test(file) && !TEST.test(file) && !rule.except.includes(file))
      .flatMap(({ path, file }) => {
        const text = withoutComments(readFileSync(path, 'utf8'));
        return [...text.matchAll(rule.pattern)].map((match) => ({
          rule: rule.name,
          file,
          line: text.slice(0, match.index).split('\n').length,
          meaning: rule.meaning,
        }));
      }),
  );
}

/** Blanks comments that stand on lines of their own, so that prose about a rule does not break it. */
function withoutComments(text) {
  return text
    .replace(/^[ \t]*\/\*[\s\S]*?\*\//gm, (comment) => comment.replace(/[^\n]/g, ' '))
    .replace(/^[ \t]*\/\/.*$/gm, '');
}

function filesOf(folder) {
  if (!statSync(folder, { throwIfNoEntry: false })) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.name !== 'node_modules' && entry.name !== 'dist')
    .flatMap((entry) => (entry.isDirectory() ? filesOf(join(folder, entry.name)) : [join(folder, entry.name)]));
}

const self = fileURLToPath(import.meta.url);
if (process.argv[1] && resolve(process.argv[1]) === self) {
  const violations = checkTextRules(resolve(self, '../..'));
  for (const { rule, file, line, meaning } of violations) console.error(`${file}:${line}  ${rule}：${meaning}`);
  if (violations.length > 0) process.exitCode = 1;
}
