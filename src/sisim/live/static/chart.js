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
    change(option, anew) { this.$el.chart.setOption(option, anew); },
  },
};
