// The page's life: what is chosen, what the controls do, and when to draw.

// However much changes before the screen is ready for its next picture, it is drawn once.
let isDrawn = true;

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

function choose(event) {
  view.chosen = event ?? null;
  if (event) bringIntoView(event);
  showDetails(view.chosen);
  say(event ? `${moment(event)}: ${inWords(event)}` : "");
  redraw();
}

function bringIntoView(event) {
  const y = yOf(places[event.index]);
  if (y < HEAD_HEIGHT + MARGIN || y > view.height - MARGIN) scrollTo(places[event.index]);
}

function step(direction) {
  const next = neighbour(view.chosen, direction);
  if (next) choose(next);
  else say(direction > 0 ? "This is the last event." : "This is the first event.");
}

function say(words) {
  byId("status").textContent = words;
}

function showScrubber() {
  const scrubber = byId("scrubber");
  const { least, most } = rangeOfTop();
  scrubber.value = most > least ? Math.round((1000 * (view.top - least)) / (most - least)) : 0;
  scrubber.ariaValueText = middleInWords();
}

// When it is in the middle of the view.
function middleInWords() {
  const place = Math.max(0, Math.min((view.top + bottomPlace()) / 2, lastPlace));
  return hasTimes ? milliseconds(timeOfPlace(place)) : `step ${count(Math.round(place) + 1)}`;
}

function scrub() {
  const { least, most } = rangeOfTop();
  view.top = least + (byId("scrubber").value / 1000) * (most - least);
  redraw();
  say(middleInWords());
}

// The chosen event stays where it is, if it is in view; else the middle does.
function zoom(factor) {
  const chosenY = view.chosen ? yOf(places[view.chosen.index]) : -1;
  const isInView = chosenY > HEAD_HEIGHT && chosenY < view.height;
  zoomAt(isInView ? chosenY : (HEAD_HEIGHT + view.height) / 2, factor);
  redraw();
}

function scrollBy(pixels) {
  view.top += pixels / view.scale;
  clampView();
  redraw();
}

function refilter() {
  filter.text = byId("filter-text").value.toLowerCase();
  applyFilter();
  forgetOverview();
  const part = shown.length < events.length ? `${count(shown.length)} of ` : "";
  byId("shown").textContent = part + plural(events.length, "event");
  redraw();
}

// Heights to the scale of time, or a row for each event. What was in the middle stays there.
function respace(byRows) {
  const { first } = rangeInView(placeOfY(view.height / 2), Infinity);
  const middle = view.chosen ?? shownByPlace[first];
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
  isDrawn = false;
  drawNow(); // At once: a canvas that changes its size is blank.
}

// What a test, or a curious reader at the console, may hold on to: the events as the trace has
// them (`data.js` says what is in one), the index of the chosen one or null, a way to choose one,
// and where on the page one is.
window.signalbox = Object.freeze({
  events: Object.freeze(events),
  get selected() { return view.chosen?.index ?? null; },
  select(index) {
    choose(events[index]);
    drawNow();
  },
  positionOf(index) {
    const { left, top } = canvas.getBoundingClientRect();
    const { x, y } = pointOf(events[index]);
    return { x: left + scrollX + x, y: top + scrollY + y };
  },
});

readColours();
layOut();
fillPage();
refilter();
resize();
if (violated) choose(violated); else showDetails(null);
listen();
