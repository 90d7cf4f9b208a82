import type pg from 'pg';

/** What the generated files should say for the schema on the connection's search path. */
export interface SchemaDescription {
  /** Plain SQL for readers and reviewers: tables, constraints, indexes, functions, triggers. */
  sql: string;
  /** Kysely's table types. */
  types: string;
}

interface Column {
  table: string;
  name: string;
  type: string;
  not_null: boolean;
  default: string | null;
  generated: boolean;
  checked: string[] | null;
}

/** Reads the catalogue; the result depends on the schema only, so that it can be compared with the files in the repository. */
export async function describeSchema(client: pg.ClientBase, schema: string): Promise<SchemaDescription> {
  const columns = (
    await client.query<Column>(
      `select c.relname as table, a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as not_null,
              pg_get_expr(d.adbin, d.adrelid) as default, (a.attidentity <> '' or a.attgenerated <> '') as generated,
              (select array_agg(pg_get_constraintdef(k.oid)) from pg_constraint k
                where k.conrelid = c.oid and k.contype = 'c' and k.conkey = array[a.attnum]) as checked
         from pg_class c join pg_namespace n on n.oid = c.relnamespace
         join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
         left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
        where n.nspname = $1 and c.relkind = 'r' order by c.relname, a.attnum`,
      [schema],
    )
  ).rows;
  const lines = async (sql: string) =>
    (await client.query<{ line: string }>(sql, [schema])).rows.map((row) => row.line.replaceAll(`${schema}.`, ''));
  const constraints = await lines(
    `select format('alter table %s add constraint %s %s;', c.relname, k.conname, pg_get_constraintdef(k.oid)) as line
       from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = $1 and k.contype in ('p','u','f','c') order by c.relname, k.contype, k.conname`,
  );
  const indexes = await lines(
    `select pg_get_indexdef(i.indexrelid) || ';' as line from pg_index i join pg_class c on c.oid = i.indexrelid
       join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = $1 and not exists (select 1 from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p','u')) order by 1`,
  );
  const functions = await lines(
    `select pg_get_functiondef(p.oid) || ';' as line from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = $1 order by p.proname`,
  );
  const triggers = await lines(
    `select pg_get_triggerdef(t.oid) || ';' as line from pg_trigger t join pg_class c on c.oid = t.tgrelid
       join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and not t.tgisinternal order by 1`,
  );
  const tables = Map.groupBy(columns, (column) => column.table);
  const create = [...tables].map(
    ([table, list]) =>
      `create table ${table} (\n${list
        .map(
          (c) =>
            `  ${c.name} ${c.type}${c.not_null ? ' not null' : ''}${c.default ? ` default ${c.default.replaceAll(`${schema}.`, '')}` : ''}`,
        )
        .join(',\n')}\n);`,
  );
  return {
    sql: `-- 由迁移生成，勿手改；测试核对其与迁移一致。\n\n${[create, constraints, indexes, functions, triggers].map((part) => part.join('\n')).join('\n\n')}\n`,
    types: typesOf(tables),
  };
}

function typesOf(tables: Map<string, Column[]>): string {
  const body = [...tables].map(
    ([table, columns]) =>
      `export interface ${pascal(table)}Table {\n${columns.map((c) => `  ${c.name}: ${columnType(c)};`).join('\n')}\n}`,
  );
  const db = `export interface DB {\n${[...tables.keys()].map((table) => `  ${table}: ${pascal(table)}Table;`).join('\n')}\n}`;
  return `// Generated from the migrations; a test checks that it agrees with them.\nimport type { ColumnType, Generated } from 'kysely';\n\ntype Timestamp = ColumnType<Date, Date | string, Date | string>;\n// biome-ignore lint/suspicious/noExplicitAny: the shape of a JSON column is its reader's\ntype Json = ColumnType<any, string, string>;\n\n${body.join('\n\n')}\n\n${db}\n`;
}

function columnType(column: Column): string {
  const array = column.type.endsWith('[]');
  const base = scalarType(column, column.type.replace(/\[\]$/, ''));
  const type = (array ? `${base.includes('|') ? `(${base})` : base}[]` : base) + (column.not_null ? '' : ' | null');
  return column.default !== null || column.generated ? `Generated<${type}>` : type;
}

function scalarType(column: Column, type: string): string {
  if (type === 'text') {
    const choices = column.checked
      ?.map((check) => [...check.matchAll(/'([^']+)'::text/g)].map((match) => `'${match[1]}'`))
      .find((list) => list.length > 1);
    return choices ? choices.join(' | ') : 'string';
  }
  if (/^(integer|bigint|smallint|double precision|real)$/.test(type)) return 'number';
  if (type === 'boolean') return 'boolean';
  if (type.startsWith('timestamp')) return 'Timestamp';
  if (type === 'jsonb') return 'Json';
  if (type === 'bytea') return 'Buffer';
  return 'string';
}

const pascal = (name: string): string =>
  name.replace(/(^|_)([a-z])/g, (_match, _gap, letter: string) => letter.toUpperCase());
