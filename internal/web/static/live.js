// Live pages: when the server says that there is something new, or after a while, the page is fetched
// again and its living part is put in place of the old one. Everything works without this module.

const quiet = 1000; // at least so many milliseconds between two looks

/** Replaces the living part of the page by a fresh one, and keeps what the reader did with it. */
function swap(old, fresh) {
  const open = new Map([...old.querySelectorAll("details[id]")].map((d) => [d.id, d.open]));
  const scrolled = new Map([...old.querySelectorAll("details[id] pre")].map((p) => [p.closest("details").id, position(p)]));
  const focus = pathOf(document.activeElement, old);
  const typed = [...old.querySelectorAll("input[id], textarea[id]")].filter((e) => e.value !== e.defaultValue).map((e) => [e.id, e.value]);

  old.replaceChildren(...fresh.childNodes);
  for (const name of ["data-stream", "data-every"]) old.setAttribute(name, fresh.getAttribute(name) ?? "");

  for (const d of old.querySelectorAll("details[id]")) {
    if (open.has(d.id)) d.open = open.get(d.id);
    const pre = d.querySelector("pre");
    if (pre && scrolled.has(d.id)) follow(pre, scrolled.get(d.id));
  }
  for (const [id, value] of typed) {
    const field = old.querySelector(`#${CSS.escape(id)}`);
    if (field) field.value = value;
  }
  focus?.(old)?.focus({ preventScroll: true });
}

/** Where a reader is in a text that grows: at its end, or at a line of it. */
function position(pre) {
  return { end: pre.scrollTop + pre.clientHeight >= pre.scrollHeight - 8, top: pre.scrollTop };
}

function follow(pre, was) {
  pre.scrollTop = was.end ? pre.scrollHeight : was.top;
}

/** How to find the focused element again: by its ID, its address, or the ID of what it folds. */
function pathOf(element, within) {
  if (!element || !within.contains(element)) return null;
  const find = (selector) => (root) => root.querySelector(selector);
  if (element.id) return find(`#${CSS.escape(element.id)}`);
  if (element.matches("summary")) return find(`#${CSS.escape(element.parentElement.id)} > summary`);
  if (element.matches("a[href]")) return find(`a[href="${CSS.escape(element.getAttribute("href"))}"]`);
  return null;
}

/** Says that the server does not answer, or that it does again. */
function lost(is) {
  const sign = document.getElementById("verbindung");
  if (sign) sign.hidden = !is;
}

class Live {
  constructor(part) {
    this.part = part;
    this.last = 0;
    this.again = false;
    this.busy = false;
    document.addEventListener("visibilitychange", () => this.listen());
    this.listen();
  }

  /** Listens and looks while the page is seen; a hidden page costs nothing. */
  listen() {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
    if (document.hidden) return;
    if (this.seen) this.look(); // what happened while the page was hidden
    this.seen = true;
    this.connect();
    this.wait();
  }

  connect() {
    const address = this.part.dataset.stream;
    if (!address || !window.EventSource) return;
    this.source = new EventSource(address);
    this.source.addEventListener("neu", () => this.look());
    this.source.addEventListener("ende", () => {
      this.source.close();
      this.source = null;
      this.look();
    });
  }

  /** Looks after a while in any case: the stream may be cut by something in between. */
  wait() {
    clearTimeout(this.timer);
    const every = Number(this.part.dataset.every);
    if (every > 0 && !document.hidden) this.timer = setTimeout(() => this.look(), every * 1000);
  }

  /** Fetches the page; several wishes within a moment are one. */
  async look() {
    if (this.busy) {
      this.again = true;
      return;
    }
    this.busy = true;
    await new Promise((go) => setTimeout(go, Math.max(0, this.last + quiet - Date.now())));
    try {
      const answer = await fetch(location.href, { credentials: "same-origin", cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("lebendig");
      if (fresh) {
        swap(this.part, fresh);
      } else { // the page no longer changes: what is left of it is final
        const main = page.getElementById("inhalt");
        if (main) swap(this.part, main);
        this.stop();
      }
      document.title = page.title;
      lost(false);
    } catch {
      lost(true);
    }
    this.last = Date.now();
    this.busy = false;
    if (this.again) {
      this.again = false;
      this.look();
    } else {
      this.wait();
    }
  }

  stop() {
    this.source?.close();
    this.source = null;
    this.part.dataset.every = "0";
    this.part.dataset.stream = "";
  }
}

/** Writes a length of time as the server does, for those that run on a page. */
function length(ms) {
  const s = Math.floor(ms / 1000);
  if (s < 60) return `${s} s`;
  if (s < 3600) return s % 60 ? `${Math.floor(s / 60)} min ${s % 60} s` : `${s / 60} min`;
  return `${Math.floor(s / 3600)} h ${Math.floor(s / 60) % 60} min`;
}

/** Counts what runs on, from what the server said, until the page is fetched again. */
const counted = new WeakMap();
setInterval(() => {
  if (document.hidden) return;
  for (const e of document.querySelectorAll("[data-since], progress[data-counts]")) {
    const from = Number(e.dataset.since ?? e.getAttribute("value"));
    if (!counted.has(e)) counted.set(e, { from, at: performance.now() });
    const now = counted.get(e).from + performance.now() - counted.get(e).at;
    if (e.dataset.since === undefined) e.value = Math.min(now, e.max);
    else if (now >= 1000) e.textContent = length(now);
  }
}, 1000);

const part = document.getElementById("lebendig");
if (part) new Live(part);

// A text that was just unfolded begins at its end: that is where the news is.
document.addEventListener("toggle", (e) => {
  const pre = e.target.open && e.target.querySelector?.("pre[data-tail]");
  if (pre) pre.scrollTop = pre.scrollHeight;
}, true);
