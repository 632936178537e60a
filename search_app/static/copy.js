// Copying and sharing: a link, a quotation with its citation, a field. Each does without script what its element does.
(() => {
  "use strict";
  const one = (selector, root = document) => root.querySelector(selector);
  const say = (text) => { const line = one("#said"); if (!line) return; line.textContent = ""; setTimeout(() => { line.textContent = text; }, 30); };

  // Old browsers, and pages that are not served safely, have no clipboard: what is selected is copied.
  function selected(text) {
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "unseen";
    document.body.append(field);
    field.select();
    let done = false;
    try { done = document.execCommand("copy"); } catch { /* refused */ }
    field.remove();
    return done;
  }
  // A promise is handed over as it is: Safari lets a page write only while it answers a click.
  async function put(coming) {
    if (navigator.clipboard?.write && window.ClipboardItem) {
      try {
        const blob = coming.then((text) => new Blob([text], { type: "text/plain" }));
        await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
        return true;
      } catch { /* not allowed, or no promises in it */ }
    }
    const text = await coming;
    try { await navigator.clipboard.writeText(text); return true; } catch { return selected(text); }
  }
  function done(link, text) {
    say(text);
    if (link.dataset.said) return;
    link.dataset.said = link.textContent;
    link.textContent = "已复制";
    setTimeout(() => { link.textContent = link.dataset.said; delete link.dataset.said; }, 1600);
  }
  // On a phone a link is passed on rather than pasted.
  async function share(url) {
    if (!navigator.share || !matchMedia("(pointer: coarse)").matches) return false;
    try { await navigator.share({ title: document.title, url }); return true; } catch (error) { return error.name === "AbortError"; }
  }
  async function copyLink(link) {
    const url = new URL(link.dataset.copy || link.getAttribute("href"), location.href).href;
    if (await share(url)) return;
    if (await put(Promise.resolve(url))) { link.focus({ preventScroll: true }); done(link, "链接已复制"); return; }
    const fold = link.closest("details");
    if (!fold) { location.href = link.href; return; }
    fold.open = true;
    one("input", fold).select();
  }
  async function cite(link) {
    const coming = fetch(link.dataset.cite).then(async (answer) => {
      if (!answer.ok) throw new Error("no citation");
      const found = await answer.json();
      return found.quotation || found.citation;
    });
    try {
      if (!(await put(coming))) throw new Error("not copied");
      link.focus({ preventScroll: true });
      done(link, "引文、著录与链接已复制");
    } catch { location.href = link.href; }
  }
  async function take(link) {
    const field = document.getElementById(link.dataset.take);
    if (await put(Promise.resolve(field.value))) done(link, "已复制");
    else { field.focus(); field.select(); }
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-copy], [data-cite], [data-take]");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if ("cite" in link.dataset) cite(link);
    else if ("take" in link.dataset) take(link);
    else copyLink(link);
  });
  // What is to be taken by hand is taken whole.
  document.addEventListener("focusin", (event) => { if (event.target.matches?.(".share input, .taken textarea")) event.target.select(); });
})();
