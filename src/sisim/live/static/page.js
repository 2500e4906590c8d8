// What the page does by itself: keys, dragging in a chart, the moving dots. It speaks to the server
// by events, and knows neither numbers nor texts of its own.
window.sisim = (() => {
  const put = (id, value) => {
    const element = document.getElementById(id);
    if (element && document.activeElement?.dataset.held !== "1") element.value = value;
  };
  const chart = (id) => getElement(+document.getElementById(id).dataset.element).chart;
  const say = (name, detail) => window.emitEvent && emitEvent(name, detail);

  // Texts and attributes by the id of what they belong to.
  const write = (given) => {
    for (const [id, parts] of Object.entries(given)) {
      const element = document.getElementById(id);
      if (!element) continue;
      for (const [name, value] of Object.entries(parts)) {
        if (name === "text") element.firstChild.data = value;
        else element.setAttribute(name, value);
      }
    }
  };
  // A chart that has just been put on the page is not there until the page has been laid out.
  const change = (id, option) => {
    const drawn = chart(id);
    if (drawn) drawn.setOption(option);
    else setTimeout(change, 10, id, option);
  };

  // Draw what has changed in the charts, and write what is said of it. It is told how many pictures
  // have been drawn, how long the last one took, and whether another one is on its way.
  const draw = (charts, given, busy) => {
    const begun = performance.now();
    for (const [id, option] of Object.entries(charts)) change(id, option);
    write(given);
    window.sisim_took = performance.now() - begun;
    window.sisim_drawn = (window.sisim_drawn || 0) + 1;
    window.sisim_busy = busy;
  };
  const ask = (given) => { write(given); window.sisim_busy = true; };

  const dress = (lang, dark) => {
    document.documentElement.lang = lang;
    document.body.classList.toggle("body--dark", dark);
  };

  // ---------------------------------------------------------------- size
  let told = "";
  const size = () => {
    const wide = Math.min(Math.max(innerWidth / 1280, 0.75), 2.5);
    const root = document.documentElement.style;
    root.setProperty("--wide", `${innerWidth}px`);
    root.setProperty("--tall", `${innerHeight}px`);
    root.setProperty("--shrink", Math.min(1040 / innerWidth, 705 / innerHeight));
    root.removeProperty("--rem");
    root.setProperty("--rem", getComputedStyle(document.documentElement).fontSize);
    const now = [wide, Math.round(innerHeight / wide)];
    if (now.join() !== told) { told = now.join(); say("size", now); }
  };
  addEventListener("resize", () => setTimeout(size, 60));

  // ---------------------------------------------------------------- keys
  const KEYS = {
    PageDown: "next", PageUp: "previous", ArrowRight: "right", ArrowLeft: "left",
    " ": "space", f: "full", b: "blank", ".": "blank", 1: "first", 2: "second", 0: "both",
    t: "tell", g: "guess", s: "notes", n: "seed", r: "reset", z: "undo", d: "dark", l: "language",
    a: "scale", "?": "help", Escape: "escape", Home: "begin",
  };
  addEventListener("keydown", (event) => {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const name = KEYS[key];
    if (!name || event.altKey || event.metaKey) return;
    if (event.ctrlKey && name !== "undo") return;
    const at = event.target;
    const writes = at.matches?.("input, select, textarea");
    if (writes && !(at.type === "range" && (key === "PageDown" || key === "PageUp")) && key !== "Escape") return;
    if (at.matches?.("button") && (key === " ")) return;
    if (document.querySelector("dialog[open]") && key !== "Escape") return;
    event.preventDefault();
    if (name === "full") return full();
    if (name === "blank") return void document.body.classList.toggle("blank");
    if (name === "escape") document.querySelector("dialog[open]")?.close();
    say("key", name);
  });
  const full = () => document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();

  // ---------------------------------------------------------------- a hand in a chart
  // In the cost strip a hand drags the marked year, or draws what the room expects.
  const hold = (id, mode) => {
    const box = document.getElementById(id);
    if (!box || box.dataset.hold === mode) return;
    const fresh = !box.dataset.hold;
    box.dataset.hold = mode;
    if (!fresh) return;
    const view = () => chart(id);
    let held = false, year = null, line = new Map();
    const at = (event) => {
      const frame = box.getBoundingClientRect();
      const where = [event.clientX - frame.left, event.clientY - frame.top];
      const drawn = view();
      if (!drawn) return null;
      const [x, y] = drawn.convertFromPixel({ xAxisIndex: 0, yAxisIndex: 0 }, where);
      const axis = drawn.getOption().xAxis[0];
      return [Math.round(Math.min(Math.max(x, axis.min + 0.5), axis.max - 0.5)), Math.max(y, 0)];
    };
    const move = (event) => {
      const found = at(event);
      if (!found) return;
      if (box.dataset.hold === "guess") {
        line.set(found[0], found[1]);
        const data = [...line].sort((a, b) => a[0] - b[0]);
        view().setOption({ series: [{ id: "guess", type: "line", data }] });
      } else if (found[0] !== year) {
        year = found[0];
        say("year", year);
      }
    };
    box.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      held = true; year = null;
      box.setPointerCapture(event.pointerId);
      if (box.dataset.hold === "guess") line = new Map();
      move(event);
    });
    box.addEventListener("pointermove", (event) => held && move(event));
    const end = () => {
      if (!held) return;
      held = false;
      if (box.dataset.hold === "guess") say("guess", [...line].sort((a, b) => a[0] - b[0]));
      else say("let_go", 1);
    };
    box.addEventListener("pointerup", end);
    box.addEventListener("pointercancel", end);
  };

  return { chart, write, draw, ask, dress, put, say, size, hold, full };
})();
