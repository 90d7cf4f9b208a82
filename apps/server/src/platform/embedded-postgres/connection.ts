import pg from 'pg';

/** Chinese text every cluster must be able to search; see the check below. */
const SAMPLE = '电梯故障';

/** Whether the server answers; throws when it answers but does not accept our password. */
export async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  // A server that is stopped while we ask reports it here, and through the rejected call below.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === '28P01') {
      throw new Error('数据库口令与数据文件夹里的 pg-password 不一致。请从备份恢复 pg-password 文件。', {
        cause: error,
      });
    }
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Fails when the cluster's character classification knows no Chinese: every trigram index and search would silently
 * find nothing.
 */
export async function checkChineseSearch(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query('CREATE EXTENSION IF NOT EXISTS pg_trgm');
    const { rows } = await client.query<{ found: number }>('SELECT cardinality(show_trgm($1)) AS found', [SAMPLE]);
    if (!rows[0]?.found) {
      throw new Error('数据库的字符分类（LC_CTYPE）不认识汉字，中文检索会查不到结果。请用 C.UTF-8 重新创建数据库。');
    }
    await client.query('ROLLBACK');
  } finally {
    await client.end();
  }
}
