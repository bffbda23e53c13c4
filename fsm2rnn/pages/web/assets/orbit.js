// Hidden states of two or three numbers as points in space: the codes, and the way along a word.
const fsmOrbit = (() => {
  const { element, drawn, colour, cut } = fsmElements;
  const [FEWEST, POINTS] = [6, 400]; // codes
  const TRAIL = 12; // symbols whose steps are drawn
  const SIZE = 1000;

  // Whether there is something to see: symbols that permute a few codes of two or three numbers.
  function fits(network, machine) {
    const { width, points, ends } = network;
    const permuting = machine.symbols.every((_, symbol) =>
      new Set(machine.table.map((row) => row[symbol])).size === machine.states.length);
    return permuting && ends.length === 0 && (width === 2 || width === 3) && points.length >= FEWEST && points.length <= POINTS;
  }

  // Pairs of codes that are about as near as the nearest: the edges of the solid whose corners they are.
  function edges(points) {
    const apart = (a, b) => Math.hypot(...a.map((value, place) => value - b[place]));
    const nearest = points.map((a) => Math.min(...points.filter((b) => b !== a).map((b) => apart(a, b))));
    return points.flatMap((a, i) => points.slice(i + 1).flatMap((b, rest) =>
      (apart(a, b) <= 1.3 * Math.max(nearest[i], nearest[i + 1 + rest]) ? [{ from: a, to: b, kind: "edge" }] : [])));
  }

  function turned(point, yaw, pitch) {
    const [x, y, z = 0] = point;
    const across = x * Math.cos(yaw) + z * Math.sin(yaw);
    const deep = -x * Math.sin(yaw) + z * Math.cos(yaw);
    return [across, y * Math.cos(pitch) - deep * Math.sin(pitch), y * Math.sin(pitch) + deep * Math.cos(pitch)];
  }

  // A panel with `update(states, word, place, at)`: the network's own numbers so far, and the state of the machine.
  function orbit(ready, machine) {
    const { network } = ready;
    const reach = Math.max(...network.points.map((point) => Math.hypot(...point)), 1e-9) * 1.15;
    const solid = edges(network.points);
    const flat = network.width === 2;
    const svg = drawn("svg", { class: "orbit", viewBox: `0 0 ${SIZE} ${SIZE}`, role: "img", tabindex: "0" });
    let [yaw, pitch] = flat ? [0, 0] : [0.5, 0.35];
    let [state, at, trail] = [network.initial, machine.start, []];

    const place = (point) => {
      const [x, y, z] = turned(point, yaw, pitch);
      return [SIZE / 2 + (x / reach) * (SIZE / 2), SIZE / 2 - (y / reach) * (SIZE / 2), z / reach];
    };
    const near = (depth) => 0.25 + 0.75 * ((depth + 1) / 2);

    function draw() {
      const segments = [...solid, ...trail].map((line) => ({ ...line, a: place(line.from), b: place(line.to) }));
      segments.sort((one, other) => one.a[2] + one.b[2] - other.a[2] - other.b[2]);
      const dots = network.points.map((point, number) => ({ at: place(point), read: network.point_reads[number] }));
      dots.sort((one, other) => one.at[2] - other.at[2]);
      const own = place(state);
      const shown = own.every(Number.isFinite);
      svg.replaceChildren(
        ...segments.map((one) => drawn("line", {
          class: one.kind, x1: one.a[0], y1: one.a[1], x2: one.b[0], y2: one.b[1],
          opacity: (near((one.a[2] + one.b[2]) / 2) * (one.fade || 0.8)).toFixed(2),
        })),
        ...dots.map((dot) => drawn("circle", {
          class: dot.read === at ? "code now" : "code", cx: dot.at[0], cy: dot.at[1],
          r: (7 + 6 * near(dot.at[2])).toFixed(1), opacity: near(dot.at[2]).toFixed(2),
        }, drawn("title", {}, machine.states[dot.read]))),
        ...(shown ? [drawn("circle", { class: "own", cx: own[0], cy: own[1], r: 12 }),
          drawn("text", { class: "name", x: own[0], y: own[1] - 24 }, cut(machine.states[at], 24))] : []),
      );
      const kind = flat ? "points in the plane" : "points in space";
      svg.setAttribute("aria-label", `${network.points.length} codes as ${kind}; the machine is in ${machine.states[at]}`);
    }

    function turn(across, down) {
      yaw += across;
      pitch = Math.max(-1.5, Math.min(1.5, pitch + down));
      draw();
    }

    if (!flat) {
      let held = null;
      svg.addEventListener("pointerdown", (event) => {
        held = [event.clientX, event.clientY];
        svg.setPointerCapture(event.pointerId);
      });
      svg.addEventListener("pointermove", (event) => {
        if (held === null) return;
        turn((event.clientX - held[0]) / 150, (event.clientY - held[1]) / 150);
        held = [event.clientX, event.clientY];
      });
      svg.addEventListener("pointerup", () => { held = null; });
      svg.addEventListener("keydown", (event) => {
        const keys = { ArrowLeft: [-0.15, 0], ArrowRight: [0.15, 0], ArrowUp: [0, -0.15], ArrowDown: [0, 0.15] };
        if (!(event.key in keys)) return;
        event.preventDefault();
        event.stopPropagation();
        turn(...keys[event.key]);
      });
    }
    const says = `Coloured lines are the last ${TRAIL} symbols.${flat ? "" : " Drag to turn, or use the arrow keys."}`;
    const update = (states, word, count, where) => {
      [state, at] = [states[count], where];
      const first = Math.max(0, count - TRAIL);
      trail = word.slice(first, count).map((symbol, step) => ({
        from: states[first + step], to: states[first + step + 1], kind: `way ${colour(machine, symbol)}`,
        fade: 0.3 + (0.7 * (step + 1)) / (count - first),
      })).filter((line) => [...line.from, ...line.to].every(Number.isFinite));
      draw();
    };
    return { nodes: [element("div", { class: "drawing" }, svg), element("p", { class: "small" }, `${says} `,
      element("span", { class: "dot own" }), " the network's own state")], update };
  }

  return { fits, orbit };
})();
