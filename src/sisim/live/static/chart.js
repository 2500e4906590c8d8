import { echarts } from "nicegui-echart";

// A chart that is there as soon as its place is, and gone with it.
export default {
  template: "<div></div>",
  props: { option: String },
  mounted() {
    const box = this.$el, chart = box.chart = echarts.init(box, null, { renderer: "svg" });
    chart.setOption(JSON.parse(this.option));
    this.size = new ResizeObserver(() => {
      if (box.clientWidth !== chart.getWidth() || box.clientHeight !== chart.getHeight()) chart.resize();
    });
    this.size.observe(box);
  },
  beforeUnmount() {
    this.size.disconnect();
    this.$el.chart.dispose();
  },
  methods: {
    // Points that are known by name go to their places: from where they were, or from above.
    fall(option) {
      const view = this.$el.chart, moving = option.series.filter((one) => one.animation), was = {};
      const key = (one, point) => `${one.xAxisIndex} ${point.name}`;
      for (const one of view.getOption().series) {
        if (one.animation) for (const point of one.data) was[key(one, point)] = point.value;
      }
      const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
      const begin = (one) => !one.animation || still ? one : {
        ...one, animation: false, data: one.data.map((point) => ({
          ...point, value: was[key(one, point)] ?? [point.value[0], option.yAxis[one.yAxisIndex].max],
        })),
      };
      view.setOption({ ...option, series: option.series.map(begin) }, true);
      if (!still) requestAnimationFrame(() => view.isDisposed() || view.setOption({ series: moving }));
    },
    change(option, anew) { this.$el.chart.setOption(option, anew); },
  },
};
