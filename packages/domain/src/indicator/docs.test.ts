import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { INDICATORS, type Indicator } from './index.ts';

const path = fileURLToPath(new URL('../../../../docs/indicators.md', import.meta.url));

test('docs/indicators.md holds every version of every definition, word for word, and no other', () => {
  const inDocs = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => /^\| [^|]+ \| \d+ \| \d{4}-/.test(line));
  const inCode = Object.values(INDICATORS as Record<string, Indicator>).flatMap(({ label, definitions }) =>
    definitions.map(
      (d) => `| ${label} | ${d.version} | ${d.effectiveFrom} | ${d.cohort} | ${d.numerator} | ${d.denominator} |`,
    ),
  );
  expect(inDocs).toEqual(inCode);
});
