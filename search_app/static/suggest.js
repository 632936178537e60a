// Suggestions while typing: an ARIA 1.2 combobox with a listbox. Without this file the box is a plain search field.
(() => {
  "use strict";
  const WAIT = 120; // ms of rest before asking: shorter than the gap between two words, longer than that between keys
  const NAMES = { heading: "标题", title: "文档", pinyin: "拼音", word: "" };
  const known = new Map();
  let input, list, found = [], active = -1, timer, asking, composing = false;

  const isOpen = () => Boolean(list) && !list.hidden;

  function enhance(field) {
    if (field === input) return;
    input = field;
    input.type = "text"; // a search field may not be a combobox (ARIA in HTML)
    list = document.createElement("ul");
    list.id = "suggestions";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "检索建议");
    input.closest("form").append(list);
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": "suggestions", "aria-expanded": "false" })) {
      input.setAttribute(name, value);
    }
    // The field keeps the focus, on a phone the keyboard too.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) choose(found[Number(option.dataset.number)]);
    });
  }

  function close() {
    clearTimeout(timer);
    hide();
  }

  function hide() {
    asking?.abort();
    asking = undefined;
    active = -1;
    if (!input) return;
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function option(each, number) {
    const line = document.createElement("li");
    line.id = "suggestion-" + number;
    line.dataset.number = number;
    line.setAttribute("role", "option");
    line.setAttribute("aria-selected", "false");
    const text = document.createElement("span");
    text.className = "suggested";
    text.textContent = each.text;
    line.append(text);
    const said = [NAMES[each.kind], each.total === null ? "" : each.total.toLocaleString("zh-CN") + " 段"].filter(Boolean);
    const note = document.createElement("span");
    note.className = "quiet";
    note.textContent = said.join(" · ");
    line.append(" ", note);
    return line;
  }

  function show(suggestions) {
    found = suggestions;
    active = -1;
    input.removeAttribute("aria-activedescendant");
    list.replaceChildren(...found.map(option));
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(found.length > 0));
    const said = document.querySelector("#said");
    if (said && found.length) said.textContent = found.length + " 条建议，按上下键选择";
  }

  async function ask() {
    const text = input.value;
    if (!text.trim() || input.selectionStart !== text.length) { close(); return; }
    if (known.has(text)) { show(known.get(text)); return; }
    asking?.abort();
    const turn = asking = new AbortController();
    try {
      const response = await fetch("/api/v1/suggest?q=" + encodeURIComponent(text), { signal: turn.signal });
      if (!response.ok) throw new Error(response.status);
      const { suggestions } = await response.json();
      if (known.size > 200) known.clear();
      known.set(text, suggestions);
      if (turn === asking && input.value === text && document.activeElement === input) show(suggestions);
    } catch {
      if (turn === asking) hide(); // what was typed since then is still asked for
    }
  }

  function choose(each) {
    if (!each) return;
    close();
    if (each.kind === "title") { location.href = each.url; return; }
    input.value = new URL(each.url, location.href).searchParams.get("q");
    input.form.requestSubmit();
  }

  function move(by) {
    const options = list.children;
    options[active]?.setAttribute("aria-selected", "false");
    active += by;
    if (active < -1) active = options.length - 1;
    if (active >= options.length) active = -1;
    if (active < 0) { input.removeAttribute("aria-activedescendant"); return; }
    options[active].setAttribute("aria-selected", "true");
    options[active].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", options[active].id);
  }

  const isBox = (event) => event.target.id === "q" && event.target.closest(".box");
  document.addEventListener("focusin", (event) => { if (isBox(event)) enhance(event.target); });
  document.addEventListener("focusout", (event) => { if (isBox(event)) close(); });
  document.addEventListener("submit", close);
  addEventListener("pageshow", close);
  addEventListener("pagehide", close);
  document.addEventListener("compositionstart", (event) => { if (isBox(event)) { composing = true; close(); } });
  document.addEventListener("compositionend", (event) => { if (isBox(event)) { composing = false; later(event.target); } });
  document.addEventListener("input", (event) => {
    if (isBox(event) && !event.isComposing && !composing) later(event.target);
  });
  function later(field) {
    enhance(field);
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  }
  // Before the keys of the page, which would leave the field at Escape. 229: a key that an input method works on.
  document.addEventListener("keydown", (event) => {
    if (!isBox(event) || event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey) return;
    enhance(event.target);
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen()) ask();
      else if (!event.altKey) move(key === "ArrowDown" ? 1 : -1);
      else if (key === "ArrowUp") close();
    } else if (key === "Escape" && isOpen()) {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (key === "Enter" && isOpen() && active >= 0) {
      event.preventDefault();
      choose(found[active]);
    }
  }, true);
  const field = document.querySelector(".box #q");
  if (field && field === document.activeElement) enhance(field);
})();
