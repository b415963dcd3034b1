// What a page is held against, asked of the page itself. Returns what is wrong, in words.
() => {
  const wrong = [];
  const say = (what, one) => wrong.push(one ? `${what}: ${one.outerHTML.slice(0, 120)}` : what);
  const all = (what) => [...document.querySelectorAll(what)];
  const shown = (one) => one.checkVisibility({ visibilityProperty: true }) && one.getClientRects().length > 0;

  const wide = document.documentElement.scrollWidth - innerWidth;
  if (wide > 0) say(`wider than the screen by ${wide} pixels`);
  if (!document.title.trim()) say("no title");
  if (!/^(en|es|sw|ne)$/.test(document.documentElement.lang)) say("no language");
  for (const one of all("a[hreflang]")) if (one.lang !== one.hreflang) say("the name of a language without it", one);

  if (all("h1").length !== 1) say(`${all("h1").length} main headings`);
  let before = 0;
  for (const one of all("h1, h2, h3, h4, h5, h6").filter(shown)) {
    const level = Number(one.tagName[1]);
    if (level > before + 1) say(`a heading of level ${level} after one of level ${before}`, one);
    before = level;
  }
  if (all("[tabindex]").some((one) => one.tabIndex > 0)) say("an order of its own for the keyboard");

  // A finger needs 24 pixels, and 44 where one finds one's way. Links within a sentence are as high as its lines.
  for (const one of all("a[href], button, summary, input:not([type=hidden]), select, textarea").filter(shown)) {
    if (one.matches(".skip") || getComputedStyle(one).display === "inline") continue;
    const label = one.matches("[type=checkbox], [type=radio]") ? one.closest("label") ?? one : one;
    const { width, height } = label.getBoundingClientRect();
    const least = one.matches("nav a, button, .button, header *, footer *") ? 44 : 24;
    if (height < least - 0.5 || width < 23.5) say(`${Math.round(width)} by ${Math.round(height)} pixels to hit`, one);
  }
  return wrong;
}
