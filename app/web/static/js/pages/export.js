// The export page: what a format allows is offered, what it does not is left out.

const form = document.getElementById("export");
const crs = document.getElementById("crs");
const encoding = document.getElementById("encoding");
const field = document.getElementById("encoding-field");
const note = document.getElementById("format-note");
const surveyed = form.querySelectorAll("[data-gtxt]");
const PROJECTED = /^EPSG:(?!4490|4326)/;

function fit() {
  const { value, dataset } = form.querySelector('input[name="f"]:checked');
  const systems = dataset.systems.split(",").filter(Boolean);
  for (const option of crs.options) {
    const other = systems.length > 0 && option.value !== "" && !systems.includes(option.value);
    option.disabled = other || (dataset.degrees === "yes" && PROJECTED.test(option.value));
  }
  if (crs.selectedOptions[0]?.disabled) crs.value = "";
  const encodings = dataset.encodings.split(",").filter(Boolean);
  encoding.replaceChildren(...encodings.map((name) => new Option(name, name)));
  encoding.disabled = encodings.length === 0;
  field.hidden = encodings.length === 0;
  note.hidden = value !== "shp";
  for (const part of surveyed) {
    part.hidden = value !== "gtxt";
    for (const input of part.querySelectorAll("select, input")) input.disabled = part.hidden;
  }
}

form.addEventListener("change", (event) => event.target.name === "f" && fit());
// What is left to the format is not part of the address.
form.addEventListener("formdata", ({ formData }) => {
  for (const name of ["crs", "fields"]) if (formData.get(name) === "") formData.delete(name);
});
fit();
