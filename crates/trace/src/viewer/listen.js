// Keys, mouse and fingers.

const keys = {
  ArrowRight: () => step(1), ArrowDown: () => step(1),
  ArrowLeft: () => step(-1), ArrowUp: () => step(-1),
  Home: () => choose(shown[0]), End: () => choose(shown.at(-1)),
  PageDown: () => scrollBy(0.8 * view.height), PageUp: () => scrollBy(-0.8 * view.height),
  "+": () => zoom(1.4), "=": () => zoom(1.4), "-": () => zoom(1 / 1.4), "0": () => zoom(0),
  "/": filterByText,
  r: () => hasTimes && respace(!view.byRows),
  t: toggleTheme,
  "?": showHelp,
  Escape: () => choose(null),
};

function filterByText() {
  showFilters(true);
  byId("filter-text").focus();
}

// Keys that mean something to the element that has the focus stay with it.
const ownKeys = {
  text: /^(?!Escape$)/, range: /^(Arrow|Home|End|Page)/, checkbox: /^$/,
};

const scrollKeys = /^(ArrowUp|ArrowDown|Page|Home|End)/;

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || byId("help").open) return;
  if (ownKeys[event.target.type]?.test(event.key)) return;
  if (details.contains(event.target) && scrollKeys.test(event.key)) return;
  if (event.key === "Escape" && event.target.type === "text") return event.target.blur();
  const act = keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

// One finger, or the mouse, drags the run; two fingers spread it. What has not moved is a tap.
const fingers = new Map();
let hasMoved = false;

function onPointerDown(event) {
  canvas.setPointerCapture(event.pointerId);
  if (fingers.size === 0) hasMoved = false;
  fingers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
}

function onPointerMove(event) {
  const before = fingers.get(event.pointerId);
  if (!before) return hover(event);
  const now = { x: event.offsetX, y: event.offsetY };
  if (!hasMoved && Math.hypot(now.x - before.x, now.y - before.y) < 4) return;
  hasMoved = true;
  const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
  if (other) pinch(before, now, other); else scrollBy(before.y - now.y);
  fingers.set(event.pointerId, now);
}

function pinch(before, now, other) {
  const apart = (finger) => Math.max(20, Math.hypot(finger.x - other.x, finger.y - other.y));
  zoomAt((now.y + other.y) / 2, apart(now) / apart(before));
  moved();
}

function onPointerUp(event) {
  const isTap = fingers.delete(event.pointerId) && !hasMoved && event.type === "pointerup";
  if (!isTap) return;
  drawNow(); // What is clicked on must be what is seen.
  const mark = markAt(event.offsetX, event.offsetY, event.pointerType === "mouse" ? 12 : 24);
  choose(mark?.event ?? null);
}

function onWheel(event) {
  event.preventDefault();
  const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
  if (!event.ctrlKey) return scrollBy(event.deltaY * lines);
  zoomAt(event.offsetY, Math.exp(-event.deltaY * lines * 0.004));
  moved();
}

// The tooltip says the whole message, which beside its mark may have been cut.
function hover(event) {
  const mark = markAt(event.offsetX, event.offsetY, 12);
  canvas.style.cursor = mark ? "pointer" : "grab";
  const hovered = mark?.event ?? null;
  if (mark) showTooltip(mark, event);
  else byId("tooltip").hidden = true;
  if (hovered === view.hovered) return;
  view.hovered = hovered;
  redraw();
}

function showTooltip(mark, { offsetX, offsetY }) {
  const tooltip = byId("tooltip");
  const words = mark.end ? storyOfArrow(mark) : inWords(mark.event);
  tooltip.textContent = `${capital(words)} (${moment(mark.event)})`;
  tooltip.hidden = false;
  const { width, height } = tooltip.getBoundingClientRect();
  const isLow = offsetY + height + 24 > view.height;
  tooltip.style.left = `${Math.max(4, Math.min(offsetX + 14, view.width - width - 4))}px`;
  tooltip.style.top = `${isLow ? offsetY - height - 12 : offsetY + 16}px`;
}

function storyOfArrow({ message, end, event }) {
  const way = end.startsWith("arrives") ? timeOnWay(message, event) : "";
  return `${messageInWords(message)}: ${end}${way}`;
}

function leaveMark() {
  byId("tooltip").hidden = true;
  view.hovered = null;
  redraw();
}

function onOverview(event) {
  if (event.type === "pointerdown") overview.setPointerCapture(event.pointerId);
  if (event.buttons === 0) return;
  scrollTo((event.offsetY / overview.clientHeight) * lastPlace);
  moved();
}

function listen() {
  const on = (id, type, act) => byId(id).addEventListener(type, act);
  on("next", "click", () => step(1));
  on("previous", "click", () => step(-1));
  on("zoom-in", "click", () => zoom(1.4));
  on("zoom-out", "click", () => zoom(1 / 1.4));
  on("whole", "click", () => zoom(0));
  on("rows", "click", () => respace(!view.byRows));
  on("theme", "click", toggleTheme);
  on("filter-button", "click", () => showFilters(byId("filters").hidden));
  on("help-button", "click", showHelp);
  on("scrubber", "input", scrub);
  on("filter-text", "input", refilter);
  on("canvas", "pointerdown", onPointerDown);
  on("canvas", "pointermove", onPointerMove);
  on("canvas", "pointerup", onPointerUp);
  on("canvas", "pointercancel", onPointerUp);
  on("canvas", "pointerleave", leaveMark);
  on("overview", "pointerdown", onOverview);
  on("overview", "pointermove", onOverview);
  canvas.addEventListener("wheel", onWheel, { passive: false });
  document.addEventListener("keydown", onKey);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  new ResizeObserver(resize).observe(canvas);
}
