// Everything works without this file; with it there are keys, and facets without a full reload. Copying: copy.js.
(() => {
  "use strict";
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const store = {
    get(key) { try { return localStorage.getItem(key); } catch { return null; } },
    set(key, value) { try { localStorage.setItem(key, value); } catch { /* private mode: lasts for this page */ } },
  };
  let keysOff = store.get("keys") === "off";

  const say = (text) => { const line = one("#said"); line.textContent = ""; setTimeout(() => { line.textContent = text; }, 30); };

  // Facets, sorting, pages: fetch the same page and put its answer in place; on any trouble, follow the link.
  let wanted = 0;
  async function swap(url, push, key) {
    const turn = ++wanted;
    const target = new URL(url, location.href);
    target.hash = "";
    try {
      const response = await fetch(target, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = one("#answer", page), old = one("#answer");
      if (turn !== wanted) return;
      if (!response.ok || !fresh || !old) throw new Error("not an answer");
      const sheet = one("#filters")?.matches(":target");
      if (push) history.pushState({ swap: true }, "", target.href + (sheet ? "#filters" : ""));
      // What the reader has unfolded stays so: folds are not part of the address.
      const unfolded = new Set(all("details[data-fold][open]", old).map((each) => each.dataset.fold));
      old.replaceWith(fresh);
      for (const each of all("details[data-fold]")) if (unfolded.has(each.dataset.fold)) each.open = true;
      one(".box").replaceWith(one(".box", page));
      document.title = page.title;
      const again = key && all("[data-key]").find((link) => link.dataset.key === key);
      if (again) again.focus({ preventScroll: true });
      else if (push) { one("#main").focus({ preventScroll: true }); scrollTo(0, 0); }
      say(one(".thin .reading")?.textContent || "");
      // The browser decides :target when it navigates, not when a page is replaced.
      if (sheet) location.replace("#filters");
    } catch {
      if (turn === wanted) location.href = url;
    }
  }
  if (one("#answer")) history.replaceState({ swap: true }, "");
  let shown = location.pathname + location.search;
  addEventListener("popstate", () => {
    const now = location.pathname + location.search;
    if (now !== shown && one("#answer")) { shown = now; swap(location.href, false); }
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if ("swap" in link.dataset && one("#answer")) {
      event.preventDefault();
      swap(link.href, true, link.dataset.key).then(() => { shown = location.pathname + location.search; });
    }
  });

  // Keys
  const ROW = ".hit, .said, .pair";
  function step(by) {
    const links = [...all(".hit .open"), ...all(".said .open"), ...all(".pair").map((pair) => one(".open", pair)).filter(Boolean)];
    if (!links.length) return;
    const at = links.findIndex((link) => link.closest(ROW).contains(document.activeElement));
    const next = links[Math.max(0, Math.min(links.length - 1, at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by))];
    next.focus();
    next.closest(ROW).scrollIntoView({ block: "nearest" });
  }
  // Two documents side by side: from difference to difference; what is the same is folded away.
  function toDifference(by) {
    const rows = all("[data-differs]");
    if (!rows.length) return false;
    const line = 150;
    const here = rows.indexOf(document.activeElement?.closest("[data-differs]"));
    const at = here >= 0 ? here + by
      : by > 0 ? rows.findIndex((row) => row.getBoundingClientRect().top > line)
      : rows.findLastIndex((row) => row.getBoundingClientRect().top < line - 10);
    const next = rows[(at + rows.length) % rows.length];
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "start" });
    say(next.getAttribute("aria-label") + "，第 " + (rows.indexOf(next) + 1) + " 处，共 " + rows.length + " 处");
    return true;
  }
  let spot = 0;
  function jump(by) {
    if (toDifference(by)) return;
    const spots = all("[id^=hit-].spot");
    if (!spots.length) return;
    const named = /^#hit-(\d+)$/.exec(location.hash);
    if (named) spot = Number(named[1]);
    else if (!spot && by < 0) spot = 1;
    else if (!spot) spot = spots.filter((each) => each.getBoundingClientRect().top < 80).length;
    spot = ((spot + by - 1 + spots.length) % spots.length) + 1;
    location.replace("#hit-" + spot);
    say("第 " + spot + " 处，共 " + spots.length + " 处");
  }
  const keys = {
    "/": () => { const box = one("#q"); box.focus(); box.select(); },
    "?": () => { location.href = "/help#keys"; },
    j: () => step(1),
    k: () => step(-1),
    b: () => one(".as-base", document.activeElement?.closest(".said, .wording") || document.createElement("p"))?.click(),
    f: () => one(".fade-switch")?.click(),
    s: () => {
      const row = document.activeElement?.closest(".hit, .block, .said, .side") || one(".target") || one(".hit, .said");
      row?.querySelector("button.save")?.click();
    },
    n: () => jump(1),
    p: () => jump(-1),
    c: () => {
      const hit = document.activeElement?.closest(".hit, .block") || one(".target") || one(".card") || one(".hit");
      const link = hit && (one("[data-cite]", hit) || one("[data-copy]", hit));
      if (link) link.click();
    },
  };
  document.addEventListener("keydown", (event) => {
    // 229: a key that an input method is still working on.
    if (keysOff || event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
    const field = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (field) { if (event.key === "Escape") field.blur(); return; }
    const act = keys[event.key];
    if (act) { event.preventDefault(); act(); }
  });
  const button = one("#keys-switch");
  if (button) {
    const label = () => { button.textContent = keysOff ? "开启快捷键" : "关闭快捷键"; };
    button.hidden = false;
    label();
    button.addEventListener("click", () => { keysOff = !keysOff; store.set("keys", keysOff ? "off" : "on"); label(); });
  }

  // Reading on a phone, the contents would stand before the text.
  if (matchMedia("(max-width: 46rem)").matches) one(".contents details")?.removeAttribute("open");
  const target = one(".target");
  if (target && !location.hash) target.scrollIntoView({ block: "center" });
})();
