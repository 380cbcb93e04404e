// The list of layers opens and closes; the map learns when its own size has changed.

/** Wire the button of the layer list and keep the map's size right. */
export function addDrawers(map) {
  const container = map.getContainer();
  const button = document.getElementById("layers-button");
  const close = document.getElementById("layers-close");
  const open = (isOpen) => {
    document.body.dataset.layers = isOpen ? "open" : "closed";
    button.setAttribute("aria-expanded", String(isOpen));
  };
  // Beside an open list the map should still have room for the whole district.
  open(map.getSize().x > 700);
  button.addEventListener("click", () => open(document.body.dataset.layers !== "open"));
  close.addEventListener("click", () => {
    open(false);
    button.focus();
  });
  // The address after "#" is what the map shows, so that these links may not change it.
  for (const link of document.querySelectorAll(".skip")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const isOpen = document.body.dataset.layers === "open";
      const target = { "#main": container, "#layers-button": isOpen ? close : button }[link.hash] ?? document.querySelector(link.hash);
      target.focus();
    });
  }
  new ResizeObserver(() => {
    // Told of no change, Leaflet would still round the centre to a pixel.
    if (!map.getSize().equals([container.clientWidth, container.clientHeight])) map.invalidateSize({ pan: false });
  }).observe(container);
}
