// Listen to the keyboard: which elements it reaches, in which order, and whether one sees where one is.
() => {
  const kinds = "a[href], button, summary, input:not([type=hidden]), select, textarea, iframe, [tabindex='0']";
  const first = (one) => {
    const group = [...document.querySelectorAll("input[type=radio]")].filter((other) => other.name === one.name);
    return group.find((other) => other.checked) ?? group[0];
  };
  const expected = [...document.querySelectorAll(kinds)].filter(
    (one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled && one.tabIndex >= 0
      && (one.type !== "radio" || first(one) === one));
  const told = { reached: [], wrong: [], expected };
  const name = (one) => one.outerHTML.slice(0, 120);
  addEventListener("focusin", ({ target }) => told.reached.push(target));
  addEventListener("keyup", (event) => {
    const one = document.activeElement;
    if (event.key !== "Tab" || one === document.body || told.seen?.has(one)) return;
    (told.seen ??= new Set()).add(one);
    const style = getComputedStyle(one);
    if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) told.wrong.push(`not seen: ${name(one)}`);
    const box = [...one.getClientRects()].find((r) => r.width && r.height) ?? one.getBoundingClientRect();
    const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
    const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
    if (right - left < 1 || bottom - top < 1) return told.wrong.push(`out of sight: ${name(one)}`);
    const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    if (!(one.contains(hit) || hit?.contains(one))) told.wrong.push(`hidden behind ${hit && name(hit)}: ${name(one)}`);
  });
  window.keyboard = told;
  // A date has a stop for each of its parts.
  return expected.length + 4 * expected.filter((one) => one.type === "date").length;
}
