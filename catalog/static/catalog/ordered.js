"use strict";
// Makes a list to be dragged, or moved by its buttons, of each textarea of lines in an order.
// The textarea stays what is sent, and what there is without this script.

function ordered(lines) {
  const list = document.createElement("ol");
  list.className = "ordered";
  const entry = document.createElement("input");
  entry.type = "text";
  entry.className = "vTextField";
  entry.placeholder = "slug-of-a-product";
  entry.setAttribute("aria-label", "Slug of a product to add");
  let dragged = null;

  function write() {
    lines.value = [...list.children].map((row) => row.dataset.line).join("\n");
  }

  function button(label, title, act) {
    const one = document.createElement("button");
    one.type = "button";
    one.textContent = label;
    one.title = title;
    one.setAttribute("aria-label", title);
    one.addEventListener("click", () => {
      act();
      write();
      one.focus();
    });
    return one;
  }

  function add(line) {
    const row = document.createElement("li");
    row.dataset.line = line;
    row.draggable = true;
    const name = document.createElement("span");
    name.textContent = line;
    row.append(
      button("↑", `Move ${line} up`, () => row.previousElementSibling?.before(row)),
      button("↓", `Move ${line} down`, () => row.nextElementSibling?.after(row)),
      button("✕", `Take ${line} out`, () => row.remove()),
      name,
    );
    row.addEventListener("dragstart", (event) => {
      dragged = row;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", line);
      row.classList.add("dragged");
    });
    row.addEventListener("dragend", () => {
      row.classList.remove("dragged");
      dragged = null;
      write();
    });
    list.append(row);
  }

  list.addEventListener("dragover", (event) => {
    const row = event.target.closest("li");
    if (!dragged || !row) return;
    event.preventDefault();
    if (row === dragged) return;
    const { top, height } = row.getBoundingClientRect();
    if (event.clientY < top + height / 2) row.before(dragged);
    else row.after(dragged);
  });
  list.addEventListener("drop", (event) => event.preventDefault());
  entry.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const line = entry.value.trim();
    if (!line) return;
    add(line);
    write();
    entry.value = "";
  });

  lines.value.split("\n").map((line) => line.trim()).filter(Boolean).forEach(add);
  lines.hidden = true;
  const hint = document.createElement("p");
  hint.className = "ordered-hint";
  hint.textContent = "Type a slug and press Enter to add it.";
  const box = document.createElement("div");
  box.className = "ordered-box";
  box.append(list, entry, hint);
  lines.after(box);
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("textarea.ordered-lines").forEach(ordered);
});
