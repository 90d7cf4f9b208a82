import { describe, expect, it } from 'vitest';
import { readHolidayNotice, specialDayProblem } from './holiday-notice.ts';
import { DEFAULT_CALENDAR_DATA } from './holidays-2020-2026.ts';

const NOTICE_2026 = `一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫等工作。`;

describe('a holiday notice', () => {
  it('read as published gives the days of the calendar kept by hand', () => {
    const { days, problems } = readHolidayNotice(NOTICE_2026, 2026);
    expect(problems).toEqual([]);
    const kept = DEFAULT_CALENDAR_DATA.days
      .filter(([day]) => day.startsWith('2026'))
      .map(([day, kind]) => `${day} ${kind}`);
    expect(days.map(({ day, kind }) => `${day} ${kind}`)).toEqual(kept.sort());
    expect(days.find(({ day }) => day === '2026-02-14')).toMatchObject({ kind: 'makeup', note: '春节' });
  });

  it('that begins in the old year keeps each day in its year', () => {
    const { days } = readHolidayNotice('一、元旦：2022年12月31日至2023年1月2日放假调休，共3天。', 2023);
    expect(days.map(({ day }) => day)).toEqual(['2022-12-31', '2023-01-01', '2023-01-02']);
    expect(specialDayProblem(days[0]!, 2023)).toContain('2022 年');
    expect(specialDayProblem(days[1]!, 2023)).toBeNull();
    const same = readHolidayNotice('元旦：12月31日至1月2日放假', 2022).days.map(({ day }) => day);
    expect(same).toEqual(['2022-12-31', '2023-01-01', '2023-01-02']);
  });

  it('is read from a table too, a day or a span in each line', () => {
    const { days, problems } = readHolidayNotice(
      '日期,安排,名称\n2027-01-01,放假,元旦\n2027-02-05~2027-02-07,放假,春节\n2027/2/14,调休上班,',
      2027,
    );
    expect(problems).toEqual([]);
    expect(days.map(({ day, kind, note }) => [day, kind, note])).toEqual([
      ['2027-01-01', 'holiday', '元旦'],
      ['2027-02-05', 'holiday', '春节'],
      ['2027-02-06', 'holiday', '春节'],
      ['2027-02-07', 'holiday', '春节'],
      ['2027-02-14', 'makeup', null],
    ]);
  });

  it('says what it could not read and takes nothing from it', () => {
    const { days, problems } = readHolidayNotice('2027-02-30,放假\n5月3日至1日放假\n6月1日儿童节', 2027);
    expect(days).toEqual([]);
    expect(problems).toEqual([
      '“2027-02-30,放假”中的日期不存在或次序颠倒',
      '“5月3日至1日放假”中的日期不存在或次序颠倒',
      '“6月1日儿童节”没有写明放假还是上班',
    ]);
  });

  it('a make-up day from Monday to Friday is a mistake', () => {
    expect(specialDayProblem({ day: '2027-03-03', kind: 'makeup', note: null }, 2027)).toContain('本来就上班');
    expect(specialDayProblem({ day: '2027-03-06', kind: 'makeup', note: null }, 2027)).toBeNull();
  });
});
