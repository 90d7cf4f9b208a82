import { randomUUID } from 'node:crypto';
import type { TestApp, TestPerson } from './app.ts';

/** A text file uploaded as evidence by the person, through the API. @returns its id */
export async function evidenceOf(t: TestApp, as: TestPerson, text: string = randomUUID()): Promise<string> {
  const form = new FormData();
  form.append('file', new Blob([`证据 ${text}\n`], { type: 'text/plain' }), '现场记录.txt');
  const encoded = new Response(form);
  const body = Buffer.from(await encoded.arrayBuffer());
  const answer = await t.call(as, 'POST', '/files', body, { 'content-type': encoded.headers.get('content-type')! });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return answer.body.id;
}
