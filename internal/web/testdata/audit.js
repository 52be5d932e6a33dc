// Looks over the page, folded as it is and with everything unfolded, and returns what is wrong with
// it, one sentence each. Written for the browser test; the console itself does not load it.
(() => {
const audit = () => {
  const wrong = [];
  const say = (what, where) => wrong.push(where ? `${what}: ${describe(where)}` : what);
  const describe = (e) => `<${e.tagName.toLowerCase()}${e.id ? "#" + e.id : ""}${e.getAttribute("class") ? "." + e.getAttribute("class").replaceAll(" ", ".") : ""}> ${(e.textContent ?? "").trim().replace(/\s+/g, " ").slice(0, 40)}`;
  const all = (selector) => [...document.querySelectorAll(selector)];
  const shown = (e) => e.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && !e.closest(".hidden, .skip") && e.getBoundingClientRect().width > 1;

  // Colours: everything the browser understands, drawn on one pixel.
  const pixel = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const rgba = (colour) => {
    if (!known.has(colour)) {
      pixel.clearRect(0, 0, 1, 1);
      pixel.fillStyle = colour;
      pixel.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = pixel.getImageData(0, 0, 1, 1).data;
      known.set(colour, [r, g, b, a / 255]);
    }
    return known.get(colour);
  };
  const over = (front, back) => [0, 1, 2].map((i) => front[i] * front[3] + back[i] * (1 - front[3])).concat(1);
  const grounds = new Map([[null, rgba(matchMedia("(prefers-color-scheme: dark)").matches ? "#121212" : "#fff")]]);
  const ground = (e) => {
    if (!grounds.has(e)) grounds.set(e, over(rgba(getComputedStyle(e).backgroundColor), ground(e.parentElement)));
    return grounds.get(e);
  };
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const contrast = (e, colour) => {
    const back = ground(e);
    const [a, b] = [light(over(rgba(colour), back)), light(back)].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  };

  const page = document.documentElement;
  if (page.scrollWidth > page.clientWidth) {
    say(`page is ${page.scrollWidth - page.clientWidth}px wider than the window`);
    for (const e of all("body *")) if (shown(e) && e.getBoundingClientRect().right > page.clientWidth + 1) say("sticks out", e);
  }

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let texts = 0;
  for (let node; (node = walker.nextNode());) {
    const e = node.parentElement;
    if (!node.textContent.trim() || e.closest("svg, noscript, script") || !shown(e)) continue;
    texts++;
    const ratio = contrast(e, getComputedStyle(e).color);
    if (ratio < 4.5) say(`contrast ${ratio.toFixed(2)}`, e);
    if (parseFloat(getComputedStyle(e).fontSize) < 13) say(`text of ${getComputedStyle(e).fontSize}`, e);
  }
  if (texts < 5) say("hardly any text was looked at");
  for (const e of all("input[placeholder]")) {
    const ratio = contrast(e, getComputedStyle(e, "::placeholder").color);
    if (ratio < 4.5) say(`contrast of the placeholder ${ratio.toFixed(2)}`, e);
  }
  for (const e of all("svg.shape")) {
    if (shown(e) && contrast(e, getComputedStyle(e).color) < 3) say("contrast of a shape", e);
  }
  for (const e of all("input:not([type=hidden]), select, textarea, button, a.button")) {
    if (!shown(e) || e.matches(".primary, .quiet")) continue;
    if (e.matches("input[type=checkbox], input[type=radio]")) continue; // drawn by the browser
    const back = e.parentElement, edge = getComputedStyle(e).borderTopColor;
    if (contrast(back, edge) < 3) say(`contrast of an edge ${contrast(back, edge).toFixed(2)}`, e);
  }

  for (const e of all("input:not([type=hidden]), select, textarea")) if (!e.labels?.length) say("no label", e);
  for (const e of all("a, button, summary")) if (shown(e) && !(e.textContent.trim() || e.getAttribute("aria-label"))) say("no name", e);
  for (const e of all("button, a.button, .nav a, select, input:not([type=hidden])")) {
    if (!shown(e)) continue;
    const { width, height } = e.getBoundingClientRect();
    if (!e.matches("[type=checkbox], [type=radio]") && (width < 24 || height < 24)) say(`only ${Math.round(width)}×${Math.round(height)}px to hit`, e);
  }
  let level = 0;
  for (const e of all("h1, h2, h3, h4")) {
    const n = Number(e.tagName[1]);
    if (n > level + 1) say(`heading of level ${n} after level ${level}`, e);
    level = n;
  }
  if (all("h1").length !== 1) say(`${all("h1").length} main headings`);
  for (const [selector, n] of [["main", 1], ["body > header", 1], ["body > footer", 1], ["a.skip[href='#inhalt']", 1]]) {
    if (all(selector).length !== n) say(`${all(selector).length} of ${selector}`);
  }
  for (const e of all("nav, section, [role=search]")) if (!e.getAttribute("aria-label") && !e.getAttribute("aria-labelledby")) say("landmark without a name", e);
  for (const e of all("[aria-labelledby], [aria-describedby]")) {
    for (const id of `${e.getAttribute("aria-labelledby") ?? ""} ${e.getAttribute("aria-describedby") ?? ""}`.trim().split(/\s+/)) {
      if (!document.getElementById(id)) say(`refers to #${id}, which is not there`, e);
    }
  }
  const ids = all("[id]").map((e) => e.id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) say(`the ID ${id} is there twice`);
  for (const e of all("table")) {
    if (!e.caption?.textContent.trim()) say("table without a caption", e);
    for (const th of e.querySelectorAll("th")) if (!th.scope) say("head without a scope", th);
  }
  for (const e of all("svg")) {
    const named = e.getAttribute("role") === "img" && e.querySelector("title")?.textContent && e.querySelector("desc")?.textContent;
    if (e.getAttribute("aria-hidden") !== "true" && !named) say("picture without words", e);
  }
  for (const e of all("a[href^='#']")) if (!document.getElementById(e.getAttribute("href").slice(1))) say("leads nowhere", e);
  for (const e of all("[style], [onclick]")) say("style or script in line", e);
  return [...new Set(wrong)];
};
const folded = audit();
const closed = [...document.querySelectorAll("details:not([open])")];
for (const d of closed) d.open = true;
const unfolded = closed.length ? audit() : [];
for (const d of closed) d.open = false;
return [...new Set([...folded, ...unfolded])];
})()
