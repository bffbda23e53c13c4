// The panels beside the graph: one step, a recorded run, the ladder, and drift.
const fsmPanels = (() => {
  const { element, drawn, colour, cut } = fsmElements;
  const MATRIX = 40; // widest state whose matrix is drawn
  const NUMBERED = 12; // widest state whose numbers are written
  const [DRAWN, LISTED] = [256, 8]; // widest state that is drawn; of wider ones, numbers that are named
  const RUN = 20000;

  function number(value) {
    if (!Number.isFinite(value)) return String(value);
    if (Number.isInteger(value)) return Math.abs(value) < 1e5 ? String(value) : value.toExponential(1);
    if (Math.abs(value) < 0.005) return "≈0";
    return value.toFixed(2).replace(/^(-?)0\./, "$1.");
  }

  // Cells of numbers, coloured by sign and size beside `most`.
  function cells(values, columns, size, most, left, top, written) {
    return values.map((value, place) => {
      const x = left + (place % columns) * size;
      const y = top + Math.floor(place / columns) * size;
      const strength = most > 0 && Number.isFinite(value) ? Math.abs(value) / most : 0;
      const sign = value < 0 ? "minus" : "plus";
      const box = drawn("rect", { x, y, width: size - 1, height: size - 1, class: "back" });
      const over = drawn("rect", { x, y, width: size - 1, height: size - 1, class: sign, opacity: strength.toFixed(3) });
      const text = written ? drawn("text", {
        x: x + size / 2, y: y + size / 2 + size * 0.12, "font-size": size * 0.34, class: strength > 0.55 ? "on" : "off",
      }, number(value)) : null;
      return drawn("g", {}, box, over, text);
    });
  }

  const largest = (values) => values.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0);

  function dense(entries, width) {
    const found = new Array(width * width).fill(0);
    for (const [row, column, value] of entries) found[row * width + column] = value;
    return found;
  }

  // h_t = A[x] h_{t-1}; of the start, and of states too wide for a matrix, the state alone.
  function equation(network, machine, states, word, place) {
    const { width } = network;
    const now = states[place];
    if (place === 0 || width > MATRIX) return vector(now, `h${subscript(place)}`);
    const written = width <= NUMBERED;
    const size = written ? 44 : Math.max(8, Math.floor(480 / width));
    const before = states[place - 1];
    const matrix = dense(network.matrices[word[place - 1]], width);
    const high = width * size;
    const sign = 40;
    const total = (width + 2) * size + 2 * sign;
    const middle = (x, text) => drawn("text", { x, y: high / 2 + 8, class: "sign", "font-size": 24 }, text);
    const under = (x, text, extra) => drawn("text", { x, y: high + 26, class: `under ${extra || ""}`, "font-size": 17 }, text);
    const most = Math.max(largest(now), largest(before));
    const at = size + sign + width * size;
    return drawn("svg", { class: "equation", viewBox: `-30 -2 ${total + 60} ${high + 38}`, role: "img",
      "aria-label": `the state after ${place} symbols is the matrix of ${machine.symbols[word[place - 1]]} times the state before`,
      width: Math.min(total + 60, 640) },
    ...cells(now, 1, size, most, 0, 0, written), middle(size + sign / 2, "="),
    ...cells(matrix, width, size, largest(matrix), size + sign, 0, written), middle(at + sign / 2, "×"),
    ...cells(before, 1, size, most, at + sign, 0, written),
    under(size / 2, `h${subscript(place)}`), under(size + sign + (width * size) / 2, `A[${cut(machine.symbols[word[place - 1]], 14)}]`,
      colour(machine, word[place - 1])), under(at + sign + size / 2, `h${subscript(place - 1)}`));
  }

  const subscript = (value) => [...String(value)].map((digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]).join("");

  // A state of very many numbers: those that are not 0.
  function listed(values, name) {
    const found = values.map((value, place) => [value, place]).filter(([value]) => value !== 0);
    const some = found.slice(0, LISTED).map(([value, place]) => `number ${place + 1} is ${number(value)}`);
    const more = found.length > LISTED ? `; ${found.length - LISTED} more` : "";
    const rest = found.length === values.length ? "" : "; all others are 0";
    return element("p", {}, `${name} has ${values.length.toLocaleString("en")} numbers: ${some.join(", ") || "none is another than 0"}` +
      `${more}${some.length > 0 ? rest : ""}.`);
  }

  // A state alone, sixteen numbers in a row, or twice as many where they are not written out.
  function vector(values, name) {
    if (values.length > DRAWN) return listed(values, name);
    const written = values.length <= 64;
    const columns = Math.min(written ? 16 : 32, values.length);
    const size = written ? 44 : 22;
    const high = Math.ceil(values.length / columns) * size;
    return drawn("svg", { class: "equation", viewBox: `-30 -2 ${columns * size + 60} ${high + 38}`, role: "img",
      "aria-label": `the state, ${values.length} numbers`, width: Math.min(columns * size + 60, 640) },
    ...cells(values, columns, size, largest(values), 0, 0, written),
    drawn("text", { x: (columns * size) / 2, y: high + 26, class: "under", "font-size": 17 }, name));
  }

  // What the machine is in, and what the network is read as.
  function readings(left, right, good) {
    const tick = good === null ? "" : good ? " ✓" : " ✗";
    const heard = good === null ? "" : good ? ", right" : ", wrong";
    return element("div", { class: "readings", role: "status" },
      element("div", {}, element("span", { class: "small" }, left[0]), element("b", {}, left[1])),
      element("div", { class: good === null ? "" : good ? "good" : "bad" }, element("span", { class: "small" }, right[0]),
        element("b", {}, right[1], element("span", { "aria-hidden": "true" }, tick),
          element("span", { class: "heard" }, heard))));
  }

  // The rungs, neighbours with one reason as one; `play` takes a word.
  function ladder(machine, rungs, play) {
    const groups = [];
    for (const one of rungs) {
      const last = groups[groups.length - 1];
      const alike = last !== undefined && last[0].verdict === one.verdict && last[0].text === one.text &&
        String(last[0].supposed) === String(one.supposed);
      if (alike) last.push(one);
      else groups.push([one]);
    }
    return groups.map((group) => rung(machine, group, play));
  }

  function rung(machine, group, play) {
    const [found] = group;
    const words = found.words.map((word) => {
      const text = word.map((letter) => machine.symbols[letter]).join(" ") || "the empty word";
      return element("button", { type: "button", class: "play", "aria-label": `play ${text}`, onclick: () => play(word) },
        element("span", { "aria-hidden": "true" }, "▶ "), cut(text, 40));
    });
    return element("li", { class: found.verdict },
      ...group.map((one) => element("div", { class: "target" }, element("b", {}, one.target),
        element("span", { class: "small" }, one.published.join(", ")))),
      element("div", {}, found.text),
      found.supposed.length > 0 ? element("div", { class: "supposed" }, `supposed: ${found.supposed.join(", ")}`) : null,
      words.length > 0 ? element("div", { class: "plays" }, ...words) : null);
  }

  const log = (value) => Math.log10(Math.max(value, 1e-300));

  // The distance from the right code along random letters, both axes logarithmic.
  function chart(network, found) {
    const [wide, high, left, low] = [640, 300, 56, 34];
    const errors = found.samples.map((sample) => sample.error).filter((error) => error > 0 && Number.isFinite(error));
    const [bottom, top] = errors.length === 0 ? [-3, 1] :
      [Math.floor(log(Math.min(...errors))), Math.ceil(log(Math.max(...errors)) + 0.01)];
    const right = Math.max(1, Math.log10(found.count));
    const x = (step) => left + (Math.log10(step) / right) * (wide - left - 12);
    const y = (error) => high - low - ((Math.max(log(error), bottom) - bottom) / (top - bottom)) * (high - low - 14);
    const parts = [];
    const proved = network.steps === null ? found.count : Math.min(network.steps, found.count);
    parts.push(drawn("rect", { class: "proved", x: left, y: 14, width: Math.max(0, x(proved) - left), height: high - low - 14 }));
    for (let power = bottom; power <= top; power += 1) {
      const at = y(10 ** power);
      parts.push(drawn("line", { class: "rule", x1: left, x2: wide - 12, y1: at, y2: at }),
        drawn("text", { class: "tick", x: left - 6, y: at + 4, "text-anchor": "end" }, power < -2 || power > 3 ? `1e${power}` : String(10 ** power)));
    }
    for (let power = 0; power <= right + 1e-9; power += 1) {
      parts.push(drawn("text", { class: "tick", x: x(10 ** power), y: high - low + 16, "text-anchor": "middle" },
        (10 ** power).toLocaleString("en")));
    }
    parts.push(drawn("text", { class: "tick", x: wide - 12, y: high - 2, "text-anchor": "end" }, "symbols read"));
    if (network.steps !== null && network.steps < found.count) {
      parts.push(drawn("line", { class: "horizon", x1: x(proved), x2: x(proved), y1: 14, y2: high - low }));
    }
    const points = found.samples.filter((sample) => Number.isFinite(sample.error)).map((sample) => `${x(sample.step)},${y(sample.error)}`);
    parts.push(drawn("polyline", { class: "error", points: points.join(" ") }));
    if (found.first !== null) {
      const at = x(found.first);
      parts.push(drawn("line", { class: "wrong", x1: at, x2: at, y1: 14, y2: high - low }),
        drawn("text", { class: "wrong", x: at - 6, y: 28, "text-anchor": "end" }, `first wrong at ${found.first.toLocaleString("en")}`));
    }
    const label = `distance from the right code over ${found.count} symbols; ${summary(network, found)}`;
    return drawn("svg", { class: "chart", viewBox: `0 0 ${wide} ${high}`, role: "img", "aria-label": label }, ...parts);
  }

  function summary(network, found) {
    const count = found.count.toLocaleString("en");
    const exact = found.samples.every((sample) => sample.error === 0);
    if (exact && found.wrong === 0) return `the distance is exactly 0 after each of ${count} symbols`;
    const proved = network.steps === null ? "every length" : `${network.steps.toLocaleString("en")} symbol${network.steps === 1 ? "" : "s"}`;
    const wrong = found.first === null ? `no reading of ${count} is wrong` :
      `${found.wrong.toLocaleString("en")} of ${count} readings are wrong, the first after ${found.first.toLocaleString("en")} symbols`;
    return `${wrong}; proved for every word: ${proved}`;
  }

  function drift(ready, machine) {
    const { network } = ready;
    const count = fsmArithmetic.affordable(ready, RUN);
    const home = element("div", { class: "drawing" });
    const said = element("p", { role: "status" });
    let seed = 1;
    const run = () => {
      const found = fsmArithmetic.drift(ready, machine, fsmWords.letters(machine, count, seed));
      seed += 1;
      home.replaceChildren(chart(network, found));
      const text = summary(network, found);
      said.textContent = `${text[0].toUpperCase()}${text.slice(1)}.`;
    };
    const button = element("button", { type: "button", onclick: run }, `run ${count.toLocaleString("en")} random symbols`);
    const note = element("p", { class: "small" }, `Run here in ${network.form}` +
      `${network.accumulator === network.form ? "" : `, added up in ${network.accumulator}`}. Green is proved for every ` +
      "word; the line is one random word: how far the state is from the code of the machine's state.");
    return [button, home, said, note];
  }

  return { equation, vector, readings, ladder, drift, subscript };
})();
