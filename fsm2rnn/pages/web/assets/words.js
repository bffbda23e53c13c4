// Words of a machine: where they lead, how a link spells them, and what lies around a state. No page here.
const fsmWords = (() => {
  const LONGEST = 2000; // symbols of a word that a page keeps

  // The states q_0, ..., q_T along a word.
  function walk(machine, word) {
    const found = [machine.start];
    word.forEach((letter, place) => found.push(machine.table[found[place]][letter]));
    return found;
  }

  // The output after a step: of the state reached, or of a Mealy machine's transition; null where it has none yet.
  function output(machine, states, word, place) {
    if (!machine.mealy) return machine.outputs[states[place]][0];
    return place === 0 ? null : machine.outputs[states[place - 1]][word[place - 1]];
  }

  // Labels stand in links where each has a text of its own; numbers of symbols do otherwise.
  function spelled(symbols) {
    const distinct = new Set(symbols).size === symbols.length && !symbols.includes("");
    return distinct ? symbols.map(encodeURIComponent) : symbols.map((_, place) => String(place));
  }

  function link(symbols, subject, word) {
    const names = spelled(symbols);
    const part = subject === 0 ? "" : `&on=${subject}`;
    return `#word=${word.map((letter) => names[letter]).join(",")}${part}`;
  }

  // What a link asks for; a word with a symbol that the machine does not have is none.
  function linked(text, subjects) {
    const fields = new Map(
      text
        .replace(/^#/, "")
        .split("&")
        .map((field) => [field.split("=", 1)[0], field.slice(field.indexOf("=") + 1)]),
    );
    const asked = Number(fields.get("on") || 0);
    const subject = Number.isInteger(asked) && asked >= 0 && asked < subjects.length ? asked : 0;
    const names = new Map(spelled(subjects[subject].machine.symbols).map((name, place) => [canonical(name), place]));
    const parts = (fields.get("word") || "").split(",").filter((part) => part !== "");
    const word = parts.slice(0, LONGEST).map((part) => names.get(canonical(part)));
    return { subject, word: word.includes(undefined) ? [] : word };
  }

  // One spelling of a part of a link, whatever a browser or a person has escaped in it.
  function canonical(part) {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  }

  // Numbers in [0, 1) that a seed determines: a multiplicative counter, stirred.
  function random(seed) {
    let state = seed >>> 0;
    return () => {
      state = (state + 0x9e3779b9) >>> 0;
      let mixed = state;
      mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
      mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
      return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
    };
  }

  function letters(machine, count, seed) {
    const draw = random(seed);
    return Array.from({ length: count }, () => Math.floor(draw() * machine.symbols.length));
  }

  // Arrows (from, to) with the symbols that each stands for.
  function arrows(machine, from) {
    const found = new Map();
    const states = from === undefined ? machine.table.keys() : [from];
    for (const state of states) {
      machine.table[state].forEach((target, symbol) => {
        const key = `${state},${target}`;
        if (!found.has(key)) found.set(key, { from: state, to: target, symbols: [] });
        found.get(key).symbols.push(symbol);
      });
    }
    return [...found.values()];
  }

  // The state, the one before it, and those next to it, with places: at most so many, in the order of the symbols.
  function neighbourhood(machine, state, before, most) {
    const next = [...new Set(machine.table[state])].filter((one) => one !== state && one !== before);
    const shown = next.slice(0, most);
    const places = new Map([[state, [420, 400]]]);
    if (before !== null && before !== state) places.set(before, [60, 400]);
    shown.forEach((one, place) => {
      const angle = shown.length === 1 ? 0 : Math.PI * (place / (shown.length - 1) - 0.5) * 0.9;
      places.set(one, [420 + 520 * Math.cos(angle), 400 + 400 * Math.sin(angle)]);
    });
    return { places, left: next.length - shown.length };
  }

  return { LONGEST, walk, output, link, linked, random, letters, arrows, neighbourhood };
})();
