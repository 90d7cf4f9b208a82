import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { recordAudit, sealAudit, verifyAudit } from '../platform/audit/index.ts';
import { openDatabase } from '../platform/db/index.ts';
import { loadDemo } from '../setup/demo/index.ts';
import { type TestApp, testApp } from '../testing/app.ts';
import { backup } from './backup.ts';
import { CommandFailure } from './failure.ts';
import { restore } from './restore.ts';

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

  const emptyTarget = (): { url: string; dataDir: string } => {
    const name = `restored_${process.pid}_${targets.length}`;
    targets.push(name);
    const url = new URL(inject('postgresUrl'));
    url.pathname = `/${name}`;
    return { url: url.href, dataDir: join(folder, name) };
  };
  const into = (target: { url: string; dataDir: string }, from = file) =>
    restore({ ...source.deps.config, dataDir: target.dataDir }, target.url, from, null, () => {});

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
    expect(result.files).toBe(1);
    expect(await digest(target.url)).toEqual(await digest(source.adminUrl));
    const [stored] = await source.deps.db.query<{ sha256: string }>(
      null,
      "select encode(sha256, 'hex') as sha256 from file",
    );
    const copy = await readFile(
      join(target.dataDir, 'files', stored!.sha256.slice(0, 2), stored!.sha256.slice(2)),
      'utf8',
    );
    expect(copy).toBe('来电记录,1\n');
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
