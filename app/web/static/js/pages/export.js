// The export page: what a format allows is offered, what it does not is left out.

const form = document.getElementById("export");
const crs = document.getElementById("crs");
const encoding = document.getElementById("encoding");
const field = document.getElementById("encoding-field");
const note = document.getElementById("format-note");
const PROJECTED = /^EPSG:(?!4490|4326)/;

function fit() {
  const { value, dataset } = form.querySelector('input[name="f"]:checked');
  for (const option of crs.options) option.disabled = dataset.degrees === "yes" && PROJECTED.test(option.value);
  if (crs.selectedOptions[0]?.disabled) crs.value = "";
  const encodings = dataset.encodings.split(",").filter(Boolean);
  encoding.replaceChildren(...encodings.map((name) => new Option(name, name)));
  encoding.disabled = encodings.length === 0;
  field.hidden = encodings.length === 0;
  note.hidden = value !== "shp";
}

form.addEventListener("change", (event) => event.target.name === "f" && fit());
// What is left to the format is not part of the address.
form.addEventListener("formdata", ({ formData }) => formData.get("crs") === "" && formData.delete("crs"));
fit();
