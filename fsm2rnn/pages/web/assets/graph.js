// The state graph: the present state lit, the arrow that was taken, and around large machines the nearest states only.
const fsmGraph = (() => {
  const { element, drawn, colour, cut } = fsmElements;
  const ALL_ARROWS = 1500; // beyond, those out of the present state
  const NAMED_ARROWS = 60;
  const LETTERS = 120; // of all names of arrows; beyond, only those out of the present state are seen
  const NEIGHBOURS = 24;

  function radius(count) {
    if (count <= 12) return 34;
    if (count <= 30) return 24;
    return count <= 80 ? 15 : 10;
  }

  // A curve from one circle to another, beside the line where arrows go both ways; a loop where both are one.
  function curve(start, end, size, bent, centre) {
    if (start[0] === end[0] && start[1] === end[1]) return loop(start, size, centre);
    const across = [end[0] - start[0], end[1] - start[1]];
    const bend = bent ? 0.16 : 0;
    const middle = [
      (start[0] + end[0]) / 2 - across[1] * bend,
      (start[1] + end[1]) / 2 + across[0] * bend,
    ];
    const from = towards(start, middle, size);
    const to = towards(end, middle, size + 3);
    const label = [
      0.25 * from[0] + 0.5 * middle[0] + 0.25 * to[0],
      0.25 * from[1] + 0.5 * middle[1] + 0.25 * to[1],
    ];
    const line = towards(end, middle, size + 14);
    return { path: `M${from} Q${middle} ${line}`, tip: arrowhead(to, middle), label };
  }

  function loop(at, size, centre) {
    const across = [at[0] - centre[0], at[1] - centre[1]];
    const away = Math.hypot(...across) < 3 * size ? -Math.PI / 2 : Math.atan2(across[1], across[0]); // names stand below
    const point = (angle, far) => [at[0] + far * Math.cos(angle), at[1] + far * Math.sin(angle)];
    const [out, back] = [away - 0.55, away + 0.55];
    const far = size * 1.6 + 34;
    const to = point(back, size + 3);
    const knee = point(back, far);
    return {
      path: `M${point(out, size)} C${point(out, far)} ${knee} ${point(back, size + 14)}`,
      tip: arrowhead(to, knee),
      label: point(away, far * 0.86 + 10),
    };
  }

  function towards(from, to, far) {
    const across = [to[0] - from[0], to[1] - from[1]];
    const length = Math.hypot(...across) || 1;
    return [from[0] + (across[0] / length) * far, from[1] + (across[1] / length) * far];
  }

  function arrowhead(tip, from) {
    const back = towards(tip, from, 17);
    const side = [(tip[1] - back[1]) * 0.42, (back[0] - tip[0]) * 0.42];
    return `${tip} ${back[0] + side[0]},${back[1] + side[1]} ${back[0] - side[0]},${back[1] - side[1]}`;
  }

  function label(machine, one) {
    const text = one.symbols.map((symbol) => machine.symbols[symbol]);
    return cut(text.length > 3 ? `${text.slice(0, 2).join(", ")}, +${text.length - 2}` : text.join(", "), 18);
  }

  function arrow(machine, one, places, size, two, centre, named) {
    const at = places.get(one.from);
    const alone = one.from === one.to && one.from === machine.start; // its left side is the entrance's
    const shape = curve(at, places.get(one.to), size, two, alone ? [at[0], 1e6] : centre);
    const kind = one.symbols.length === 1 ? colour(machine, one.symbols[0]) : "sx";
    return drawn("g", { class: `arrow ${kind}`, "data-from": one.from, "data-to": one.to },
      drawn("path", { d: shape.path }),
      drawn("polygon", { points: shape.tip }),
      named ? drawn("text", { x: shape.label[0], y: shape.label[1] + 8 }, label(machine, one)) : null);
  }

  function circle(machine, state, place, size, named) {
    const [x, y] = place;
    const accepts = machine.accepting !== null && machine.accepting[state];
    const inside = [...machine.states[state]].length <= 4;
    const says = machine.mealy ? "" : `, output ${machine.outputs[state][0]}`;
    const name = drawn("text", { x, y: inside ? y + size * 0.3 : y + size + 24, "font-size": inside ? size * 0.82 : 22,
      class: inside ? "in" : "out" },
      cut(machine.states[state], 14));
    return drawn("g", { class: "state", "data-state": state },
      drawn("title", {}, `${machine.states[state]}${says}`),
      drawn("circle", { cx: x, cy: y, r: size }),
      accepts ? drawn("circle", { cx: x, cy: y, r: size * 0.78, class: "inner" }) : null,
      named ? name : null);
  }

  function entrance(place, size) {
    const tip = [place[0] - size - 3, place[1] - size * 0.2];
    const from = [tip[0] - 42, tip[1] - 20];
    return drawn("g", { class: "arrow entrance" },
      drawn("path", { d: `M${from} L${towards(tip, from, 11)}` }),
      drawn("polygon", { points: arrowhead(tip, from) }));
  }

  // The box around places, with room for loops and names.
  function frame(places) {
    const xs = places.map((place) => place[0]);
    const ys = places.map((place) => place[1]);
    const [left, top] = [Math.min(...xs) - 110, Math.min(...ys) - 110];
    const width = Math.max(...xs) + 110 - left;
    const height = Math.max(...ys) + 110 - top;
    return { left, top, width, height, centre: [left + width / 2, top + height / 2] };
  }

  function picture(machine, places, arrows, size, whole) {
    const around = frame([...places.values()]);
    const centre = whole ? around.centre : [around.centre[0], 1e6]; // around one state loops point up
    const keys = new Set(arrows.map((one) => `${one.from},${one.to}`));
    const few = arrows.length <= NAMED_ARROWS;
    const names = places.size <= 30;
    const letters = few ? arrows.reduce((sum, one) => sum + label(machine, one).length, 0) : 0;
    const kind = arrows.length > 150 ? "graph dense" : "graph";
    const parts = arrows.map((one) => arrow(machine, one, places, size, keys.has(`${one.to},${one.from}`),
      centre, few));
    const circles = [...places].map(([state, place]) => circle(machine, state, place, size, names));
    const start = places.get(machine.start);
    return drawn("svg", {
      class: letters > LETTERS ? `${kind} quiet` : kind,
      role: "img",
      viewBox: `${around.left} ${around.top} ${around.width} ${around.height}`,
    }, ...parts, start === undefined ? null : entrance(start, size), ...circles);
  }

  // Marks what is lit. The name of the present state is added where names are not drawn.
  function light(svg, machine, places, now, before, symbol, size) {
    svg.querySelectorAll(".lit, .taken, .leaving").forEach((part) => part.classList.remove("lit", "taken", "leaving"));
    svg.querySelectorAll(`.arrow[data-from="${now}"]`).forEach((part) => part.classList.add("leaving"));
    svg.querySelectorAll(".name").forEach((part) => part.remove());
    const state = svg.querySelector(`[data-state="${now}"]`);
    if (state !== null) state.classList.add("lit");
    const edge = before === null ? null : svg.querySelector(`[data-from="${before}"][data-to="${now}"]`);
    if (edge !== null) {
      edge.classList.add("taken");
      svg.insertBefore(edge, svg.querySelector(".state"));
    }
    const place = places.get(now);
    if (places.size > 30) {
      svg.append(drawn("text", { class: "name", x: place[0], y: place[1] - size - 12 }, cut(machine.states[now], 24)));
    }
    const way = before === null ? "at the start" : `after ${machine.symbols[symbol]} from ${machine.states[before]}`;
    svg.setAttribute("aria-label", `state graph of ${machine.states.length} states; now in ${machine.states[now]}, ${way}`);
  }

  // A panel with `update(now, before, symbol)`; before is null where no symbol was read.
  function graph(machine) {
    const home = element("div", { class: "drawing" });
    const note = element("p", { class: "small" });
    const whole = machine.places !== null;
    const fixed = whole ? new Map(machine.places.map((place, state) => [state, place])) : null;
    const size = radius(whole ? machine.states.length : NEIGHBOURS);
    const every = whole ? fsmWords.arrows(machine) : [];
    const all = whole && every.length <= ALL_ARROWS;
    if (all) home.append(picture(machine, fixed, every, size, true));
    else if (whole) note.textContent = "Only the arrows out of the present state are drawn.";
    const update = (now, before, symbol) => {
      let places = fixed;
      if (!all) {
        const near = whole ? null : fsmWords.neighbourhood(machine, now, before, NEIGHBOURS);
        if (near !== null) {
          places = near.places;
          const more = near.left > 0 ? ` ${near.left} more states follow it.` : "";
          note.textContent = `The states next to the present one, of ${machine.states.length}.${more}`;
        }
        const out = fsmWords.arrows(machine, now).filter((one) => places.has(one.to));
        const into = before === null || before === now ? [] : fsmWords.arrows(machine, before).filter((one) => one.to === now);
        home.replaceChildren(picture(machine, places, [...into, ...out], size, whole));
      }
      light(home.firstChild, machine, places, now, before, symbol, size);
    };
    return { nodes: [home, note], update };
  }

  return { graph };
})();
