// What the page does by itself: keys, dragging in a chart, the moving dots. It speaks to the server
// by events, and knows neither numbers nor texts of its own.
window.sisim = (() => {
  const put = (id, value) => {
    const element = document.getElementById(id);
    if (element && document.activeElement?.dataset.held !== "1") element.value = value;
  };
  // What has the focus next may not yet be there.
  const focus = (id, left = 40) => {
    const element = document.getElementById(id);
    if (element) { element.focus(); element.select?.(); } else if (left) setTimeout(focus, 50, id, left - 1);
  };
  const chart = (id) => document.getElementById(id)?.chart;
  const say = (name, detail) => window.emitEvent && emitEvent(name, detail);

  // Texts and attributes by the id of what they belong to, and how far what is shown has come.
  const write = (given, phase) => {
    document.body.dataset.phase = phase;
    for (const [id, parts] of Object.entries(given)) {
      const element = document.getElementById(id);
      if (!element) continue;
      for (const [name, value] of Object.entries(parts)) {
        if (name === "text") element.firstChild.data = value;
        else element.setAttribute(name, value);
      }
    }
  };

  // Draw what has changed in the charts, by the number of their elements: what was meant for a chart
  // that is gone is not drawn in the one that took its place. Write what is said of it. It is told how
  // many pictures have been drawn, and how long the last one took.
  const draw = (charts, given, phase) => {
    const begun = performance.now();
    for (const [id, option] of Object.entries(charts)) getElement(id)?.change(option);
    write(given, phase);
    window.sisim_took = performance.now() - begun;
    window.sisim_drawn = (window.sisim_drawn || 0) + 1;
  };
  // Until the server has heard of it, a hand has moved what the numbers do not yet follow.
  addEventListener("input", ({ target }) => {
    if (target.matches?.(".slider input")) document.body.dataset.phase = "dragging";
  });

  // What is being written in the builder is told at each pause, and as the page goes.
  let typed = 0;
  const tell = (field) => field?.matches?.(".builder input[type=text]") && field.isConnected
    && field.dispatchEvent(new Event("change", { bubbles: true }));
  addEventListener("input", ({ target }) => {
    clearTimeout(typed);
    typed = setTimeout(tell, 1000, target);
  });
  document.addEventListener("visibilitychange", () => document.hidden && tell(document.activeElement));

  // What had the focus keeps it, though the page is put together anew around it.
  let last = "";
  const nowhere = () => document.activeElement === document.body;
  addEventListener("focusin", (event) => { last = event.target.id; });
  addEventListener("focusout", ({ target }) => setTimeout(() => {
    if (nowhere() && target.isConnected && target.id === last) last = "";
  }));
  const refocus = () => nowhere() && last && document.getElementById(last)?.focus();

  const dress = (lang, dark) => {
    for (const wait of [50, 200, 600, 1500]) setTimeout(refocus, wait);
    document.documentElement.lang = lang;
    document.body.classList.toggle("body--dark", dark);
  };

  // ---------------------------------------------------------------- size
  let told = "";
  const size = () => {
    // On a phone letters are no smaller than can be read; page.css says the same.
    const wide = innerWidth <= 900 ? 0.875 : Math.min(Math.max(innerWidth / 1280, 0.75), 2.5);
    const root = document.documentElement.style;
    root.setProperty("--wide", `${innerWidth}px`);
    root.setProperty("--tall", `${innerHeight}px`);
    root.setProperty("--shrink", Math.min(1040 / innerWidth, 705 / innerHeight));
    root.removeProperty("--rem");
    root.setProperty("--rem", getComputedStyle(document.documentElement).fontSize);
    const now = [wide, Math.round(innerHeight / wide), Math.round(innerWidth / wide)];
    filled();
    if (now.join() !== told) { told = now.join(); say("size", now); }
  };
  addEventListener("resize", () => setTimeout(size, 60));

  // ---------------------------------------------------------------- keys
  const KEYS = {
    PageDown: "next", PageUp: "previous", ArrowRight: "right", ArrowLeft: "left",
    " ": "space", f: "full", b: "blank", ".": "blank", 1: "first", 2: "second", 0: "both",
    t: "tell", g: "guess", s: "notes", n: "seed", r: "reset", z: "undo", d: "dark", l: "language",
    a: "scale", p: "speaker", v: "table", c: "keep", o: "folder", "?": "help", Escape: "escape", Home: "begin",
  };
  addEventListener("keydown", (event) => {
    if (wake()) return event.preventDefault();
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
    if (name === "speaker") return speaker();
    if (name === "blank" && !window.sisim_remote) return blank();
    const shown = document.querySelector("dialog[open]");
    if (shown) return shown.close();
    say("key", name);
  });
  const full = () => document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
  const filled = () => document.getElementById("full")?.setAttribute("aria-pressed", `${!!document.fullscreenElement}`);
  addEventListener("fullscreenchange", filled);
  const blank = () => void document.body.classList.toggle("blank");
  // A window of the speaker's own; keys pressed there are passed on to this one.
  const speaker = () => window.sisim_remote || open(`speaker/${clientId}`, "sisim-speaker", "popup,width=760,height=600");
  const guide = () => void open(`guide/${clientId}`, "sisim-guide");
  // Whatever is touched while the page is blank brings it back, and does nothing else.
  const wake = () => document.body.classList.contains("blank") && (document.body.classList.remove("blank"), true);
  addEventListener("pointerdown", (event) => wake() && event.preventDefault());
  const copy = async (said) => {
    try {
      await navigator.clipboard.writeText(location.href);
    } catch {
      // Without https no browser has a clipboard on another machine than its own.
      const field = document.createElement("textarea");
      field.value = location.href;
      document.getElementById("copied").after(field);
      field.select();
      const done = document.execCommand("copy");
      field.remove();
      if (!done) said = location.href;
    }
    document.getElementById("copied").textContent = said;
  };

  // ---------------------------------------------------------------- a file of the visitor's own
  // What is larger would break the connection, and is no scenario.
  const LARGEST = 500_000;
  const bring = (input) => {
    const file = input.files[0];
    if (!file) return;
    const reader = new FileReader();
    reader.onload = () => say("bring", [file.name, reader.result.split(",")[1] ?? ""]);
    if (file.size > LARGEST) say("bring", [file.name, null]);
    else reader.readAsDataURL(file);
    input.value = "";  // the same file may be brought again, when it has been mended
  };

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
    // By keys a guess goes from year to year at the height that it has.
    box.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
      const drawn = view();
      if (!by || !drawn || box.dataset.hold !== "guess") return;
      event.preventDefault();
      event.stopPropagation();
      const { series, xAxis: [x], yAxis: [y] } = drawn.getOption();
      const cost = series.find((one) => one.id === "cost-without").data;
      year ??= Math.round((x.min + x.max) / 2);
      const high = line.get(year) ?? cost.find(([one]) => one === year)?.[1] ?? 0;
      if (!line.size) line.set(year, high);
      year = Math.min(Math.max(year + by[0], Math.ceil(x.min)), Math.floor(x.max));
      line.set(year, Math.max(high + by[1] * (y.max - y.min) / 40, 0));
      say("guess", [...line].sort((a, b) => a[0] - b[0]));
    });
    const end = () => {
      if (!held) return;
      held = false;
      if (box.dataset.hold === "guess") say("guess", [...line].sort((a, b) => a[0] - b[0]));
      else say("let_go", 1);
    };
    box.addEventListener("pointerup", end);
    box.addEventListener("pointercancel", end);
  };

  return { chart, focus, write, draw, dress, put, say, size, hold, full, blank, speaker, guide, copy, bring };
})();
