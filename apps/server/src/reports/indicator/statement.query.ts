import {
  type Dimension,
  definitionInForce,
  INDICATOR_IDS,
  type IndicatorId,
  type Part,
  type PeriodKind,
} from '@bihuan/domain/indicator';

/**
 * The only place where indicators become SQL: screen, trend, export, bulletin and drill-down are all cut from the conditions below.
 * Every scan is a range of one cohort date on a covering index, so that its cost is that of the period's volume, not of the stock.
 */

/** `null` = not assigned. */
export type Filters = Partial<Record<'unit' | 'town' | 'officer' | 'category', string | null>>;

const COLUMN = { unit: 'unit_id', town: 'town_id', officer: 'officer_id', category: 'category_code' } as const;
const TYPE = { unit: 'uuid', town: 'uuid', officer: 'uuid', category: 'text' } as const;

/**
 * While an order is paused before it was due, its due instant is still moving: it is counted when it has come to rest.
 * A pause begun after the due instant cures nothing.
 */
export const notPaused = (due: string): string =>
  `not exists (select 1 from complaint p where p.id = r.complaint_id and p.round = r.round and p.paused_at is not null and p.paused_at <= r.${due})`;

export const COUNTED = 'r.excluded_at is null and r.declined_at is null';

interface Rule {
  readonly column: 'started_at' | 'first_contact_due_at' | 'due_at' | 'followed_up_at';
  /** Which rows of the table belong to the cohort at all; the indexes are partial by the same words. */
  readonly cohort: string;
  readonly denominator: string;
  readonly numerator: string;
}

const HEARD = { column: 'followed_up_at', cohort: 'r.reached and r.excluded_at is null' } as const;

/** Conditions of each version of each definition (`domain/indicator`, `docs/indicators.md`). */
const RULES: Readonly<Record<string, Rule>> = {
  'volume.v1': { column: 'started_at', cohort: `r.round = 1 and ${COUNTED}`, denominator: 'true', numerator: 'true' },
  'first_contact.v1': {
    column: 'first_contact_due_at',
    cohort: COUNTED,
    denominator: `(r.first_contact_at is not null or r.concluded_at is not null or ${notPaused('first_contact_due_at')})`,
    numerator: 'r.first_contact_at <= r.first_contact_due_at',
  },
  'on_time.v1': {
    column: 'due_at',
    cohort: COUNTED,
    denominator: `(r.concluded_at is not null or ${notPaused('due_at')})`,
    numerator: 'r.concluded_at <= r.due_at',
  },
  'resolution.v1': { ...HEARD, denominator: 'true', numerator: 'r.solved' },
  'satisfaction.v1': {
    ...HEARD,
    denominator: 'r.satisfaction is not null',
    numerator: "r.satisfaction in ('satisfied', 'fairly')",
  },
  'reopen.v1': { ...HEARD, denominator: 'true', numerator: 'r.reopened' },
};

function ruleOf(indicator: IndicatorId, definitionsOn: string): { version: number; rule: Rule } {
  const { version } = definitionInForce(indicator, definitionsOn);
  const rule = RULES[`${indicator}.v${version}`];
  if (!rule) throw new Error(`Definition ${version} of ${indicator} has no SQL`);
  return { version, rule };
}

export interface Statement {
  readonly name: string;
  readonly text: string;
  readonly values: unknown[];
}

export interface Span {
  readonly from: Date;
  /** Exclusive: the earlier of now and the period's end. */
  readonly asOf: Date;
  /** First day of the period whose definitions apply; comparisons use those of the period they are compared with. */
  readonly definitionsOn: string;
  readonly filters: Filters;
}

function filterSql(filters: Filters, firstParameter: number): { name: string; sql: string; values: string[] } {
  const parts: string[] = [];
  const values: string[] = [];
  const names: string[] = [];
  for (const dimension of Object.keys(COLUMN) as (keyof typeof COLUMN)[]) {
    const value = filters[dimension];
    if (value === undefined) continue;
    const column = `r.${COLUMN[dimension]}`;
    names.push(value === null ? `${dimension}0` : dimension);
    if (value === null) parts.push(` and ${column} is null`);
    else {
      parts.push(` and ${column} = $${firstParameter + values.length}::${TYPE[dimension]}`);
      values.push(value);
    }
  }
  return { name: names.join('+'), sql: parts.join(''), values };
}

const BUCKET_FORMAT: Readonly<Record<PeriodKind, string>> = {
  day: 'YYYY-MM-DD',
  week: 'IYYY-"W"IW',
  month: 'YYYY-MM',
  quarter: 'YYYY-"Q"Q',
  year: 'YYYY',
};

/**
 * All indicators of a span in one statement: one index scan for each cohort date, grouped by the dimension and, for a trend, by
 * period. Rows: bucket, key, indicator, numerator, denominator (and the ids of both with `withIds`).
 */
export function figureStatement(
  span: Span,
  options: { dimension: Dimension; bucket?: PeriodKind; withIds?: boolean },
): Statement {
  const filter = filterSql(span.filters, 3);
  const key = options.dimension === 'district' ? 'null' : `r.${COLUMN[options.dimension]}`;
  const scans = new Map<string, { rule: Rule; members: { id: IndicatorId; rule: Rule }[] }>();
  const versions: number[] = [];
  for (const id of INDICATOR_IDS) {
    const { version, rule } = ruleOf(id, span.definitionsOn);
    versions.push(version);
    const scan = scans.get(`${rule.column}/${rule.cohort}`) ?? { rule, members: [] };
    scan.members.push({ id, rule });
    scans.set(`${rule.column}/${rule.cohort}`, scan);
  }
  const ctes: string[] = [];
  const selects: string[] = [];
  let number = 0;
  for (const { rule, members } of scans.values()) {
    number += 1;
    const column = `r.${rule.column}`;
    const bucket = options.bucket
      ? `to_char(date_trunc('${options.bucket}', ${column}, 'Asia/Shanghai') at time zone 'Asia/Shanghai', '${BUCKET_FORMAT[options.bucket]}')`
      : 'null';
    const counts = members.flatMap(({ rule: { denominator, numerator } }, i) => {
      const both = `${denominator} and ${numerator}`;
      return [
        `count(*) filter (where ${both})::int as n${i}, count(*) filter (where ${denominator})::int as d${i}`,
        ...(options.withIds
          ? [
              `array_agg(r.complaint_id) filter (where ${both}) as ni${i}, array_agg(r.complaint_id) filter (where ${denominator}) as di${i}`,
            ]
          : []),
      ];
    });
    ctes.push(
      `s${number} as (select ${bucket}::text as bucket, ${key} as key, ${counts.join(', ')}
  from handling_round r where ${rule.cohort} and ${column} >= $1 and ${column} < $2${filter.sql} group by 1, 2)`,
    );
    const ids = options.withIds ? ', x.numerator_ids, x.denominator_ids' : '';
    const values = members.map(
      ({ id }, i) => `('${id}', s.n${i}, s.d${i}${options.withIds ? `, s.ni${i}, s.di${i}` : ''})`,
    );
    selects.push(
      `select s.bucket, s.key::text, x.indicator, x.numerator, x.denominator${ids} from s${number} s
 cross join lateral (values ${values.join(', ')}) x(indicator, numerator, denominator${options.withIds ? ', numerator_ids, denominator_ids' : ''})`,
    );
  }
  return {
    // PostgreSQL keeps 63 characters of a statement's name.
    name: [
      'ind',
      options.dimension,
      options.bucket ?? '',
      filter.name,
      options.withIds ? 'ids' : '',
      versions.join('.'),
    ].join('/'),
    text: `with ${ctes.join(',\n')}\n${selects.join('\nunion all\n')}`,
    values: [span.from, span.asOf, ...filter.values],
  };
}

/** Orders begun in the span that are left out of every figure, counted apart. Rows: key, excluded, declined. */
export function leftOutStatement(span: Span, dimension: Dimension): Statement {
  const filter = filterSql(span.filters, 3);
  const key = dimension === 'district' ? 'null' : `r.${COLUMN[dimension]}`;
  return {
    name: `ind.out/${dimension}/${filter.name}`,
    text: `select ${key}::text as key, count(*) filter (where r.excluded_at is not null)::int as excluded,
       count(*) filter (where r.excluded_at is null)::int as declined
  from handling_round r
 where r.round = 1 and (r.excluded_at is not null or r.declined_at is not null) and r.started_at >= $1 and r.started_at < $2${filter.sql} group by 1`,
    values: [span.from, span.asOf, ...filter.values],
  };
}

/**
 * The rows behind one figure, by the very conditions that counted it.
 * @returns SQL from `handling_round r` on, its parameters, and the expressions for "in the numerator" and the cohort date
 */
export function orderSource(
  indicator: IndicatorId,
  span: Span,
  part: Part,
): { name: string; from: string; column: string; hit: string; values: unknown[]; nextParameter: number } {
  const { version, rule } = ruleOf(indicator, span.definitionsOn);
  const filter = filterSql(span.filters, 3);
  const column = `r.${rule.column}`;
  const hit = `coalesce(${rule.numerator}, false)`;
  const wanted = { denominator: '', numerator: ` and ${hit}`, missed: ` and not ${hit}` }[part];
  return {
    name: `${indicator}${version}/${filter.name}/${part}`,
    from: `handling_round r where ${rule.cohort} and ${column} >= $1 and ${column} < $2${filter.sql} and ${rule.denominator}${wanted}`,
    column,
    hit,
    values: [span.from, span.asOf, ...filter.values],
    nextParameter: 3 + filter.values.length,
  };
}
