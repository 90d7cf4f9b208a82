/** The parts of ECharts we use; loaded only with the pages that draw. */
export { BarChart, LineChart } from 'echarts/charts';
export { GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
export { init, use } from 'echarts/core';
export { SVGRenderer } from 'echarts/renderers';
