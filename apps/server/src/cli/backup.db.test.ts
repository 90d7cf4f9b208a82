import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { gunzipSync, gzipSync } from 'node:zlib';
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createDeps } from '../create-deps.ts';
import { importFile } from '../modules/intake/index.ts';
import { recordAudit, sealAudit, verifyAudit } from '../platform/audit/index.ts';
import { openDatabase } from '../platform/db/index.ts';
import type { Deps } from '../platform/deps.ts';
import { blobPaths } from '../platform/files/index.ts';
import { openSheet } from '../platform/spreadsheet/index.ts';
import { loadDemo } from '../setup/demo/index.ts';
import { type TestApp, testApp } from '../testing/app.ts';
import { backup } from './backup.ts';
import { CommandFailure } from './failure.ts';
import { restore } from './restore.ts';

const ORDERS = [
  '3101132023060001,2023-06-01 09:00,占道经营,门前长期占道经营,张三,13912345678,回电13712345678',
  '3101132023060002,2023-06-02 10:00,夜间施工,回电13812345678,李四,13612345678,',
  ',2023-06-03 10:00,违法搭建,楼顶违法搭建,王五,13512345678,',
  '3101132023060004,上周三,噪声,噪声扰民,赵六,13412345678,',
];

describe('backup and restore', () => {
  let source: TestApp;
  let folder: string;
  let file: string;
  const targets: string[] = [];

  beforeAll(async () => {
    source = await testApp();
    await loadDemo(source.deps, { orders: 300, now: new Date('2023-06-05T10:00:00+08:00') });
    await source.deps.files.put({
      stream: Readable.from('来电记录,1\n'),
      name: '附件.csv',
      purpose: 'import',
      maxBytes: 1000,
      createdBy: null,
    });
    folder = await mkdtemp(join(tmpdir(), 'bihuan-backup-'));
    await writeFile(
      join(folder, 'orders.csv'),
      `工单编号,受理时间,标题,内容,诉求人,联系电话,备注\n${ORDERS.map((cells) => `${cells}\n`).join('')}`,
    );
    expect(await importOrders(source.deps)).toMatchObject({ created: 3, rejected: 1 });
    file = join(folder, 'b.tar.gz');
    await backup(
      { config: source.deps.config, databaseUrl: source.adminUrl, deps: source.deps },
      file,
      false,
      () => {},
    );
  });
  afterAll(async () => {
    await source.close();
    await rm(folder, { recursive: true, force: true });
    const client = new pg.Client({ connectionString: inject('postgresUrl') });
    await client.connect();
    for (const name of targets) await client.query(`drop database if exists ${name} with (force)`);
    await client.end();
  });

  const importOrders = (deps: Deps) =>
    importFile(deps, {
      path: join(folder, 'orders.csv'),
      fileName: 'orders.csv',
      sourceCode: 'hotline',
      createdBy: null,
      rejectsTo: join(folder, 'returned.xlsx'),
    });
  /** The program on what was restored, with the key at hand there. */
  const withRestored = async <T>(target: { url: string; dataDir: string }, work: (deps: Deps) => Promise<T>) => {
    const config = { ...source.deps.config, dataDir: target.dataDir, databaseUrl: target.url };
    const deps = await createDeps(config, target.url, { clock: source.clock, log: pino({ level: 'silent' }) });
    try {
      return await work(deps);
    } finally {
      await deps.jobs.stop();
      await deps.live.stop();
      await deps.db.close();
    }
  };
  const emptyTarget = (): { url: string; dataDir: string } => {
    const name = `restored_${process.pid}_${targets.length}`;
    targets.push(name);
    const url = new URL(inject('postgresUrl'));
    url.pathname = `/${name}`;
    return { url: url.href, dataDir: join(folder, name) };
  };
  const into = (target: { url: string; dataDir: string }, from = file, key: string | null = null) =>
    restore({ ...source.deps.config, dataDir: target.dataDir }, target.url, from, key, () => {});
  const keyFile = async (byte: number): Promise<string> => {
    const path = join(folder, `key-${byte}`);
    await writeFile(path, Buffer.alloc(32, byte).toString('base64'));
    return path;
  };

  const TABLES = [
    'complaint',
    'complainant',
    'handling_round',
    'clock_entry',
    'complaint_request',
    'audit_link',
    'person',
    'posting',
    'category',
    'place',
    'file',
    'intake_source',
    'intake_record',
    'import_job',
    'import_reject',
  ];
  const digest = async (url: string): Promise<string[]> => {
    const db = openDatabase(url, 'bihuan', { poolSize: 1 });
    try {
      const rows = [];
      for (const table of TABLES) {
        const [row] = await db.query<{ d: string }>(
          null,
          `select coalesce(md5(string_agg(md5(x::text), '' order by x::text)), '') as d from ${table} x`,
        );
        rows.push(`${table} ${row!.d}`);
      }
      return rows;
    } finally {
      await db.close();
    }
  };

  it('gives back every row and every file', async () => {
    const target = emptyTarget();
    const result = await into(target);
    // The attachment, the imported table, its returned rows.
    expect(result.files).toBe(3);
    expect(await digest(target.url)).toEqual(await digest(source.adminUrl));
    const stored = await source.deps.db.query<{ sha256: string }>(
      null,
      "select encode(sha256, 'hex') as sha256 from file",
    );
    for (const { sha256 } of stored) {
      const copy = await readFile(blobPaths(target.dataDir, sha256).sealed);
      expect(copy).toEqual(await readFile(blobPaths(source.deps.config.dataDir, sha256).sealed));
    }
  });

  it('holds nothing of a citizen that could be read without the key', async () => {
    const tar = gunzipSync(await readFile(file));
    for (const phone of ['13912345678', '13712345678', '13812345678', '13612345678', '13512345678', '13412345678'])
      expect([phone, tar.includes(phone)]).toEqual([phone, false]);
  });

  it('knows with its key what was imported: the same table again brings nothing new, and its returned rows open', async () => {
    const target = emptyTarget();
    expect((await into(target, file, await keyFile(7))).keyFits).toBe(true);
    await withRestored(target, async (deps) => {
      const [job] = await deps.db.query<{ file_id: string; reject_file_id: string }>(
        null,
        'select file_id, reject_file_id from import_job',
      );
      const original = await deps.files.get(job!.file_id);
      await original.verify();
      expect(await buffer(original.content.stream())).toEqual(await readFile(join(folder, 'orders.csv')));
      const returned: string[] = [];
      for await (const { cells } of (await openSheet((await deps.files.get(job!.reject_file_id)).content)).rows())
        returned.push(cells.join('|'));
      expect(returned.join('\n')).toContain('13412345678');
      expect(await importOrders(deps)).toMatchObject({
        created: 0,
        updated: 0,
        unchanged: 3,
        rejected: 1,
        conflicts: 0,
      });
    });
  });

  it('does not open the files with another key, and says so', async () => {
    const target = emptyTarget();
    await into(target, file, await keyFile(8));
    await withRestored(target, async (deps) => {
      const [{ id }] = (await deps.db.query<{ id: string }>(null, 'select id from file limit 1')) as [{ id: string }];
      await expect(deps.files.get(id)).rejects.toMatchObject({ code: 'file_damaged' });
    });
  });

  it('restores a backup made before files were encrypted', async () => {
    const [row] = await source.deps.db.query<{ id: string; sha256: string }>(
      null,
      "select id, encode(sha256, 'hex') as sha256 from file where name = '附件.csv'",
    );
    const { sealed, plain } = blobPaths(source.deps.config.dataDir, row!.sha256);
    const kept = await readFile(sealed);
    await rm(sealed);
    await writeFile(plain, '来电记录,1\n');
    const old = join(folder, 'old.tar.gz');
    const system = { config: source.deps.config, databaseUrl: source.adminUrl, deps: source.deps };
    await backup(system, old, false, () => {});
    await rm(plain);
    await writeFile(sealed, kept);
    const target = emptyTarget();
    await into(target, old, await keyFile(7));
    await withRestored(target, async (deps) => {
      expect(await text((await deps.files.get(row!.id)).content.stream())).toBe('来电记录,1\n');
    });
  });

  it('keeps the audit chain whole, and new events go on from its end', async () => {
    const target = emptyTarget();
    await into(target);
    const db = openDatabase(target.url, 'bihuan', { poolSize: 2 });
    try {
      const before = await verifyAudit(db);
      expect(before).toMatchObject({ ok: true });
      expect(before.checked).toBeGreaterThan(1000);
      await db.transaction((trx) =>
        recordAudit(trx, {
          at: Date.parse('2023-06-06T10:00:00+08:00'),
          actor: null,
          action: 'test.after',
          objectType: 'test',
        }),
      );
      await sealAudit(db);
      expect(await verifyAudit(db)).toMatchObject({ ok: true, checked: before.checked + 1 });
    } finally {
      await db.close();
    }
  });

  it('says when the key at hand does not open what was restored', async () => {
    expect((await into(emptyTarget())).keyFits).toBe(false);
  });

  it('refuses a system that is in use', async () => {
    await expect(restore(source.deps.config, source.adminUrl, file, null, () => {})).rejects.toThrow(CommandFailure);
  });

  it('refuses a file with one byte changed, cut short, or of another kind, and leaves the database empty', async () => {
    const tar = gunzipSync(await readFile(file));
    const at = tar.indexOf('牡丹江路');
    expect(at).toBeGreaterThan(0);
    const changed = Buffer.from(tar);
    changed[at + 2] = changed[at + 2]! ^ 1;
    const cases: [string, Buffer, RegExp][] = [
      ['changed', gzipSync(changed), /与清单不符/],
      ['short', gzipSync(tar.subarray(0, tar.length / 2)), /不完整/],
      ['other', Buffer.from('not a backup'), /不是本系统的备份/],
    ];
    for (const [name, content, message] of cases) {
      const target = emptyTarget();
      const path = join(folder, name);
      await writeFile(path, content);
      await expect(into(target, path)).rejects.toThrow(message);
    }
  });
});
