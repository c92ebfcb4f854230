// The page's life: what is chosen, what the controls do, and when to draw.

const byId = (id) => document.getElementById(id);

// What was wrong, and the event that it shows after: the last one. If there was no room for the
// end of the run, no event of it can be named.
const violation = trace.end?.violation ?? null;
const violated = violation && !trace.end.left_out ? events.at(-1) : null;

let isDrawn = false;
function redraw() {
  if (!isDrawn) return;
  isDrawn = false;
  requestAnimationFrame(drawNow);
}

function drawNow() {
  if (isDrawn) return;
  isDrawn = true;
  draw();
  showScrubber();
}

// Choosing.

function choose(event, { isQuiet = false } = {}) {
  view.chosen = event ?? null;
  if (event) bringIntoView(event);
  showDetails(view.chosen);
  if (event && !isQuiet) say(`${moment(event)}: ${inWords(event)}`);
  redraw();
}

function bringIntoView(event) {
  const y = yOf(places[event.index]);
  if (y < HEAD_HEIGHT + 40 || y > view.height - 40) scrollTo(places[event.index]);
}

function step(direction) {
  const next = neighbour(view.chosen, direction);
  if (next) choose(next); else say(direction > 0 ? "This is the last event." : "This is the first event.");
}

function say(words) {
  byId("status").textContent = words;
}

// The controls.

function showScrubber() {
  const scrubber = byId("scrubber");
  const room = (view.height - HEAD_HEIGHT) / view.scale;
  const middle = view.top + room / 2;
  scrubber.value = lastPlace ? Math.round((1000 * middle) / lastPlace) : 0;
  const at = Math.max(0, Math.min(middle, lastPlace));
  scrubber.ariaValueText = hasTimes ? milliseconds(timeOfPlace(at)) : `step ${Math.round(at) + 1}`;
}

function zoom(factor, y = HEAD_HEIGHT + (view.height - HEAD_HEIGHT) / 2) {
  const chosenY = view.chosen && yOf(places[view.chosen.index]);
  const isInView = chosenY > HEAD_HEIGHT && chosenY < view.height;
  zoomAt(isInView ? chosenY : y, factor);
  redraw();
}

function scrollBy(pixels) {
  view.top += pixels / view.scale;
  clampView();
  redraw();
}

function refilter() {
  applyFilter();
  forgetOverview();
  const isFiltered = shown.length < events.length;
  byId("shown").textContent = `${isFiltered ? `${shown.length.toLocaleString("en")} of ` : ""}${plural(events.length, "event")}`;
  redraw();
}

function respace(byRows) {
  const middle = view.chosen ?? shownByPlace[rangeInView(placeOfY(view.height / 2), Infinity).first];
  view.byRows = byRows;
  byId("rows").setAttribute("aria-pressed", byRows);
  layOut();
  sortByPlace();
  forgetOverview();
  view.scale = readingScale();
  clampView();
  if (middle) scrollTo(places[middle.index]);
  redraw();
}

function toggleTheme() {
  const isDark = getComputedStyle(document.documentElement).colorScheme === "dark";
  document.documentElement.dataset.theme = isDark ? "light" : "dark";
  repaint();
}

function repaint() {
  readColours();
  forgetOverview();
  redraw();
}

function resize() {
  const isFirst = view.height === 0;
  Object.assign(view, fit(canvas));
  fit(overview);
  forgetOverview();
  if (isFirst) view.scale = readingScale();
  clampView();
  if (view.chosen) bringIntoView(view.chosen);
  // At once: a canvas that changes its size is blank.
  isDrawn = false;
  drawNow();
}

function checkbox(name, value, words, set) {
  const box = element("input", { type: "checkbox", name, value, checked: true });
  box.addEventListener("change", () => {
    if (box.checked) set.add(value); else set.delete(value);
    refilter();
  });
  return element("label", {}, box, ` ${words}`);
}

function fillPage() {
  const { lab, version, processes, driver, seed, end, noun } = trace;
  document.title = `${lab}: a run`;
  byId("lab").textContent = [lab, ...trace.arguments].join(" ");
  const ended = !end ? "no end is recorded" : hasTimes ? `ended at ${milliseconds(end.at)}` : "";
  const leftOut = end?.left_out ? `${plural(end.left_out, "event")} more left out` : "";
  const facts = [version, driver, seed === null ? "" : `seed ${seed}`, plural(processes, noun), ended, leftOut];
  byId("run").textContent = facts.filter(Boolean).join(" · ");
  byId("processes").append(...lifelines.map((_, process) => checkbox("process", process, named(process), filter.processes)));
  byId("kinds").append(...Object.entries(KINDS).map(([kind, words]) => checkbox("kind", kind, words, filter.kinds)));
  byId("rows").hidden = !hasTimes;
  byId("phases").replaceChildren(...trace.phases.map((phase, at) =>
    element("span", { className: at === trace.phases.length - 1 ? "bar strong" : "bar weak" }, phase)));
  if (violation) showViolation();
}

function showViolation() {
  const banner = byId("violation");
  banner.hidden = false;
  const where = violated ? ["after ", linkTo(violated, numbered(violated)), atMoment(violated)]
    : ["after events that there was no room for in the trace"];
  banner.append(element("strong", {}, `Violated: ${violation.property}, `, ...where, "."), ` ${capital(violation.detail)}.`);
}

const LEGEND = [
  ["start", "it starts"], ["command", "its application tells it something"], ["message", "it receives a message"],
  ["timer", "its timer runs out"], ["link", "a link comes up, or goes down"], ["crash", "it crashes"],
  ["lost", "a message is lost"], ["cut", "a message is cut off"], ["duplicated", "a message is duplicated"],
  ["overtaken", "a message is overtaken"], ["arrives again", "a duplicate arrives"], ["under way", "a message that is not told of any more"],
];

function fillLegend() {
  const rows = LEGEND.map(([kind, words]) => {
    const picture = element("canvas", { ariaHidden: "true" });
    return { kind, picture, row: element("tr", {}, element("td", {}, picture), element("td", {}, words)) };
  });
  byId("legend").replaceChildren(...rows.map(({ row }) => row));
  for (const { kind, picture } of rows) {
    const { width, height } = fit(picture);
    paintOn(picture, () => drawSample(kind, width, height / 2));
  }
}

function showHelp() {
  byId("help").showModal();
  fillLegend();
}

// What a test, or a curious reader at the console, may hold on to: the events as the trace has
// them, the index of the chosen one or null, a way to choose one, and where on the page one is.
window.signalbox = Object.freeze({
  events: Object.freeze(events),
  get selected() { return view.chosen?.index ?? null; },
  select(index) { choose(events[index] ?? null); drawNow(); },
  positionOf(index) {
    const { left, top } = canvas.getBoundingClientRect();
    const { x, y } = pointOf(events[index]);
    return { x: left + scrollX + x, y: top + scrollY + y };
  },
});

layOut();
fillPage();
readColours();
applyFilter();
refilter();
resize();
if (violated) choose(violated); else showDetails(null);
drawNow();
listen();
