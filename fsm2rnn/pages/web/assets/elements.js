// Elements of the page. Labels enter as text or as attribute values, never as markup.
const fsmElements = (() => {
  const SPACE = document.getElementById("space").namespaceURI; // SVG's, as the browser names it
  const COLOURS = 8;

  function fill(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...children.filter((child) => child !== null));
    return node;
  }

  const element = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
  const drawn = (tag, attributes = {}, ...children) => fill(document.createElementNS(SPACE, tag), attributes, children);

  // The class that colours a symbol; machines of many symbols have one for all.
  function colour(machine, symbol) {
    return machine.symbols.length <= COLOURS ? `s${symbol}` : "sx";
  }

  function cut(text, most) {
    const letters = [...text];
    return letters.length <= most ? text : `${letters.slice(0, most - 1).join("")}…`;
  }

  // A drawing that stands alone: what style sheets say of its parts is written into them.
  function standalone(picture) {
    const copy = picture.cloneNode(true);
    const names = ["fill", "stroke", "stroke-width", "stroke-dasharray", "opacity", "font-size", "font-family",
      "font-weight", "text-anchor", "paint-order"];
    const parts = [picture, ...picture.querySelectorAll("*")];
    [copy, ...copy.querySelectorAll("*")].forEach((part, place) => {
      const style = getComputedStyle(parts[place]);
      for (const name of names) {
        const value = style.getPropertyValue(name);
        if (value !== "") part.setAttribute(name, value);
      }
      part.removeAttribute("class");
      part.removeAttribute("tabindex");
    });
    return new XMLSerializer().serializeToString(copy);
  }

  // A button that copies the drawing of a panel; where the clipboard is shut, the text stands in a box, selected.
  function copier(panel) {
    const box = element("textarea", { class: "copied", readonly: true, hidden: true, "aria-label": "SVG text" });
    const said = element("span", { class: "said", role: "status" });
    const copy = async () => {
      const text = standalone(panel.querySelector("svg"));
      box.hidden = true;
      try {
        await navigator.clipboard.writeText(text);
        said.textContent = "copied";
      } catch {
        box.hidden = false;
        box.value = text;
        box.focus();
        box.select();
        said.textContent = "press Ctrl+C";
      }
    };
    return element("div", { class: "copier" }, element("button", { type: "button", onclick: copy }, "copy as SVG"), said,
      box);
  }

  return { element, drawn, colour, cut, copier };
})();
