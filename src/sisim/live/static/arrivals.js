// The inflow as people: in two worlds, one above the other, dots come in at the left, stand in the
// box of those who are there, and go out at the right. How many is what the run has counted.
sisim.arrivals = (() => {
  let data = null, at = 0, playing = false, last = 0, running = false, people = [[], []], owed = [];
  const element = (id) => document.getElementById(id);
  const css = (name) => getComputedStyle(document.body).getPropertyValue(name).trim();
  const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  const load = (fresh) => {
    const first = data === null || data.labels.join() !== fresh.labels.join() || data.start !== fresh.start;
    data = fresh;
    if (first) at = data.start;
    const time = element("arrivals-time");
    if (!time) return;
    Object.assign(time, { min: data.start, max: data.labels.length - 1, value: at });
    time.oninput = () => { playing = false; go(+time.value); };
    go(at);
    if (!running) { running = true; requestAnimationFrame(tick); }
  };

  // ---------------------------------------------------------------- time
  // From one month to the next those who come and leave are seen; anything else is a leap.
  const go = (to) => {
    const now = Math.min(Math.max(to, data.start), data.labels.length - 1), on = now === at + 1 && !still();
    at = now;
    people = people.map((there, world) => moved(there, world, on));
    say();
  };
  const dots = (count) => Math.round(count / data.each);
  const moved = (there, world, on) => {
    const gone = there.filter((one) => one.gone), here = there.filter((one) => !one.gone);
    const many = dots(data.there[world][at]);
    if (!on) return Array.from({ length: many }, () => ({}));
    // So many come that those who leave make room for; a dot of several stands for whoever fills it.
    owed[world] = (owed[world] ?? 0) + data.left[world][at] / data.each;
    const leave = Math.min(Math.max(Math.floor(owed[world]), here.length - many), here.length);
    owed[world] = Math.max(owed[world] - leave, 0);
    const go_out = here.splice(0, leave).map((one) => ({ ...one, gone: true }));
    while (here.length < many) here.push({ fresh: true });
    return [...gone, ...go_out, ...here];
  };
  const step = (by) => { if (data) { playing = false; go(at + by); } };
  const play = () => {
    if (!data) return;
    playing = !playing;
    if (playing && at >= data.labels.length - 1) go(data.start);
    last = performance.now();
    say();
  };
  const sum = (counts) => counts.slice(data.start, at + 1).reduce((a, b) => a + b, 0);
  const say = () => {
    const button = element("arrivals-play"), { words } = data;
    if (!button) return;
    button.textContent = playing ? button.dataset.pause : button.dataset.play;
    element("arrivals-year").textContent = data.labels[at];
    element("arrivals-time").value = at;
    element("arrivals-time").setAttribute("aria-valuetext", data.labels[at]);
    const since = data.worlds.map((name, world) => `${name} ${sum(data.came[world])}`).join(" · ");
    element("arrivals-said").textContent = `${words.since}: ${since}`;
    const seen = data.worlds.map((name, world) => `${name}: ${line(world)}`);
    element("arrivals").setAttribute("aria-label", `${data.labels[at]}. ${seen.join(". ")}.`);
  };
  const inside = (world) => `${data.group}: ${data.there[world][at]}`
    + (data.helped[world].some(Boolean) ? `, ${data.words.helped} ${data.helped[world][at]}` : "");
  const line = (world) =>
    `${data.words.came}: ${data.came[world][at]}, ${inside(world)}, ${data.words.left}: ${data.left[world][at]}`;
  const tick = (now) => {
    if (!element("arrivals")) { running = playing = false; return; }
    const speed = +(element("arrivals-speed")?.value ?? 1);
    if (playing && now - last > 500 / speed) {
      last = now;
      if (at >= data.labels.length - 1) { playing = false; say(); } else go(at + 1);
    }
    draw(speed);
    requestAnimationFrame(tick);
  };

  // ---------------------------------------------------------------- picture
  const draw = (speed) => {
    const canvas = element("arrivals"), frame = canvas.getBoundingClientRect(), ratio = devicePixelRatio || 1;
    const wide = frame.width, high = frame.height, em = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const size = [Math.round(wide * ratio), Math.round(high * ratio)];
    if (canvas.width !== size[0] || canvas.height !== size[1]) [canvas.width, canvas.height] = size;
    const pen = canvas.getContext("2d"), ink = css("--ink"), dot = css("--extra"), ring = css("--with");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, wide, high);
    people.forEach((there, world) => {
      const top = world * high / 2, side = Math.max(5.5 * em, wide * 0.14);
      const box = { x: side, y: top + 1.7 * em, w: wide - 2 * side, h: high / 2 - 2.2 * em };
      pen.fillStyle = ink;
      pen.font = `700 ${em * 1.05}px Roboto, system-ui, sans-serif`;
      pen.fillText(data.worlds[world], 0, top + 1.15 * em, wide);
      pen.font = `400 ${em}px Roboto, system-ui, sans-serif`;
      pen.strokeStyle = css("--muted"); pen.lineWidth = 1.5;
      pen.strokeRect(box.x, box.y, box.w, box.h);
      pen.fillText(inside(world), box.x + 0.4 * em, box.y + 1.2 * em, box.w - 0.8 * em);
      pen.textAlign = "center";
      pen.fillText(`${data.words.came}: ${data.came[world][at]} →`, side / 2, box.y + 1.2 * em, side - 4);
      pen.fillText(`${data.words.left}: ${data.left[world][at]} →`, wide - side / 2, box.y + 1.2 * em, side - 4);
      pen.textAlign = "left";
      const most = Math.max(...data.there.flat()) / data.each;
      const each = Math.min(1.3 * em, Math.sqrt((box.w - em) * (box.h - 2 * em) / Math.max(most, 1)) * 0.93);
      const across = Math.max(1, Math.floor((box.w - em) / each)), middle = box.y + box.h / 2;
      const pace = still() ? 1 : Math.min(0.07 * speed, 0.4);
      let place = 0;
      const helped = dots(data.helped[world][at]);
      for (const one of there) {
        const slot = one.gone ? 0 : place++;
        const to = one.gone ? [wide + em, middle]
          : [box.x + 0.8 * em + (slot % across) * each, box.y + 2 * em + Math.floor(slot / across) * each];
        one.x ??= one.fresh ? -em : to[0];
        one.y ??= one.fresh ? middle : to[1];
        if (one.fresh && Math.hypot(to[0] - one.x, to[1] - one.y) < 1) one.fresh = false;
        one.x += (to[0] - one.x) * pace;
        one.y += (to[1] - one.y) * pace;
        pen.beginPath(); pen.fillStyle = dot;
        pen.arc(one.x, one.y, each * 0.3, 0, 7);
        pen.fill();
        if (!one.gone && slot < helped) {
          pen.beginPath(); pen.strokeStyle = ring; pen.lineWidth = 2.5;
          pen.arc(one.x, one.y, each * 0.42, 0, 7); pen.stroke();
        }
      }
      people[world] = there.filter((one) => !one.gone || one.x < wide);
    });
  };
  const seen = () => data && { label: data.labels[at], playing, 
    dots: people.map((there) => there.filter((one) => !one.gone).length),
    moving: people.flat().filter((one) => one.gone || one.fresh).length };
  return { load, play, step, seen };
})();
