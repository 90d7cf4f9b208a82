import type { OfficialDocument } from './model.ts';

const SQUADRONS = [
  '吴淞',
  '张庙',
  '友谊路',
  '罗店',
  '大场',
  '杨行',
  '月浦',
  '罗泾',
  '顾村',
  '高境',
  '庙行',
  '淞南',
  '工业园区',
  '机动一',
  '机动二',
  '机动三',
].map((n) => `${n}中队`);

const paragraph = (text: string) => ({ kind: 'paragraph' as const, text });

/** An invented monthly bulletin: every figure in it is made up. */
export function sampleBulletin(): OfficialDocument {
  return {
    issuer: '上海市宝山区城市管理行政执法局文件',
    number: '宝城执通〔2023〕6号',
    title: '关于宝山区2023年6月诉件办理情况的通报',
    recipients: '各中队、机关各科室：',
    blocks: [
      paragraph(
        '为落实“五大行动”实施方案中“每周一分析、每月一通报、周周有督察”的要求，现将2023年6月全区城管执法领域12345市民服务热线诉件办理情况通报如下。',
      ),
      { kind: 'heading', level: 1, text: '一、总体情况' },
      paragraph(
        '6月，全局共受理诉件1863件，较上月增加142件，环比上升8.3%；较去年同期减少97件，同比下降4.9%。其中投诉举报类1427件，占76.6%；咨询类218件，占11.7%；意见建议类218件，占11.7%。应于本月办结1791件，实际按时办结1768件，按时办结率98.7%。',
      ),
      paragraph(
        '从办理质效看，先行联系率99.2%，较上月提高0.4个百分点；解决率71.5%，较上月提高2.1个百分点；满意率82.3%，较上月下降0.6个百分点。本月剔除不合理诉求31件，另行统计，不计入前述各率。',
      ),
      {
        kind: 'chart',
        caption: '图1　近12个月受理量与解决率',
        alt: '2022年7月至2023年6月每月受理量柱形图与解决率折线图，受理量在1480件至1960件之间，解决率由63.2%升至71.5%。',
        chart: {
          kind: 'barLine',
          unit: '件',
          lineUnit: '%',
          categories: ['7月', '8月', '9月', '10月', '11月', '12月', '1月', '2月', '3月', '4月', '5月', '6月'],
          series: [
            {
              name: '受理量',
              values: [1960, 1912, 1745, 1633, 1590, 1522, 1480, 1511, 1702, 1688, 1721, 1863],
              type: 'bar',
            },
            {
              name: '解决率',
              values: [63.2, 64.1, 63.8, 65, 66.2, 65.7, 67.1, null, 68.3, 68.9, 69.4, 71.5],
              type: 'line',
            },
          ],
        },
      },
      { kind: 'heading', level: 1, text: '二、各中队排名' },
      { kind: 'heading', level: 2, text: '（一）解决率排名' },
      paragraph(
        '本月办结量满30件的中队参加排名，不满30件的列出数据但不参加排名。名次相同的并列。括号内为95%置信区间，区间重叠较多的中队之间差距不作评价。',
      ),
      {
        kind: 'table',
        caption: '表1　2023年6月各中队诉件办理情况',
        columns: [
          { header: '名次', align: 'center' },
          { header: '中队', align: 'left' },
          { header: '受理量', align: 'right' },
          { header: '先行联系率', align: 'right' },
          { header: '按时办结率', align: 'right' },
          { header: '解决率（95%置信区间）', align: 'center' },
          { header: '满意率', align: 'right' },
          { header: '较上月', align: 'center' },
        ],
        rows: SQUADRONS.map((name, i) => [
          i < 14 ? String(i + 1) : '—',
          name,
          String(208 - i * 11),
          `${(100 - i * 0.3).toFixed(1)}%`,
          `${(99.8 - i * 0.4).toFixed(1)}%`,
          `${(84.6 - i * 1.7).toFixed(1)}%（${(78.2 - i * 1.7).toFixed(1)}–${(89.4 - i * 1.7).toFixed(1)}）`,
          `${(90.1 - i * 1.2).toFixed(1)}%`,
          i % 3 === 0 ? '↑2' : i % 3 === 1 ? '↓1' : '持平',
        ]),
        note: '注：解决率＝回访认定已解决的件数÷应回访件数；名次后的“—”表示办结量不足30件，不参加排名。',
      },
      { kind: 'heading', level: 2, text: '（二）各中队解决率' },
      {
        kind: 'chart',
        caption: '图2　各中队解决率',
        alt: '十六个中队解决率条形图，由84.6%至59.1%。',
        chart: {
          kind: 'bar',
          unit: '%',
          categories: SQUADRONS,
          series: [{ name: '解决率', values: SQUADRONS.map((_, i) => Number((84.6 - i * 1.7).toFixed(1))) }],
        },
      },
      { kind: 'heading', level: 1, text: '三、存在问题' },
      { kind: 'heading', level: 2, text: '（一）重复诉件仍然较多' },
      { kind: 'heading', level: 3, text: '1.同一事项反复投诉' },
      {
        kind: 'paragraph',
        text: [
          { text: '责任在于首次处置不彻底。', bold: true },
          {
            text: '本月共有47个事项被反复投诉3次以上，涉及诉件212件，占全部诉件的11.4%。主要集中在破坏房屋承重结构、违法搭建、餐饮油烟三类。部分中队到场后仅作口头劝阻，未按规定开具法律文书，也未在规定时限内复查，当事人恢复原状后又再次违法。',
          },
        ],
      },
      { kind: 'heading', level: 3, text: '2.先行联系流于形式' },
      paragraph(
        '回访中有38名市民反映“只接到一个电话，没有人到现场”，其中大场中队9件、杨行中队7件。先行联系的目的是听清诉求、约定时间，不能以电话代替现场处置。',
      ),
      { kind: 'heading', level: 2, text: '（二）逾期诉件' },
      paragraph(
        '截至6月30日，逾期未办结诉件23件，超期最长的为19个工作日。逾期诉件逐件列出如下，请责任中队于7月14日前办结并书面说明原因。',
      ),
      {
        kind: 'table',
        caption: '表2　逾期未办结诉件清单',
        columns: [
          { header: '序号', align: 'center' },
          { header: '诉件编号', align: 'center' },
          { header: '责任中队', align: 'left' },
          { header: '类别', align: 'left' },
          { header: '事由', align: 'left' },
          { header: '超期（工作日）', align: 'right' },
        ],
        rows: Array.from({ length: 42 }, (_, i) => [
          String(i + 1),
          `SH2306${String(10_000 + i * 37)}`,
          SQUADRONS[i % 16]!,
          ['破坏承重结构', '违法搭建', '群租', '餐饮油烟'][i % 4]!,
          i % 5 === 0
            ? '业主装修拆除客厅与阳台之间的承重墙，物业劝阻无效后上报，已开具责令停止违法行为通知书，等待房屋安全检测机构出具鉴定意见'
            : '底层商铺占用公共通道搭建雨棚',
          String(19 - Math.floor(i / 3)),
        ]),
      },
      { kind: 'heading', level: 1, text: '四、下一步要求' },
      paragraph(
        '各中队要对照本通报逐件分析，把解决问题放在首位。一是严格落实先行联系，接单后一个工作日内联系诉求人，听清诉求、约定时间、到场核实；二是规范首次处置，对破坏承重结构、违法搭建等行为当场固定证据、依法立案，不得以劝代罚；三是压实复查责任，实行“谁办理、谁复查、谁销号”，复查情况与照片一并上传。',
      ),
      paragraph(
        '执法协调科要每周分析、及时派单；执法监督科要对解决率排名后三位的中队到场督导，对同一事项反复投诉的挂牌督办。对推诿扯皮、弄虚作假的，依照规定追究责任。',
      ),
    ],
    attachments: ['2023年6月重复投诉事项清单', '2023年6月剔除诉件审批情况表'],
    signature: { unit: '上海市宝山区城市管理行政执法局', date: '2023年7月5日' },
    copies: {
      cc: [
        '区政府办公室',
        '区城市运行管理中心',
        '区房屋管理局',
        '区绿化和市容管理局',
        '派驻纪检监察组',
        '各街道办事处、镇人民政府、工业园区管委会',
      ],
      printedBy: '上海市宝山区城市管理行政执法局办公室',
      printedOn: '2023年7月5日',
    },
  };
}
