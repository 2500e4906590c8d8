// The participants' page. It knows neither numbers nor texts of its own, holds the token of its seat
// in this tab alone, and puts whatever it is told in place as text, never as markup.
(() => {
  const find = (id) => document.getElementById(id);
  const { alone, yes, no, lost, left, results } = document.body.dataset;
  const lang = document.documentElement.lang;
  const EVERY = 1500;
  let token = sessionStorage.getItem("sisim-seat");
  let shown = "", title = "", cards = "", leads = "", timer = 0, sending = 0;

  const ask = async (path, body) => {
    const headers = {};
    if (token) headers.Authorization = `Bearer ${token}`;
    if (body) headers["Content-Type"] = "application/json";
    const how = body ? { method: "POST", headers, body: JSON.stringify(body) } : { headers };
    const answer = await fetch(`${path}?lang=${lang}`, { ...how, cache: "no-store" });
    const told = await answer.json();
    if (answer.status === 401) outside(told.error);
    if (!answer.ok) throw new Error(told.error);
    return told;
  };
  // What fails says why; what cannot be reached is tried again.
  const attempt = async (path, body) => {
    try {
      const told = await ask(path, body);
      trouble("");
      return told;
    } catch (error) {
      trouble(error instanceof TypeError || error instanceof SyntaxError ? lost : error.message);
      return null;
    }
  };
  const trouble = (text) => { if (find("trouble").textContent !== text) find("trouble").textContent = text; };
  const keep = (given) => {
    token = given;
    if (given) sessionStorage.setItem("sisim-seat", given);
    else sessionStorage.removeItem("sisim-seat");
  };

  const make = (tag, text = "", attributes = {}) => {
    const made = document.createElement(tag);
    made.textContent = text;
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  };
  const list = (pairs, css) => {
    const found = make("dl", "", { class: css });
    for (const [name, value] of pairs) {
      const row = make("div");
      row.append(make("dt", name), make("dd", value));
      found.append(row);
    }
    return found;
  };

  const card = (one, round, open) => {
    const box = make("fieldset", "", { class: one.asked ? "card" : "card still" });
    box.append(make("legend", one.title), make("p", one.delivers, { class: "small" }), list(one.lines, "sums"));
    if (!one.asked) {
      box.append(make("p", one.note, { class: "note" }));
      return box;
    }
    const choice = make("div", "", { class: "choice" });
    for (const [value, text] of [[true, yes], [false, no]]) {
      const id = `answer-${one.project}-${value ? "yes" : "no"}`;
      const radio = make("input", "", { type: "radio", name: `answer-${one.project}`, id });
      radio.disabled = !open;
      radio.addEventListener("change", () => say(round, one.project, value));
      choice.append(radio, make("label", text, { for: id }));
    }
    box.append(choice);
    return box;
  };

  // Cards are drawn anew only when what they ask is: a key or a finger that is down on one stays there.
  const fill = (told) => {
    const asked = JSON.stringify([told.round, told.phase, told.cards.map((one) => ({ ...one, answer: null }))]);
    if (asked !== cards) {
      cards = asked;
      find("cards").replaceChildren(...told.cards.map((one) => card(one, told.round, told.phase === "open")));
    }
    for (const one of told.cards)
      for (const [value, side] of [[true, "yes"], [false, "no"]]) {
        const radio = find(`answer-${one.project}-${side}`);
        if (radio) radio.checked = one.answer === value;
      }
  };

  const show = (told) => {
    const text = JSON.stringify(told);
    if (text === shown) return;
    shown = text;
    const focused = document.activeElement?.id;
    for (const id of ["role", "seat", "title", "terms", "status"])
      if (find(id).textContent !== told[id]) find(id).textContent = told[id];
    fill(told);
    const found = told.results.map((one) => {
      const box = make("section", "", { class: "result" });
      box.append(make("h3", one.title), list(one.projects, "done"), list(one.lines, "sums"));
      return box;
    });
    if (found.length) found.unshift(make("h2", results));
    find("results").replaceChildren(...found);
    if (leads !== JSON.stringify(told.lead)) {
      leads = JSON.stringify(told.lead);
      find("lead").replaceChildren(...told.lead.map(([what, name]) => {
        const button = make("button", name, { class: "big", id: `lead-${what}` });
        button.addEventListener("click", () => lead(what));
        return button;
      }));
    }
    // What has come of a round stands before what was asked in it, and after what is asked now.
    if (told.phase === "revealed") find("cards").before(find("results"));
    else find("cards").after(find("results"));
    find("door").hidden = true;
    find("room").hidden = false;
    // What is revealed is read first, and a new round from its beginning.
    const now = `${told.title} ${told.phase}`;
    if (now !== title) { title = now; scrollTo(0, 0); find("title").focus({ preventScroll: true }); }
    else if (focused) find(focused)?.focus({ preventScroll: true });
  };

  const follow = async () => {
    clearTimeout(timer);
    if (token && !sending) {
      const told = await attempt("/state");
      if (told && token && !sending) show(told);
    }
    timer = setTimeout(follow, EVERY);
  };
  const send = async (path, body) => {
    sending += 1;
    const told = await attempt(path, body);
    sending -= 1;
    if (!told) { shown = ""; await follow(); }
    return told;
  };
  const say = async (round, project, value) => {
    const told = await send("/answer", { round, project, yes: value });
    if (told && !sending) show(told);
  };
  const lead = async (what) => {
    const told = await send("/lead", { do: what });
    if (told?.token) { keep(told.token); shown = title = ""; await follow(); }
    else if (told) show(told);
  };
  const outside = (text) => {
    keep(null);
    shown = title = "";
    find("room").hidden = true;
    if (alone) join("");
    else { find("door").hidden = false; trouble(text); }
  };
  const join = async (code) => {
    const told = await attempt("/join", { code });
    if (told) { keep(told.token); await follow(); }
  };

  find("door").addEventListener("submit", (event) => { event.preventDefault(); join(find("code").value); });
  find("leave").addEventListener("click", async () => {
    if (await attempt("/leave", {})) outside(left);
  });
  find("other").addEventListener("click", () => lead("other"));
  find("other").hidden = !alone;
  find("leave").hidden = !!alone;
  // The code may come with the address, after #, so that it is in no log.
  const code = location.hash.slice(1);
  if (code) { find("code").value = code; history.replaceState(null, "", location.pathname + location.search); }
  find("language").addEventListener("click", (event) => {
    if (find("code").value) event.currentTarget.hash = find("code").value;
  });
  if (token) follow();
  else if (alone) join("");
  else find("door").hidden = false;
  if (!token) timer = setTimeout(follow, EVERY);
})();
