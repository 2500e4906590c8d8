// The participants' page. It knows neither numbers nor texts of its own, holds the token of its seat
// in this tab alone, and puts whatever it is told in place as text, never as markup.
(() => {
  const find = (id) => document.getElementById(id);
  const { alone, yes, no, lost, left, results } = document.body.dataset;
  const lang = document.documentElement.lang;
  const EVERY = 1500;
  let token = sessionStorage.getItem("sisim-seat");
  // What is said stays so until the room has taken or refused it; by project.
  const unsent = new Map();
  let shown = "", title = "", cards = "", leads = "", timer = 0;
  let sending = false, passing = false, taken = 0;

  // Return what is told, and whether to ask again later: nothing has answered, or that was too often.
  const ask = async (path, body) => {
    const headers = {};
    if (token) headers.Authorization = `Bearer ${token}`;
    if (body) headers["Content-Type"] = "application/json";
    const how = body ? { method: "POST", headers, body: JSON.stringify(body) } : { headers };
    let status = 0, told = { error: lost };
    try {
      const answer = await fetch(`${path}?lang=${lang}`, { ...how, cache: "no-store" });
      told = await answer.json();
      status = answer.status;
    } catch { /* The status says so. */ }
    const later = [0, 429].includes(status);
    // Why an answer was refused is read until something else is done.
    if (status !== 200) { trouble(told.error); passing = later; }
    else if (body || passing) trouble("");
    if (status === 401) outside(told.error);
    return { told: status === 200 ? told : null, later };
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
      radio.addEventListener("change", () => say({ round, project: one.project, yes: value }));
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
    for (const one of told.cards) {
      const said = unsent.get(one.project);
      const answer = said?.round === told.round ? said.yes : one.answer;
      for (const [value, side] of [[true, "yes"], [false, "no"]]) {
        const radio = find(`answer-${one.project}-${side}`);
        if (radio) radio.checked = answer === value;
      }
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
      await send();
      const before = taken;
      const { told } = token ? await ask("/state") : {};
      // What was asked for before an answer was taken does not know of it.
      if (told && token && before === taken) show(told);
    }
    timer = setTimeout(follow, EVERY);
  };
  const send = async () => {
    sending = true;
    let last = null;
    while (unsent.size && token) {
      const [project, message] = unsent.entries().next().value;
      const { told, later } = await ask("/answer", message);
      if (later) break;
      taken += 1;
      if (unsent.get(project) === message) unsent.delete(project);
      last = told;
      if (!told) shown = "";
    }
    sending = false;
    if (last && token) show(last);
  };
  const say = async (message) => {
    unsent.set(message.project, message);
    if (!sending) { await send(); if (!shown) await follow(); }
  };
  const lead = async (what) => {
    const { told } = await ask("/lead", { do: what });
    if (told && !told.token) return show(told);
    if (told) { keep(told.token); title = ""; }
    shown = "";
    await follow();
  };
  const outside = (text) => {
    keep(null);
    unsent.clear();
    shown = title = "";
    find("room").hidden = true;
    if (alone) join("");
    else { find("door").hidden = false; trouble(text); }
  };
  const join = async (code) => {
    const { told } = await ask("/join", { code });
    if (told) { keep(told.token); await follow(); }
  };

  find("door").addEventListener("submit", (event) => { event.preventDefault(); join(find("code").value); });
  find("leave").addEventListener("click", async () => {
    if ((await ask("/leave", {})).told) outside(left);
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
