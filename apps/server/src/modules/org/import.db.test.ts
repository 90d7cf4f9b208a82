import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestApp, type TestPerson, testApp } from '../../testing/app.ts';

let t: TestApp;
let system: TestPerson;
beforeAll(async () => {
  t = await testApp();
  system = await t.person((await t.unit('bureau')).id, 'system_admin');
  await t.person((await t.unit('squadron', '甲中队')).id, 'officer');
});
afterAll(() => t.close());

async function send(csv: string, write: boolean) {
  const boundary = 'sheet-of-people';
  const body = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="people.csv"\r\ncontent-type: text/csv\r\n\r\n${csv}\r\n--${boundary}--\r\n`;
  const response = await t.app.inject({
    method: 'POST',
    url: `/api/v1/org/people/import?write=${write}`,
    headers: { cookie: system.cookie, 'content-type': `multipart/form-data; boundary=${boundary}` },
    payload: body,
  });
  return { status: response.statusCode, body: response.json() };
}
const counted = ({ body }: Awaited<ReturnType<typeof send>>) =>
  [body.created, body.updated, body.unchanged, body.rejected, body.proposed] as number[];
const people = async () => (await t.deps.db.query<{ n: number }>(null, 'select count(*)::int as n from person'))[0]!.n;

const SHEET = [
  '某局人员名册,,,,',
  '工号,姓名,单位,岗位,手机号',
  'P001, 张三 ,甲中队,队员,138 0000 1111',
  'P002,李四,甲中队,局领导,',
  'P003,王五,不存在的中队,队员,',
  'P004,,甲中队,队员,',
  'P001,张三,甲中队,队员,',
  'P005,赵六,,,12345',
  'P006,钱七,,,',
].join('\n');

it('a preview writes nothing and says of each row what would be done', async () => {
  const before = await people();
  const preview = await send(SHEET, false);
  expect(preview.status).toBe(200);
  expect(counted(preview)).toEqual([2, 0, 0, 5, 1]);
  const notes = Object.fromEntries(
    preview.body.rows.map((row: { row: number; notes: string[] }) => [row.row, row.notes.join('；')]),
  );
  expect(notes[3]).toContain('提出岗位');
  expect(notes[4]).toContain('该单位没有岗位“局领导”');
  expect(notes[5]).toContain('没有名为“不存在的中队”的单位');
  expect(notes[6]).toContain('没有姓名');
  expect(notes[7]).toContain('重复');
  expect(notes[8]).toContain('手机号');
  expect(await people()).toBe(before);
});

it('writes good rows, leaves bad ones out, and sent again changes nothing', async () => {
  const before = await people();
  expect(counted(await send(SHEET, true))).toEqual([2, 0, 0, 5, 1]);
  expect(await people()).toBe(before + 2);
  expect(counted(await send(SHEET, true))).toEqual([0, 0, 2, 5, 0]);
  expect(await people()).toBe(before + 2);
  const pending = await t.deps.db.query(null, "select 1 from role_grant where status = 'pending'");
  expect(pending).toHaveLength(1);
});

it('an empty cell erases nothing, a new name is an update', async () => {
  expect(counted(await send('工号,姓名,手机号\nP001,张三丰,', true))).toEqual([0, 1, 0, 0, 0]);
  const found = (await t.call(system, 'GET', '/org/people?q=P001')).body.items[0];
  const { mobile, name } = (await t.call(system, 'GET', `/org/people/${found.id}`)).body;
  expect([name, mobile]).toEqual(['张三丰', '13800001111']);
});

it('a file without the two columns is refused in words', async () => {
  const answer = await send('甲,乙\n1,2', false);
  expect([answer.status, answer.body.detail]).toEqual([400, '没有找到表头：至少要有“工号”和“姓名”两列']);
});
