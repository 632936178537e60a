// Saving without leaving the page. Every button here works without this file: it then sends its form and comes back.
(() => {
  "use strict";
  const one = (selector, root = document) => root.querySelector(selector);
  const say = (text) => { const line = one("#said"); if (!line) return; line.textContent = ""; setTimeout(() => { line.textContent = text; }, 30); };
  let plain = null;
  let pressed = null;

  function show(button, kept) {
    if (!button?.isConnected || button.name !== "paragraph") return;
    button.classList.toggle("kept", kept);
    button.firstChild.data = kept ? "已收藏" : "收藏";
  }
  // The notice is written by our own server and escaped there.
  function tell(html) {
    const place = one("#notice");
    place.innerHTML = html;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "close-notice";
    close.textContent = "关闭";
    close.addEventListener("click", () => { place.replaceChildren(); if (pressed?.isConnected) pressed.focus({ preventScroll: true }); });
    one(".notice", place)?.append(close);
    say(one("[role=status]", place)?.textContent || "");
  }
  async function send(form, button) {
    const body = new URLSearchParams(new FormData(form, button));
    body.set("back", location.pathname + location.search);
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error("refused");
    return answer.json();
  }

  document.addEventListener("submit", async (event) => {
    const form = event.target, button = event.submitter;
    if (location.pathname.startsWith("/c/") || !form.matches("#save, form.again") || plain === form || event.defaultPrevented) return;
    event.preventDefault();
    try {
      const found = await send(form, button);
      if (form.id === "save") pressed = button;
      show(pressed, found.kind !== "removed");
      tell(found.notice);
    } catch { // the page that answers says what is wrong
      plain = form;
      form.requestSubmit(button);
      plain = null;
    }
  });
})();
