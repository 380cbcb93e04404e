// Two maps of the same place over each other: what lies left of a bar is the first, right of it the second.

/** Let the checkbox `#swipe` lay the maps of `frame` over each other, parted by `#swipe-at`. */
export function addSwipe(frame, sides) {
  const [box, bar] = ["swipe", "swipe-at"].map((id) => document.getElementById(id));
  const part = () => frame.style.setProperty("--swipe", `${bar.value}%`);
  box.addEventListener("change", () => {
    const [centre, zoom] = [sides[1].map.getCenter(), sides[1].map.getZoom()];
    frame.classList.toggle("swiping", box.checked);
    bar.closest("label").hidden = !box.checked;
    part();
    for (const { map } of sides) {
      map.invalidateSize({ pan: false });
      map.setView(centre, zoom, { animate: false });
    }
  });
  bar.addEventListener("input", part);
}
