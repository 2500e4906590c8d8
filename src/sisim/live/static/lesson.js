// What the lesson file does by itself: it reads between the versions that have been worked out,
// and fills what it finds into the figures. What anything means was settled when it was written.
"use strict";
window.sisim = (() => {
  const content = JSON.parse(document.getElementById("content").textContent);
  const { years, levers, which: figures, words } = content;
  const bytes = Uint8Array.from(atob(content.numbers), (c) => c.charCodeAt(0));
  const table = new Float32Array(bytes.buffer);
  const own = () => levers.map((lever) => lever.own);
  let lang = content.lang, year = content.marked, at = own();

  // ---------------------------------------------------------------- between the points
  const size = years.length, kinds = content.curves.length;
  const parts = [...content.curves, ...content.compared];
  const block = parts.length * size + content.measures.length;
  const width = kinds * size + figures.length * block;

  // The points around where the sliders stand, each with its weight, the heaviest first.
  const corners = () => {
    let found = [[0, 1]];
    levers.forEach(({ levels, positions }, n) => {
      const x = positions[at[n]];
      let k = levels.findIndex((level) => level >= x);
      const share = k > 0 ? (x - levels[k - 1]) / (levels[k] - levels[k - 1]) : 1;
      found = found.flatMap(([point, weight]) => [
        [point * levels.length + k, weight * share],
        [point * levels.length + k - 1, weight * (1 - share)],
      ].filter(([, part]) => part > 1e-9));
    });
    return found.sort((a, b) => b[1] - a[1]);
  };
  const mix = (around, from, count) => Array.from({ length: count }, (_, n) =>
    around.reduce((sum, [point, weight]) => sum + weight * table[point * width + from + n], 0));
  const curves = (around, from, names) => Object.fromEntries(
    names.map((name, n) => [name, mix(around, from + n * size, size)]));

  // Marks that are the same at all points around are moved between their places.
  const moved = (around, pick) => {
    const all = around.map(([point]) => pick(point));
    const alike = (marks) => marks.length === all[0].length && marks.every((m, n) => m[2] === all[0][n][2]);
    if (!all.every(alike)) return all[0];
    return all[0].map((mark, n) => [0, 1].map((axis) =>
      around.reduce((sum, [, weight], k) => sum + weight * all[k][n][axis], 0)).concat(mark[2]));
  };

  // ---------------------------------------------------------------- numbers as they are written
  const decimal = (value, digits = 0) => new Intl.NumberFormat(lang === "sv" ? "sv-SE" : "en-GB",
    { minimumFractionDigits: digits, maximumFractionDigits: digits, signDisplay: "negative" })
    .format(value).replace("-", "\u2212");
  const percent = (share) => (Math.round(100 * share) > 0 ? "+" : "")
    + texts().percent.replace("{n}", decimal(100 * share));
  const amount = (value) => {
    const { pattern, size, digits } = texts().amount;
    return pattern.replace("{n}", decimal(value / size, digits));
  };
  const texts = () => content.texts[lang];

  // ---------------------------------------------------------------- the figures
  const charts = {}, [WIDE, HIGH] = content.size;
  const points = (values) => values.map((value, n) => [years[n], value]);

  // The lower curve, and what lies between them: dearer and cheaper, zero where they cross.
  const between = (a, b) => {
    const low = [], dearer = [], cheaper = [];
    const add = (x, without, with_) => {
      low.push([x, Math.min(without, with_)]);
      dearer.push([x, Math.max(with_ - without, 0)]);
      cheaper.push([x, Math.max(without - with_, 0)]);
    };
    years.forEach((x, n) => {
      if (n && (b[n] - a[n]) * (b[n - 1] - a[n - 1]) < 0) {
        const share = (a[n - 1] - b[n - 1]) / (b[n] - b[n - 1] - a[n] + a[n - 1]);
        const y = a[n - 1] + share * (a[n] - a[n - 1]);
        add(years[n - 1] + share * (x - years[n - 1]), y, y);
      }
      add(x, a[n], b[n]);
    });
    return { floor: low, extra: dearer, lower: cheaper };
  };

  const arrows = (with_, without, today) => {
    const { ink, muted } = content.colors;
    const arrow = (offset, from) => [
      { coord: [year + offset, from], symbol: "none" },
      { coord: [year + offset, with_], symbol: "arrow", symbolSize: 10 },
    ];
    const dotted = { type: "dotted", color: muted, width: 2 };
    return {
      silent: true, animation: false, label: { show: false },
      lineStyle: { type: "solid", color: ink, width: 2 },
      data: [arrow(-0.35, today), arrow(0.35, without), [
        { coord: [content.start, today], symbol: "none", lineStyle: dotted },
        { coord: [year + 0.6, today], symbol: "none" }]],
    };
  };
  const cursor = () => ({
    silent: true, symbol: "none", label: { show: false }, data: [{ xAxis: year }],
    lineStyle: { color: content.colors.muted, width: 1, type: "solid" },
  });
  // The pair stands on either side of the marked year; near an end of the axis on one side of it.
  const beside = (values) => values.filter((_, n) =>
    Math.abs(years[n] - year) < 0.33 * (content.span[1] - content.span[0]));
  const pair = (shares, y, top) => {
    const [low, high] = content.span, near = 0.22 * (high - low), row = 0.175 * top;
    const one = year - low < near ? "right" : high - year < near ? "left" : null;
    return shares.map((share, n) => ({
      value: [year + 0.5 * (one === "right" || (!one && n) ? 1 : -1),
        Math.max(y - 0.11 * top - (one ? n * row : 0), (one && !n ? 1.6 : 0.6) * row)],
      label: {
        show: true, formatter: `${texts().pair[n]}:\n${percent(share)}`, position: one || (n ? "right" : "left"),
        distance: 2, fontSize: 16, lineHeight: 19, fontWeight: "bold", color: content.colors.ink,
        backgroundColor: content.colors.paper + "cc", padding: [0, 2], align: (one ? one === "right" : n) ? "left" : "right",
      },
    }));
  };

  const draw = () => {
    const around = corners(), nearest = around[0][0];
    const without = curves(around, 0, content.curves);
    const first = years.indexOf(content.start), marked = years.indexOf(year);
    figures.forEach((which, k) => {
      const from = kinds * size + k * block;
      const with_ = curves(around, from, parts);
      const headline = mix(around, from + parts.length * size, content.measures.length);
      const told = words.points[lang][which];
      const [caption, verdicts, phases] = told[nearest];
      const top = content.options[lang][which].yAxis[0].max;
      const today = without.cost[first], now = with_.cost[marked], other = without.cost[marked];
      const shares = content.compared.map((name) => with_[name][marked]);
      const series = {
        with: points(with_.cost), without: points(without.cost), ...between(without.cost, with_.cost),
        brackets: pair(shares, Math.min(today, ...beside(with_.cost), ...beside(without.cost)), top), years: content.ticks[lang][marked],
        "first-without": points(without.first), "first-with": points(with_.first),
      };
      for (const name of ["entries", "stock"]) {
        series[`${name}-with`] = points(with_[name]);
        series[`${name}-without`] = points(without[name]);
      }
      words.marks.forEach((name, n) => {
        // A sign on the axis stands at a whole year.
        const marks = name === "break-even" ? told[nearest][4][n] : moved(around, (p) => told[p][4][n]);
        series[name] = marks.map(([x, y, what]) => ({ ...words.table[what], value: [x, y] }));
      });
      const ends = moved(around, (p) => told[p][3]).map(([x, y, what]) => ({ ...words.table[what], coord: [x, y] }));
      const leads = ends.filter((_, n) => n % 2 === 0).map((end, n) => [end, ends[2 * n + 1]]);
      const lines = { phases: ["markArea", { silent: true, data: words.table[phases] }],
        leads: ["markLine", { silent: true, label: { show: false }, data: leads,
          lineStyle: { type: "solid", color: content.colors.ink, width: 1.5 } }],
        arrows: ["markLine", arrows(now, other, today)],
        without: ["markLine", cursor()], "entries-without": ["markLine", cursor()], "stock-without": ["markLine", cursor()] };
      const option = content.options[lang][which];
      charts[which].setOption({ ...option, series: option.series.map((one) => ({
        ...one, ...(series[one.id] && { data: series[one.id] }),
        ...(lines[one.id] && { [lines[one.id][0]]: lines[one.id][1] }),
      })) }, { notMerge: true });
      const verdict = words.table[verdicts[marked]];
      const box = document.getElementById(`chart-${which}`);
      box.innerHTML = charts[which].renderToSVGString();
      box.setAttribute("aria-label", `${texts().figures[which].number}. ${words.table[caption]}. `
        + `${texts().pair[0]} ${percent(shares[0])}. ${texts().pair[1]} ${percent(shares[1])}. ${verdict}`);
      write(`caption-${which}`, words.table[caption]);
      write(`verdict-${which}`, verdict);
      content.measures.forEach((name, n) => write(`${which}-${name}`,
        name === "helped" || name === "avoided" ? decimal(headline[n]) : amount(headline[n])));
    });
    levers.forEach((lever, n) => say(lever.id, lever.said[lang].values[at[n]],
      at[n] === lever.own ? "" : texts().own.replace("{value}", lever.said[lang].values[lever.own]), at[n]));
    say("year", String(year), year === content.marked ? "" : texts().own.replace("{value}", content.marked), year);
  };

  // ---------------------------------------------------------------- the page around them
  const write = (id, text) => { document.getElementById(id).textContent = text; };
  const make = (tag, attributes = {}, ...inside) => {
    const made = document.createElement(tag);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    made.append(...inside);
    return made;
  };
  const say = (id, said, was, value) => {
    write(`out-${id}`, said);
    write(`was-${id}`, was);
    const hand = document.getElementById(`slider-${id}`);
    hand.value = value;
    hand.setAttribute("aria-valuetext", said);
  };
  const slider = (id, label, low, high, why, move) => {
    const hand = make("input", { type: "range", id: `slider-${id}`, min: low, max: high, step: 1, title: why });
    hand.addEventListener("input", () => { move(+hand.value); draw(); });
    return make("div", { class: "slider" }, make("label", { for: `slider-${id}` }, label),
      make("div", {}, make("output", { id: `out-${id}`, for: `slider-${id}` }), make("span", { id: `was-${id}`, class: "was" })), hand);
  };
  const drag = (box) => {
    const { left, right } = content.options[lang][figures[0]].grid[0];
    const [low, high] = content.span;
    const move = (event) => {
      const { left: start, width: wide } = box.getBoundingClientRect();
      const x = (event.clientX - start) / wide * WIDE;
      const found = Math.round(low + (x - left) / (WIDE - left - right) * (high - low));
      year = Math.min(Math.max(found, years[0]), years[size - 1]);
      draw();
    };
    box.addEventListener("pointerdown", (event) => { box.setPointerCapture(event.pointerId); move(event); });
    box.addEventListener("pointermove", (event) => { if (event.buttons) move(event); });
  };

  const build = () => {
    const said = texts();
    document.documentElement.lang = lang;
    document.title = said.title;
    write("title", said.title);
    write("reset", said.reset);
    const button = document.getElementById("language"), other = lang === "sv" ? "en" : "sv";
    button.textContent = other === "sv" ? "Svenska" : "English";
    button.lang = other;
    for (const name of ["scope", "foot", "grid"]) write(name, said[name]);
    const head = (id) => make("h2", { id: `head-${id}` }, `${said.figures[id].number}  ${said.figures[id].arm}`);
    document.getElementById("figures").replaceChildren(...figures.map((which) => make("section",
      { class: "figure", "aria-labelledby": `head-${which}` }, head(which), make("p", { id: `caption-${which}` }),
      make("div", { class: "chart", id: `chart-${which}`, role: "img" }), make("p", { id: `verdict-${which}`, class: "verdict" }))));
    figures.forEach((which) => {
      charts[which]?.dispose();
      charts[which] = echarts.init(null, null, { renderer: "svg", ssr: true, width: WIDE, height: HIGH });
      drag(document.getElementById(`chart-${which}`));
    });
    const names = Object.entries(said.headings);
    const css = (name) => ({ class: name === "net" ? "net" : "" });
    document.getElementById("numbers").replaceChildren(make("caption", {}, said.comes_to),
      make("thead", {}, make("tr", {}, make("td"), ...names.map(([, text]) => make("th", { scope: "col" }, text)))),
      make("tbody", {}, ...figures.map((which) => make("tr", {}, make("th", { scope: "row" }, said.figures[which].number),
        ...names.map(([name]) => make("td", { id: `${which}-${name}`, ...css(name) }))))));
    const sliders = document.getElementById("sliders");
    sliders.setAttribute("aria-label", said.assumptions);
    sliders.replaceChildren(
      slider("year", said.year, years[0], years[size - 1], "", (value) => { year = value; }),
      ...levers.map((lever, n) => slider(lever.id, lever.said[lang].label, 0, lever.positions.length - 1,
        lever.said[lang].why, (value) => { at[n] = value; })));
    draw();
  };
  document.getElementById("reset").addEventListener("click", () => { at = own(); year = content.marked; draw(); });
  document.getElementById("language").addEventListener("click", () => { lang = lang === "sv" ? "en" : "sv"; build(); });
  build();
  return { chart: (id) => charts[id.replace("chart-", "")], corners, content };
})();
