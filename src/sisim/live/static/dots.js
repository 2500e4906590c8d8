// People as dots: two worlds side by side, in each of them boxes, in each box those who are there.
sisim.dots = (() => {
  let data = null, year = 0, playing = false, last = 0, spots = [], aim = [];
  const element = (id) => document.getElementById(id);
  const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  const css = (name) => getComputedStyle(document.body).getPropertyValue(name).trim();

  const load = (fresh) => {
    const first = data === null || data.years[0] !== fresh.years[0] || data.years.length !== fresh.years.length;
    data = fresh;
    if (first) year = Math.max(data.years.indexOf(data.start), 0);
    const time = element("dots-time");
    if (!time) return;
    time.min = data.years[0];
    time.max = data.years[data.years.length - 1];
    time.oninput = () => { go(+time.value - data.years[0]); playing = false; name(); };
    const canvas = element("dots");
    canvas.onclick = (event) => pick(event.offsetX, event.offsetY);
    place();
    name();
    if (!running) { running = true; requestAnimationFrame(tick); }
  };

  // ---------------------------------------------------------------- time
  let running = false;
  const go = (to) => { year = Math.min(Math.max(to, 0), data.years.length - 1); place(); };
  const step = (years) => { if (data) { playing = false; go(Math.round(year) + years); name(); } };
  const play = () => {
    if (!data) return;
    playing = !playing;
    if (playing && year >= data.years.length - 1) go(0);
    last = performance.now();
    name();
  };
  const name = () => {
    const button = element("dots-play");
    if (button) button.textContent = playing ? button.dataset.pause : button.dataset.play;
    const said = element("dots-year");
    if (said) said.textContent = data.years[year];
    const world = (people) => data.places.map((place, at) =>
      `${place}: ${people.filter((years) => years[year] === at).length}`).join(", ");
    const seen = data.at.map((people, n) => `${data.worlds[n]}: ${world(people)}`);
    element("dots")?.setAttribute("aria-label", `${data.years[year]}. ${seen.join(". ")}.`);
    const time = element("dots-time");
    if (time) time.value = data.years[year];
  };
  const tick = (now) => {
    if (!element("dots")) { running = false; playing = false; return; }
    const speed = +(element("dots-speed")?.value ?? 1);
    if (playing && now - last > 1400 / speed) {
      last = now;
      if (year >= data.years.length - 1) playing = false; else go(year + 1);
      name();
    }
    draw(speed);
    requestAnimationFrame(tick);
  };

  // ---------------------------------------------------------------- places
  const frame = () => {
    const canvas = element("dots"), box = canvas.getBoundingClientRect(), ratio = devicePixelRatio || 1;
    if (canvas.width !== Math.round(box.width * ratio) || canvas.height !== Math.round(box.height * ratio)) {
      canvas.width = Math.round(box.width * ratio);
      canvas.height = Math.round(box.height * ratio);
    }
    return { wide: box.width, high: box.height, ratio, em: parseFloat(getComputedStyle(document.documentElement).fontSize) };
  };
  const boxes = (world) => {
    const { wide, high, em } = frame(), gap = em * 0.8, rows = Math.ceil(data.places.length / 2);
    const below = wide < 45 * em;  // on a phone one world stands below the other
    const half = below ? wide : (wide - 2 * gap) / 2, foot = em * (below ? 4.8 : 2.2);
    const tall = below ? (high - foot) / 2 : high - foot;
    const left = below ? 0 : world * (half + 2 * gap), top = em * 2.1 + (below ? world * tall : 0);
    const inner = tall - em * 2.1;
    return data.places.map((_, n) => ({
      x: left + (n % 2) * (half / 2 + gap / 2), y: top + Math.floor(n / 2) * (inner / rows),
      w: half / 2 - gap / 2, h: inner / rows - gap,
    }));
  };
  const place = () => {
    if (!data || !element("dots")) return;
    const { em } = frame();
    aim = data.at.map((people, world) => {
      const box = boxes(world), count = box.map(() => 0);
      const many = box.map((_, n) => people.filter((years) => years[year] === n).length);
      return people.map((years) => {
        const where = years[year];
        if (where < 0) return null;
        const b = box[where], n = count[where]++;
        const size = Math.min(em * 2, Math.sqrt((b.w - em) * (b.h - 2.2 * em) / Math.max(many[where], 1)));
        const across = Math.max(1, Math.floor((b.w - em) / size));
        return [b.x + em * 0.4 + (n % across + 0.5) * size, b.y + em * 1.7 + (Math.floor(n / across) + 0.5) * size, size * 0.4];
      });
    });
    if (spots.length !== aim.length || spots.some((world, n) => world.length !== aim[n].length))
      spots = aim.map((world) => world.map((at) => at && [...at]));
  };

  // ---------------------------------------------------------------- picture
  const COLORS = { case: "--extra", services: "--lower", everyone: "--with", none: "--muted" };
  const draw = (speed) => {
    const canvas = element("dots"), { wide, high, ratio, em } = frame();
    if (Math.abs(wide - (draw.wide ?? 0)) > 1 || Math.abs(high - (draw.high ?? 0)) > 1) { draw.wide = wide; draw.high = high; place(); }
    const pen = canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, wide, high);
    const ink = css("--ink"), rule = css("--rule"), muted = css("--muted");
    data.at.forEach((people, world) => {
      const box = boxes(world);
      pen.fillStyle = ink;
      pen.font = `700 ${em * 1.1}px Roboto, system-ui, sans-serif`;
      pen.fillText(data.worlds[world], box[0].x, box[0].y - em * 0.8, 2 * box[0].w + em * 0.8);
      box.forEach((b, n) => {
        pen.strokeStyle = rule; pen.lineWidth = 1.5;
        pen.strokeRect(b.x, b.y, b.w, b.h);
        pen.fillStyle = ink;
        pen.font = `400 ${em}px Roboto, system-ui, sans-serif`;
        const many = people.filter((years) => years[year] === n).length;
        pen.fillText(`${data.places[n]}: ${many}`, b.x + em * 0.5, b.y + em * 1.3, b.w - em);
      });
      people.forEach((years, person) => {
        const to = aim[world][person];
        if (!to) { spots[world][person] = null; return; }
        let at = spots[world][person];
        if (!at) at = spots[world][person] = [still() ? to[0] : box[0].x - em, still() ? to[1] : box[0].y + box[0].h / 2, to[2]];
        const pace = still() ? 1 : Math.min(0.1 * speed, 0.5);
        for (let k = 0; k < 3; k++) at[k] += (to[k] - at[k]) * pace;
        const kind = data.kinds[years[year]];
        const apart = data.at[0][person][year] !== data.at[1][person][year];
        pen.beginPath();
        pen.fillStyle = css(COLORS[kind]);
        if (kind === "case") pen.rect(at[0] - at[2], at[1] - at[2], 2 * at[2], 2 * at[2]);
        else pen.arc(at[0], at[1], at[2], 0, 7);
        pen.globalAlpha = apart ? 1 : 0.55;
        pen.fill();
        pen.globalAlpha = 1;
        if (world === 1 && data.treated[person][year]) {
          pen.beginPath(); pen.strokeStyle = ink; pen.lineWidth = 2;
          pen.arc(at[0], at[1], at[2] + 3, 0, 7); pen.stroke();
        }
        if (person === picked || person === over) {
          pen.beginPath(); pen.strokeStyle = css("--warn"); pen.lineWidth = 3;
          pen.arc(at[0], at[1], at[2] + 6, 0, 7); pen.stroke();
        }
      });
    });
    pen.fillStyle = muted;
    pen.font = `400 ${em}px Roboto, system-ui, sans-serif`;
    const key = [`○ ${data.ring}`, `● ${data.apart}`, `■ ${data.places[data.kinds.indexOf("case")] ?? ""}`];
    if (wide < 45 * em) key.forEach((text, n) => pen.fillText(text, 2, high - em * (3.2 - 1.35 * n), wide - 4));
    else pen.fillText(key.join("    "), 2, high - em * 0.5);
  };

  // ---------------------------------------------------------------- a click
  let picked = -1, over = -1;
  const near = (x, y) => {
    let best = -1, far = 18;
    spots.forEach((world) => world.forEach((at, person) => {
      if (!at) return;
      const d = Math.hypot(at[0] - x, at[1] - y);
      if (d < far) { far = d; best = person; }
    }));
    return best;
  };
  const show = (person) => {
    picked = person;
    if (picked >= 0) sisim.say("person", data.keys[picked]);
  };
  const pick = (x, y) => show(near(x, y));
  const next = () => data?.keys.length && show((picked + 1) % data.keys.length);
  addEventListener("pointermove", (event) => {
    if (event.target?.id === "dots" && data) over = near(event.offsetX, event.offsetY);
  });
  const where = (person, world) => spots[world]?.[person] ?? null;
  const seen = () => data && { year: data.years[year], people: data.keys.length, playing };
  return { load, play, step, next, where, seen };
})();
