// The page: which machine, which network, which word and how far it is read; every change draws what depends on it.
(() => {
  const { element, colour, cut, copier } = fsmElements;
  const data = JSON.parse(document.getElementById("data").textContent);
  const PAUSE = 450; // milliseconds between two symbols that are played
  const SETTLED = 200; // milliseconds after which the address keeps the word
  const SHOWN = 60; // symbols of a word on each side of the present one
  const CHOICES = 60; // symbols that have a button; others are chosen from a list

  let machine, subject, ready, known, word, place, timer, kept, parts;

  function choose(number, asked) {
    stop();
    subject = data.subjects[number];
    machine = subject.machine;
    word = asked;
    place = 0;
    network(0);
  }

  function network(number) {
    ready = subject.networks.length > 0 ? fsmArithmetic.prepared(subject.networks[number]) : null;
    known = null;
    build(number);
    moved();
  }

  function panel(title, className, ...nodes) {
    return element("section", { class: `panel ${className}`, "aria-label": title }, element("h2", {}, title), ...nodes);
  }

  function build(number) {
    const graph = fsmGraph.graph(machine);
    const orbit = ready !== null && fsmOrbit.fits(ready.network, machine) ? fsmOrbit.orbit(ready, machine) : null;
    const drawing = panel("The machine, and where it is", "machine", ...graph.nodes, legend());
    drawing.append(copier(drawing));
    const cloud = subject.cloud === null ? null : fsmCloud.cloud(machine, subject.cloud);
    parts = {
      graph, orbit, cloud,
      step: element("div", { class: "step" }),
      chips: element("div", { class: "chips", role: "group", "aria-label": "the word" }),
      count: element("span", { class: "small", role: "status" }),
      play: button("▶ play", toggle, "play or pause"),
    };
    const claim = ready === null ? subject.claim : ready.network.claim;
    const left = [drawing];
    if (orbit !== null) {
      const space = panel(`The codes: ${ready.network.points.length} states of ${ready.network.width} numbers, as they are`, "space",
        ...orbit.nodes);
      space.append(copier(space));
      left.push(space);
    }
    if (cloud !== null) {
      const spread = panel("The network's states, projected", "spread", ...cloud.nodes);
      spread.append(copier(spread));
      left.push(spread);
    }
    const right = [];
    if (ready !== null) right.push(panel("One step: state = matrix of the symbol × state before", "one", parts.step));
    if (subject.recordings.length > 0) right.push(panel("The network along its word", "one", parts.step, recorded()));
    if (ready === null && subject.recordings.length === 0) right.push(panel("One step", "one", parts.step));
    right.push(panel("Word", "word", parts.chips, keys(), controls()));
    if (ready !== null && ready.network.own && ready.network.points.length > 0) {
      right.push(panel("Rounding: how far the state drifts", "drift", ...fsmPanels.drift(ready, machine)));
    }
    const ladder = subject.ladder.length === 0 ? "" :
      panel("Which recurrent layers can be this machine, from the weakest to the strongest", "ladder",
        element("ul", {}, ...fsmPanels.ladder(machine, subject.ladder, played)));
    const layers = subject.layers.length === 0 ? "" :
      panel("Published layers: one layer each, as its paper restricts it", "ladder",
        element("ul", {}, ...fsmPanels.ladder(machine, subject.layers, played)));
    document.getElementById("page").replaceChildren(
      element("header", {}, element("div", {}, element("h1", {}, subject.name), element("p", { class: "title" }, subject.title)),
        element("div", { class: "choices" }, ...choices(number))),
      element("p", { class: `claim ${claim.tone}`, role: "status" }, element("b", {}, claim.head), " ", claim.rest),
      element("div", { class: "columns" }, element("div", {}, ...left), element("div", {}, ...right)),
      ladder,
      layers,
      ...subject.notes.map((note) => element("p", { class: "small note" }, note)),
      element("footer", { class: "small" }, "Keys: ← and → step, space plays, 1 to 9 add a symbol. fsm2rnn ", data.version));
  }

  function button(text, action, label) {
    return element("button", { type: "button", onclick: action, "aria-label": label }, text);
  }

  function select(label, names, chosen, action) {
    const options = names.map((name, place) => element("option", { value: place, selected: place === chosen }, cut(name, 48)));
    const box = element("select", { "aria-label": label, onchange: (event) => action(Number(event.target.value)) }, ...options);
    return box;
  }

  function choices(number) {
    const found = [];
    if (data.subjects.length > 1) {
      const at = data.subjects.indexOf(subject);
      found.push(select("machine or network", data.subjects.map((one) => one.name), at, (place) => choose(place, [])));
    }
    if (subject.networks.length > 1) {
      found.push(select("network", subject.networks.map((one) => one.name), number, (place) => network(place)));
    } else if (ready !== null) {
      found.push(element("span", { class: "small" }, ready.network.name));
    }
    found.push(button("◐", theme, "dark or light"));
    return found;
  }

  function theme() {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  }

  function legend() {
    if (machine.symbols.length > 8) return "";
    return element("p", { class: "legend small" }, ...machine.symbols.map((symbol, place) =>
      element("span", {}, element("span", { class: `bar ${colour(machine, place)}` }), ` ${cut(symbol, 24)}`)));
  }

  function keys() {
    if (machine.symbols.length > CHOICES) {
      const box = select("symbol to add", machine.symbols, 0, () => {});
      return element("div", { class: "keys" }, box, button("add", () => add([Number(box.value)]), "add the chosen symbol"));
    }
    return element("div", { class: "keys" }, ...machine.symbols.map((symbol, place) =>
      element("button", { type: "button", class: `key ${colour(machine, place)}`, "aria-label": `add ${symbol}`,
        onclick: () => add([place]) }, cut(symbol, 16))));
  }

  function controls() {
    return element("div", { class: "controls" }, button("‹ back", () => go(place - 1), "one symbol back"),
      button("step ›", () => go(place + 1), "one symbol on"), parts.play,
      button("20 random symbols", () => add(fsmWords.letters(machine, 20, word.length * 7919 + 13)), "add 20 random symbols"),
      button("clear", () => { word = []; go(0); }, "clear the word"), parts.count);
  }

  function recorded() {
    return element("div", { class: "plays" }, ...subject.recordings.map((one) =>
      element("button", { type: "button", class: "play", onclick: () => played(one.word) },
        element("span", { "aria-hidden": "true" }, "▶ "),
        one.right.every(Boolean) ? `play ${counted(one.word.length)}` : `play the word on which it fails, ${counted(one.word.length)}`)));
  }

  const counted = (count) => `${count} symbol${count === 1 ? "" : "s"}`;

  // A new symbol is read at once where the word was read to its end.
  function add(letters) {
    const end = place === word.length;
    word = word.slice(0, fsmWords.LONGEST - letters.length).concat(letters);
    go(end && letters.length === 1 ? word.length : place);
  }

  function played(letters) {
    word = letters.slice();
    place = 0;
    moved();
    start();
  }

  function go(where) {
    stop();
    place = Math.max(0, Math.min(word.length, where));
    moved();
  }

  function start() {
    stop();
    if (place === word.length) place = 0;
    parts.play.textContent = "❚❚ pause";
    timer = setInterval(() => {
      if (place < word.length) {
        place += 1;
        moved();
      }
      if (place >= word.length) stop();
    }, PAUSE);
  }

  function stop() {
    clearInterval(timer);
    timer = undefined;
    if (parts) parts.play.textContent = "▶ play";
  }

  function toggle() {
    if (timer !== undefined) stop();
    else if (word.length > 0) start();
  }

  // Draws all that depends on the word and the place in it.
  function moved() {
    const walked = fsmWords.walk(machine, word);
    const before = place === 0 ? null : walked[place - 1];
    parts.graph.update(walked[place], before, word[place - 1]);
    chips();
    parts.count.textContent = `${place} of ${word.length}`;
    const output = fsmWords.output(machine, walked, word, place);
    const now = machine.states[walked[place]];
    const left = ["machine is in", output === null || output === now ? now : `${now}, output ${output}`];
    if (ready !== null) {
      const states = fsmArithmetic.states(ready, word.slice(0, place), known);
      known = known && known.states.length > states.length ? known : { word: word.slice(0, place), states };
      const found = fsmArithmetic.read(ready, states[place]);
      const right = ["network is read as", found < 0 ? "nothing for certain" : machine.states[found]];
      parts.step.replaceChildren(fsmPanels.equation(ready.network, machine, states, word, place),
        fsmPanels.readings(left, right, found === walked[place]));
      if (parts.orbit !== null) parts.orbit.update(states, word, place, walked[place]);
    } else {
      parts.step.replaceChildren(...along(left));
    }
    remember();
  }

  // What was recorded of a network, where the word is the one along which it was recorded.
  function along(left) {
    const run = subject.recordings.find((one) => word.slice(0, place).every((letter, at) => letter === one.word[at]));
    const found = run !== undefined && place <= run.word.length;
    if (parts.cloud !== null) parts.cloud.update(found ? place : null);
    if (!found) {
      const note = subject.recordings.length > 0 ? "the network's states are known along its own word" : "no network here";
      return [fsmPanels.readings(left, ["network", note], null)];
    }
    const said = place === 0 ? "nothing yet" : run.said[place - 1] === null ? "nothing for certain" : run.said[place - 1];
    return [fsmPanels.vector(run.states[place], `h${fsmPanels.subscript(place)}`),
      fsmPanels.readings(left, ["network says", said], place === 0 ? null : run.right[place - 1])];
  }

  function chips() {
    const from = Math.max(0, place - SHOWN);
    const to = Math.min(word.length, place + SHOWN);
    const shown = word.slice(from, to).map((letter, at) => {
      const number = from + at + 1;
      const kind = number === place ? "chip now" : number < place ? "chip read" : "chip";
      return element("button", { type: "button", class: `${kind} ${colour(machine, letter)}`,
        "aria-label": `symbol ${number}: ${machine.symbols[letter]}`, "aria-current": number === place ? "step" : null,
        onclick: () => go(number) }, cut(machine.symbols[letter], 14));
    });
    if (word.length === 0) shown.push(element("span", { class: "small" }, "Click symbols, or take 20 at random."));
    parts.chips.replaceChildren(from > 0 ? `… ${from} before ` : "", ...shown, to < word.length ? ` … ${word.length - to} more` : "");
  }

  // The address keeps the word, once nothing has changed for a moment: browsers stop pages that write it often.
  function remember() {
    clearTimeout(kept);
    kept = setTimeout(() => {
      const link = fsmWords.link(machine.symbols, data.subjects.indexOf(subject), word);
      try {
        if (link !== location.hash) history.replaceState(null, "", link);
      } catch {
        // a frame without an address keeps no word
      }
    }, SETTLED);
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("select, textarea")) return;
    const digit = "123456789".indexOf(event.key);
    if (event.key === "ArrowLeft") go(place - 1);
    else if (event.key === "ArrowRight") go(place + 1);
    else if (event.key === " " && !event.target.matches("button")) toggle();
    else if (event.key.length === 1 && digit >= 0 && digit < machine.symbols.length) add([digit]);
    else return;
    event.preventDefault();
  });
  window.addEventListener("hashchange", () => {
    const asked = fsmWords.linked(location.hash, data.subjects);
    choose(asked.subject, asked.word);
  });
  const asked = fsmWords.linked(location.hash, data.subjects);
  choose(asked.subject, asked.word);
})();
