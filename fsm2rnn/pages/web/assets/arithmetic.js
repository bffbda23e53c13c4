"use strict";
// h <- A_x h in a network's own float arithmetic, its reading, and its distance from where it should be. No page here.
const fsmArithmetic = (() => {
  // Bits of the significand, the least exponent of a unit in the last place, and the largest number.
  const SHORT = {
    bfloat16: { precision: 8, lowest: -133, largest: (2 - 2 ** -7) * 2 ** 127 },
    float16: { precision: 11, lowest: -24, largest: 65504 },
    float8_e4m3fn: { precision: 4, lowest: -9, largest: 448 },
    float8_e5m2: { precision: 3, lowest: -16, largest: 57344 },
  };

  // The nearest number of the format, ties to even; beyond the largest one Infinity.
  function rounded(value, form) {
    if (form === "float64" || !Number.isFinite(value) || value === 0) return value;
    if (form === "float32") return Math.fround(value);
    const { precision, lowest, largest } = SHORT[form];
    const size = Math.abs(value);
    let exponent = Math.floor(Math.log2(size));
    if (2 ** exponent > size) exponent -= 1; // log2 is rounded itself
    if (2 ** (exponent + 1) <= size) exponent += 1;
    const unit = 2 ** Math.max(exponent - precision + 1, lowest);
    const parts = size / unit;
    let whole = Math.floor(parts);
    const rest = parts - whole;
    if (rest > 0.5 || (rest === 0.5 && whole % 2 === 1)) whole += 1;
    const found = whole * unit;
    return Math.sign(value) * (found > largest ? Infinity : found);
  }

  function rows(entries, height) {
    const found = Array.from({ length: height }, () => ({ columns: [], values: [] }));
    for (const [row, column, value] of entries) {
      found[row].columns.push(column);
      found[row].values.push(value);
    }
    return found;
  }

  // The factors or updates of a network that does not multiply by A_x at once.
  function through(network) {
    const found = network.through ?? null;
    if (found === null || found.kind === "updated") return found;
    const rank = found.gates[0].length;
    return { ...found, given: rows(found.given, rank), output: rows(found.output, network.width) };
  }

  // What a run needs of a network: the rows of each letter and of the scores, and the codes of each state.
  function prepared(network) {
    const codes = new Map();
    network.points.forEach((point, place) => {
      const state = network.point_reads[place];
      if (!codes.has(state)) codes.set(state, []);
      codes.get(state).push({ point, end: network.ends[place] ?? point });
    });
    return {
      network,
      letters: network.matrices.map((entries) => rows(entries, network.width)),
      scores: rows(network.scores, network.bias.length),
      through: through(network),
      codes,
    };
  }

  // A sum of products, each and every partial sum rounded to the accumulating format.
  function summed({ columns, values }, state, accumulator) {
    let sum = 0;
    for (let k = 0; k < columns.length; k += 1) {
      sum = rounded(sum + rounded(values[k] * state[columns[k]], accumulator), accumulator);
    }
    return sum;
  }

  // U (gates * V h), in the accumulating format.
  function gated({ given, gates, output }, letter, state, accumulator) {
    const inner = given.map((row, place) => rounded(summed(row, state, accumulator) * gates[letter][place], accumulator));
    return output.map((row) => summed(row, inner, accumulator));
  }

  // h - beta (key . h) key for each update in turn, in the accumulating format.
  function updated({ letters }, letter, state, accumulator) {
    let now = state;
    for (const { key, beta } of letters[letter]) {
      let sum = 0;
      for (let k = 0; k < key.length; k += 1) sum = rounded(sum + rounded(key[k] * now[k], accumulator), accumulator);
      const scale = rounded(beta * -sum, accumulator);
      now = now.map((value, k) => rounded(value + rounded(scale * key[k], accumulator), accumulator));
    }
    return now;
  }

  // Sums are taken in the accumulating format, and each new number is rounded once.
  function stepped(ready, letter, state) {
    const { form, accumulator } = ready.network;
    if (ready.through !== null) {
      const parts = ready.through.kind === "gated" ? gated : updated;
      return parts(ready.through, letter, state, accumulator).map((value) => rounded(value, form));
    }
    return ready.letters[letter].map((row) => rounded(summed(row, state, accumulator), form));
  }

  // The machine state whose score is strictly ahead of those of all others, -1 where there is none.
  function read(ready, state) {
    const { bias, reads } = ready.network;
    let best = -Infinity;
    let rival = -Infinity;
    let winner = -1;
    for (let row = 0; row < bias.length; row += 1) {
      const { columns, values } = ready.scores[row];
      let score = bias[row];
      for (let k = 0; k < columns.length; k += 1) score += values[k] * state[columns[k]];
      if (Number.isNaN(score)) return -1;
      if (score > best) {
        if (reads[row] !== winner) rival = best;
        best = score;
        winner = reads[row];
      } else if (reads[row] !== winner && score > rival) {
        rival = score;
      }
    }
    return best > rival ? winner : -1;
  }

  // The state after the symbol that is the count-th of a word: put back on its code where the network says so.
  function advanced(ready, letter, state, count) {
    const next = stepped(ready, letter, state);
    const { snap_every: every, snap_points: points } = ready.network;
    if (every === null || count % every !== 0) return next;
    const at = read(ready, next);
    return at < 0 ? next : points[at].slice();
  }

  // h_0, ..., h_T along a word; `known` = { word, states } of another saves the steps that both begin with.
  function states(ready, word, known) {
    let shared = 0;
    if (known) while (shared < Math.min(word.length, known.word.length) && word[shared] === known.word[shared]) shared += 1;
    const found = known ? known.states.slice(0, shared + 1) : [ready.network.initial.slice()];
    for (let place = shared; place < word.length; place += 1) {
      found.push(advanced(ready, word[place], found[place], place + 1));
    }
    return found;
  }

  // The Euclidean distance from the nearest code of the state in which the machine is, 0 inside its intervals.
  function distance(ready, state, at) {
    let least = Infinity;
    for (const { point, end } of ready.codes.get(at) || []) {
      let sum = 0;
      for (let k = 0; k < point.length; k += 1) {
        sum += Math.max(point[k] - state[k], state[k] - end[k], 0) ** 2;
      }
      least = Math.min(least, Math.sqrt(sum));
    }
    return least;
  }

  // A run over letters: the greatest distance in each of a few hundred parts of its logarithmic axis, and what is wrong.
  function drift(ready, machine, letters) {
    let state = ready.network.initial.slice();
    let at = machine.start;
    let first = null;
    let wrong = 0;
    const samples = [];
    letters.forEach((letter, place) => {
      state = advanced(ready, letter, state, place + 1);
      at = machine.table[at][letter];
      if (read(ready, state) !== at) {
        wrong += 1;
        if (first === null) first = place + 1;
      }
      const error = distance(ready, state, at);
      const part = Math.floor(60 * Math.log10(place + 1));
      const last = samples[samples.length - 1];
      if (last !== undefined && last.part === part) last.error = Math.max(last.error, error);
      else samples.push({ part, step: place + 1, error });
    });
    return { count: letters.length, first, wrong, samples };
  }

  // How many symbols a run may have so that it takes about a second.
  function affordable(ready, wanted) {
    const { network } = ready;
    const most = Math.max(...network.matrices.map((entries) => entries.length));
    const codes = (network.points.length / Math.max(1, ready.codes.size)) * network.width;
    const work = most + network.scores.length + network.bias.length + codes + 1;
    return Math.max(1, Math.min(wanted, Math.floor(4e7 / work)));
  }

  return { rounded, prepared, stepped, read, states, distance, drift, affordable };
})();
