// The hidden states of a recorded network in the plane, coloured by the machine's state, and the way along its word.
const fsmCloud = (() => {
  const { element, drawn, cut } = fsmElements;
  const COLOURED = 8; // states with a colour of their own

  const kind = (machine, state) => (machine.states.length <= COLOURED ? `s${state}` : "sx");

  // The box around places, at least a third as high as it is wide.
  function frame(places) {
    const [xs, ys] = [places.map((place) => place[0]), places.map((place) => 1000 - place[1])];
    const [left, right] = [Math.min(...xs) - 30, Math.max(...xs) + 30];
    const middle = (Math.min(...ys) + Math.max(...ys)) / 2;
    const high = Math.max(Math.max(...ys) - Math.min(...ys) + 60, (right - left) / 3);
    return `${left} ${middle - high / 2} ${right - left} ${high}`;
  }

  // A panel with `update(count)`: how many symbols of the recorded word were read, null where another word is read.
  function cloud(machine, found) {
    const way = drawn("polyline", { class: "path" });
    const now = drawn("circle", { class: "own", r: 13 });
    const y = (place) => 1000 - place[1];
    const dots = found.places.map((place, number) => drawn("circle", {
      class: `spot ${kind(machine, found.reads[number])}`, cx: place[0], cy: y(place), r: 8,
    }));
    const share = `${Math.round(100 * found.share)} % of their variance`;
    const svg = drawn("svg", { class: "cloud", viewBox: frame([...found.places, ...found.path]), role: "img",
      "aria-label": `${dots.length} hidden states projected on a plane that holds ${share}` }, ...dots, way, now);
    const few = machine.states.length <= COLOURED;
    const names = few ? machine.states.map((state, place) => element("span", {},
      element("span", { class: `bar s${place}` }), ` ${cut(state, 24)}`)) : [];
    const update = (count) => {
      const shown = count !== null;
      way.setAttribute("points", shown ? found.path.slice(0, count + 1).map((place) => [place[0], y(place)]).join(" ") : "");
      now.setAttribute("visibility", shown ? "visible" : "hidden");
      if (!shown) return;
      now.setAttribute("cx", found.path[count][0]);
      now.setAttribute("cy", y(found.path[count]));
    };
    const nodes = [element("div", { class: "drawing" }, svg), element("p", { class: "legend small" }, ...names),
      element("p", { class: "small" }, `${dots.length} states along random words, in the plane of ${share}` +
        `${few ? ", coloured by the machine's state" : ""}. `, element("span", { class: "dot own" }), " along its word")];
    return { nodes, update };
  }

  return { cloud };
})();
