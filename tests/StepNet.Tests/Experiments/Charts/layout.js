// Writes what is wrong with the figures of the page into its element "found": texts that touch or leave their figure.
const found = [];
for (const holder of document.querySelectorAll("[data-name]")) {
  const figure = holder.querySelector("svg").getBoundingClientRect();
  const texts = [...holder.querySelectorAll("text")]
    .filter(text => getComputedStyle(text).visibility === "visible")
    .map(text => ({ words: text.firstChild.data, box: text.getBoundingClientRect() }));
  if (texts.length === 0) found.push(`${holder.dataset.name}: no text`);
  for (const [i, { words, box }] of texts.entries()) {
    if (box.left < figure.left || box.right > figure.right || box.top < figure.top || box.bottom > figure.bottom)
      found.push(`${holder.dataset.name}: '${words}' leaves the picture`);
    for (const other of texts.slice(0, i))
      if (box.left < other.box.right && other.box.left < box.right && box.top < other.box.bottom && other.box.top < box.bottom)
        found.push(`${holder.dataset.name}: '${words}' touches '${other.words}'`);
  }
}
document.getElementById("found").textContent = found.join("\n");
