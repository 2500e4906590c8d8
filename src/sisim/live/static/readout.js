// What the curves say at the year that is pointed at. The numbers are those the chart holds, so that
// nothing is asked of the server, and nothing is done while a hand drags.
sisim.readout = (() => {
  let words = null, shown = null;
  const panel = () => document.getElementById("readout");
  const hide = () => { shown = null; const there = panel(); if (there) there.hidden = true; };

  const fill = (drawn, year) => {
    const number = new Intl.NumberFormat(words.lang, { maximumFractionDigits: words.digits });
    const series = drawn.getOption().series;
    const at = (id) => series.find((one) => one.id === id)?.data.find(([x]) => x === year)?.[1];
    const values = words.rows.map(({ ids }) => ids.map(at));
    const cell = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
    const row = (...cells) => { const made = document.createElement("tr"); made.append(...cells); return made; };
    const written = (value) => value === undefined ? "–" : number.format(value).replace("-", "\u2212");
    panel().replaceChildren(row(cell("th", year), ...words.heads.map((text) => cell("th", text))),
      ...words.rows.map(({ name }, n) => row(cell("th", name), ...values[n].map((one) => cell("td", written(one))))));
  };

  const point = (event) => {
    const box = event.currentTarget;
    if (event.buttons || event.pointerType === "touch" || !words) return hide();
    const drawn = sisim.chart(box.id), there = panel();
    if (!drawn || !there) return hide();
    const frame = box.getBoundingClientRect();
    const where = [event.clientX - frame.left, event.clientY - frame.top];
    const [x] = drawn.convertFromPixel({ xAxisIndex: 0, yAxisIndex: 0 }, where);
    const { min, max } = drawn.getModel().getComponent("xAxis", 0).option;
    if (!(x >= min && x <= max)) return hide();
    const now = `${box.id} ${Math.round(x)} ${window.sisim_drawn}`;
    if (now !== shown) fill(drawn, Math.round(x));
    shown = now;
    there.hidden = false;
    const { offsetWidth: wide, offsetHeight: high } = there;
    const left = event.clientX + 24 + wide < innerWidth ? event.clientX + 24 : event.clientX - 24 - wide;
    there.style.left = `${left}px`;
    there.style.top = `${Math.min(Math.max(event.clientY - high / 2, 4), innerHeight - high - 4)}px`;
  };

  return (ids, said) => {
    words = said;
    hide();
    for (const id of ids) {
      const box = document.getElementById(id);
      if (!box || box.dataset.read) continue;
      box.dataset.read = "1";
      box.addEventListener("pointermove", point);
      for (const gone of ["pointerleave", "pointerdown"]) box.addEventListener(gone, hide);
    }
  };
})();
