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
    { minimumFractionDigits: digits, maximumFractionDigits: digits, signDisplay: "negative", roundingMode: "halfEven" })
    .format(value).replace("-", "\u2212");
  const percent = (share) => {
    const said = decimal(100 * share);
    if (Number.isNaN(share)) return "\u2013";
    return (share > 0 && said !== "0" ? "+" : "") + texts().percent.replace("{n}", said);
  };
  const amount = (value) => {
    const { pattern, size, digits } = texts().amount;
    return pattern.replace("{n}", decimal(value / size, digits));
  };
  const texts = () => content.texts[lang];

  // ---------------------------------------------------------------- the figures
  const charts = {}, [WIDE, HIGH] = content.size;
  const points = (values) => values.map((value, n) => [years[n], value]);

  // What lies between two curves: where the other is above the base, and where below.
  const between = (above, below, base, other) => {
    const series = { [`${above}-floor`]: [], [above]: [], [`${below}-floor`]: [], [below]: [] };
    const add = (x, a, b) => {
      series[`${above}-floor`].push([x, a]);
      series[above].push([x, Math.max(b - a, 0)]);
      series[`${below}-floor`].push([x, Math.min(a, b)]);
      series[below].push([x, Math.max(a - b, 0)]);
    };
    years.forEach((x, n) => {
      if (n && (other[n] - base[n]) * (other[n - 1] - base[n - 1]) < 0) {
        const share = (base[n - 1] - other[n - 1]) / (other[n] - other[n - 1] - base[n] + base[n - 1]);
        const y = base[n - 1] + share * (base[n] - base[n - 1]);
        add(years[n - 1] + share * (x - years[n - 1]), y, y);
      }
      add(x, base[n], other[n]);
    });
    return series;
  };

  const cursor = () => ({ xAxis: year, lineStyle: { color: content.colors.muted, width: 1 } });
  const brackets = (with_, without, today) => {
    const { ink, muted } = content.colors, style = { color: ink, width: 2 };
    const plain = (from, to, lineStyle) => [{ coord: from, symbol: "none", lineStyle }, { coord: to, symbol: "none" }];
    const bracket = (x, from) => [plain([x - 0.3, from], [x + 0.3, from], style), [
      { coord: [x, from], symbol: "none", lineStyle: style },
      { coord: [x, with_], symbol: "arrow", symbolSize: 10 }]];
    return [...bracket(year - 0.45, today), ...bracket(year + 0.45, without),
      plain([content.start, today], [year + 0.6, today], { type: "dotted", color: muted, width: 2 })];
  };
  const lines = (...data) => ({
    silent: true, animation: false, symbol: "none", label: { show: false }, data,
    lineStyle: { type: "solid", color: content.colors.ink, width: 1.5 },
  });
  // Both stand at the foot of the panel, below the marked year as far as there is room.
  const pair = (shares, top) => {
    const { left, right } = content.options[lang][figures[0]].grid[0], [low, high] = content.span;
    const wide = WIDE - left - right, scale = (high - low) / wide;
    const said = shares.map((share, n) => [texts().pair[n], `${n ? year : `${content.start}–${year}`}: ${percent(share)}`]);
    const half = said.map((lines) => 4.6 * Math.max(...lines.map((line) => line.length)) + 4);
    const at = Math.min(Math.max((year - low) / scale + 50, 2 * half[0] + half[1] + 8), wide - half[1]);
    return said.map((lines, n) => ({
      value: [low + scale * (n ? at : at - half[1] - half[0] - 8), 0.24 * top],
      label: {
        show: true, formatter: lines.join("\n"), position: "inside", align: "center", fontSize: 16, lineHeight: 19,
        fontWeight: "bold", color: content.colors.ink, backgroundColor: content.colors.paper + "99",
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
      const [caption, said, byYear, behind] = told[nearest];
      const top = content.options[lang][which].yAxis[0].max;
      const today = without.cost[first], now = with_.cost[marked], other = without.cost[marked];
      const shares = content.compared.map((name) => with_[name][marked]);
      const gap = with_.cost.map((value, n) => value - without.cost[n]);
      const series = {
        "cost-with": points(with_.cost), "cost-without": points(without.cost), gap: points(gap),
        "inflow-with": points(with_.entries), "inflow-without": points(without.entries),
        "first-without": points(without.first), "first-with": points(with_.first),
        ...between("extra", "lower", without.cost, with_.cost),
        ...between("gap-extra", "gap-lower", gap.map(() => 0), gap),
        ...between("inflow-more", "inflow-fewer", without.entries, with_.entries),
      };
      words.marks.forEach((name, n) => {
        // A sign on the axis stands at a whole year.
        const marks = name === "break-even" ? told[nearest][5][n] : moved(around, (p) => told[p][5][n]);
        series[name] = marks.map(([x, y, what]) => ({ ...words.table[what], value: [x, y] }));
      });
      series["texts-cost"] = [...series["texts-cost"], ...pair(shares, top)];
      const ends = moved(around, (p) => told[p][4]).map(([x, y, what]) => ({ ...words.table[what], coord: [x, y] }));
      const leads = ends.filter((_, n) => n % 2 === 0).map((end, n) => [end, ends[2 * n + 1]]);
      const drawn = { "lines-cost": lines(...brackets(now, other, today)), "lines-gap": lines(cursor(), ...leads), "lines-inflow": lines(cursor()) };
      const option = content.options[lang][which];
      const spans = { silent: true, data: words.table[behind] };
      charts[which].setOption({ ...option, series: option.series.map((one) => ({
        ...one, ...(series[one.id] && { data: series[one.id] }),
        ...(drawn[one.id] && { markLine: drawn[one.id] }),
        ...(one.id.startsWith("behind-") && { markArea: spans }),
      })) }, { notMerge: true });
      const verdict = words.table[said], after = words.table[byYear[marked]];
      const box = document.getElementById(`chart-${which}`);
      box.innerHTML = charts[which].renderToSVGString();
      box.setAttribute("aria-label", `${texts().figures[which].number}. ${words.table[caption]}. `
        + `${texts().pair[0]} ${percent(shares[0])}. ${texts().pair[1]} ${percent(shares[1])}. ${verdict}`);
      write(`caption-${which}`, words.table[caption]);
      write(`verdict-${which}`, verdict);
      write(`year-${which}`, after);
      content.measures.forEach((name, n) => write(`${which}-${name}`,
        content.counts.includes(name) ? decimal(headline[n]) : amount(headline[n])));
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
      make("div", { class: "chart", id: `chart-${which}`, role: "img" }), make("p", { id: `verdict-${which}`, class: "verdict" }), make("p", { id: `year-${which}`, class: "year" }))));
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
  return { chart: (id) => charts[id.replace("chart-", "")], corners, content, percent };
})();
