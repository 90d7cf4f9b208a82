#!/usr/bin/env node
// 独立核对一次随机抽取：不引用本项目的任何代码，只用抽取文件本身。算法见 docs/draw.md。
//   node tools/verify-draw.mjs 抽取文件.json [抽取前公布的承诺值]
// 退出码：0 与文件一致；1 不一致；2 用法有误。
import { createHash, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';

const [path, noted] = process.argv.slice(2);
if (!path) {
  console.error('用法：node tools/verify-draw.mjs 抽取文件.json [抽取前公布的承诺值]');
  process.exit(2);
}
const bytes = readFileSync(path);
const fail = (why) => {
  console.log(`不一致：${why}`);
  process.exit(1);
};

/** 规范写法：键按次序，无空格。 */
const canonical = (v) => {
  if (Array.isArray(v)) return `[${v.map(canonical).join(',')}]`;
  if (v === null || typeof v !== 'object') return JSON.stringify(v);
  const keys = Object.keys(v).sort();
  return `{${keys.map((k) => `${JSON.stringify(k)}:${canonical(v[k])}`).join(',')}}`;
};
const sha256 = (text) => createHash('sha256').update(text, 'utf8').digest('hex');

let f;
try {
  f = JSON.parse(bytes.toString('utf8'));
  if (f.format !== 'bihuan-draw/1') throw new Error('format');
} catch {
  fail('不是抽取文件');
}
if (!bytes.equals(Buffer.from(`${canonical(f)}\n`, 'utf8'))) fail('文件的写法被改动');
const keys = 'commitment,digest,format,nonce,population,populationDigest,publicValue,result,seed';
if (Object.keys(f).sort().join() !== keys) fail('文件多了或少了内容');

const p = f.population;
if (sha256(canonical(p)) !== f.populationDigest) fail('名单摘要与名单不符');
if (sha256(`bihuan-draw/1 commitment\n${f.nonce}\n${f.populationDigest}`) !== f.commitment) fail('承诺值不符');
if (noted && noted !== f.commitment) fail('承诺值与抽取前公布的不同');
if (sha256(`bihuan-draw/1 seed\n${f.nonce}\n${f.populationDigest}\n${f.publicValue}`) !== f.seed) fail('种子不符');

/** 由种子和用途定下的均匀随机数：HMAC-SHA256 逐块，每块八个 32 位数，落在零头里的弃去。 */
const stream = (label) => {
  let block = Buffer.alloc(0);
  let n = 0;
  return (below) => {
    for (;;) {
      if (block.length === 0) {
        block = createHmac('sha256', Buffer.from(f.seed, 'hex')).update(`${label}\n${n}`).digest();
        n += 1;
      }
      const x = block.readUInt32BE(0);
      block = block.subarray(4);
      if (x < 2 ** 32 - (2 ** 32 % below)) return x % below;
    }
  };
};
const pick = (list, count, label) => {
  const below = stream(label);
  const a = [...list];
  for (let i = 0; i < count; i += 1) {
    const j = i + below(a.length - i);
    [a[i], a[j]] = [a[j], a[i]];
  }
  return a.slice(0, count);
};
const barred = (person, unit) => p.exclusions.some((e) => e.inspector === person && e.unit === unit);
const drawn = pick(p.subjects, p.subjectsWanted, 'subjects');
const inspectors = drawn.map((s) => {
  const able = p.inspectors.filter((i) => !barred(i.id, s.unit));
  return { subject: s.id, persons: pick(able, p.inspectorsPerSubject, `inspectors ${s.id}`).map((i) => i.id) };
});
if (canonical({ subjects: drawn.map((s) => s.id), inspectors }) !== canonical(f.result))
  fail('抽取结果与重新计算的不同');
const { digest, ...rest } = f;
if (sha256(canonical(rest)) !== digest) fail('核对码不符');
console.log(`一致：${p.plan.number} ${p.plan.title}`);
for (const { subject, persons } of inspectors) {
  const name = (list, id) => list.find((one) => one.id === id).name;
  console.log(`  ${name(p.subjects, subject)} ← ${persons.map((id) => name(p.inspectors, id)).join('、')}`);
}
