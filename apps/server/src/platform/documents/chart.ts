import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { SANS_FAMILY, SANS_FILE } from './fonts.ts';
import { textEms } from './layout.ts';
import type { ChartModel } from './model.ts';

use([BarChart, LineChart, GridComponent, LegendComponent, SVGRenderer]);

const WIDTH = 640;
const FONT_SIZE = 13;
const INK = '#222';
// Dark, light, middle: still told apart when the page is printed or copied in grey.
const COLORS = ['#9c2a24', '#d9a441', '#3d5a80', '#8fb3c9', '#4f7a5a', '#b3b3b3'];
const SYMBOLS = ['circle', 'rect', 'triangle', 'diamond'];
const MOST_UPRIGHT_BARS = 10;

interface Plan {
  option: EChartsCoreOption;
  height: number;
}

function plan(model: ChartModel): Plan {
  const horizontal = model.kind === 'bar' && model.categories.length > MOST_UPRIGHT_BARS;
  const types = model.series.map((s) => (model.kind === 'barLine' ? (s.type ?? 'bar') : model.kind));
  const twoAxes = model.kind === 'barLine' && types.includes('line');
  const single = model.series.length === 1;
  const longest = Math.max(1, ...model.categories.map(textEms)) * FONT_SIZE;
  const slot = (WIDTH - 110) / Math.max(model.categories.length, 1);
  const slanted = !horizontal && longest > slot - 4;
  const height = horizontal ? 70 + model.categories.length * (single ? 24 : 14 * model.series.length + 10) : 330;

  const text = { color: INK, fontSize: FONT_SIZE, fontFamily: `${SANS_FAMILY}, sans-serif` };
  const line = { lineStyle: { color: '#666' } };
  const category = {
    type: 'category',
    data: model.categories,
    // ECharts counts from the bottom; a list is read from the top.
    inverse: horizontal,
    axisLabel: { ...text, interval: 0, rotate: slanted ? 40 : 0 },
    axisLine: line,
    axisTick: { show: false },
  };
  const value = (unit: string | undefined, right: boolean) => ({
    type: 'value',
    ...(unit === undefined ? {} : { name: `（${unit}）` }),
    nameTextStyle: text,
    nameGap: horizontal ? 6 : 14,
    axisLabel: text,
    splitLine: { show: !right, lineStyle: { color: '#ddd' } },
    axisLine: { show: false },
    // Rates lie close together far from zero; bars would lie about their size if they did not start there.
    scale: right || model.kind === 'line',
  });
  const values = twoAxes ? [value(model.unit, false), value(model.lineUnit, true)] : value(model.unit, false);

  const option: EChartsCoreOption = {
    animation: false,
    color: COLORS,
    textStyle: { fontFamily: text.fontFamily },
    legend: { show: !single, top: 0, itemGap: 24, textStyle: text, selectedMode: false },
    grid: {
      left: horizontal ? Math.min(longest, WIDTH * 0.4) + 16 : 56,
      right: twoAxes ? 56 : horizontal ? 60 : 16,
      top: single ? 34 : 56,
      bottom: horizontal ? 24 : slanted ? Math.min(longest, 130) * 0.66 + 26 : 30,
    },
    xAxis: horizontal ? values : category,
    yAxis: horizontal ? category : values,
    series: model.series.map((s, i) => ({
      name: s.name,
      type: types[i],
      data: s.values.map((v) => v ?? '-'),
      ...(twoAxes && types[i] === 'line' ? { yAxisIndex: 1 } : {}),
      ...(types[i] === 'line'
        ? { symbol: SYMBOLS[i % SYMBOLS.length], symbolSize: 7, lineStyle: { width: 2 } }
        : { barMaxWidth: 28 }),
      label: {
        ...text,
        fontSize: FONT_SIZE - 1,
        show: single && model.categories.length <= 40,
        position: horizontal ? 'right' : 'top',
      },
      emphasis: { disabled: true },
    })),
  };
  return { option, height };
}

/**
 * The chart as a stand-alone SVG drawing, {@link chartSize} px large, in the bundled sans-serif font. The same model
 * gives the same text; `idPrefix` keeps two drawings in one web page apart.
 */
export function chartSvg(model: ChartModel, idPrefix = 'chart'): string {
  const { option, height } = plan(model);
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  try {
    chart.setOption(option);
    // ECharts numbers its ids through the life of the process and adds hover styles and data hooks that paper has
    // no use for. A quote inside text is written &quot;, so none of these patterns can match text.
    return chart
      .renderToSVGString({ useViewBox: true })
      .replace(/<style[^>]*>[\s\S]*?<\/style>/g, '')
      .replace(/ (?:class|ecmeta_\w+|pointer-events)="[^"]*"/g, '')
      .replace(/(id="|url\(#)zr\d+-/g, `$1${idPrefix}-`)
      .replace(/\n\s*\n/g, '\n');
  } finally {
    chart.dispose();
  }
}

/** Width and height in px of the drawing of a chart. */
export function chartSize(model: ChartModel): { width: number; height: number } {
  return { width: WIDTH, height: plan(model).height };
}

/**
 * The charts as PNGs, three times as fine as their drawings (about 300 dpi across the text area).
 *
 * Drawn in a thread of its own that ends with the work: resvg gives its memory (10 MB a picture, the font above all)
 * back only when the garbage collector happens on it, which knows nothing of its size.
 */
export async function chartPngs(models: readonly ChartModel[]): Promise<Uint8Array[]> {
  if (models.length === 0) return [];
  const worker = new Worker(new URL('./png-worker.ts', import.meta.url), {
    workerData: { svgs: models.map((model) => chartSvg(model)), fontFile: SANS_FILE, fontFamily: SANS_FAMILY },
  });
  try {
    const [pictures] = (await once(worker, 'message')) as [Uint8Array[]];
    return pictures;
  } finally {
    await worker.terminate();
  }
}

export const chartPng = async (model: ChartModel): Promise<Uint8Array> => (await chartPngs([model]))[0]!;
