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
  sayWhatIsChosen();
  redraw();
}

function sayWhatIsChosen() {
  say(view.chosen ? `${moment(view.chosen)}: ${inWords(view.chosen)}` : "");
}

function bringIntoView(event) {
  const y = yOf(places[event.index]);
  if (y >= HEAD_HEIGHT + MARGIN && y <= view.height - MARGIN) return;
  scrollTo(places[event.index]);
  leaveMark();
}

// Once another part of the run is in view, or the same elsewhere, nothing is to be said any more of
// what was under the mouse, or in the middle.
function moved() {
  leaveMark();
  sayWhatIsChosen();
  redraw();
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
  const isAllInView = (most - least) * view.scale < 1;
  scrubber.disabled = isAllInView; // There is nowhere to go.
  scrubber.value = isAllInView ? 0 : Math.round((1000 * (view.top - least)) / (most - least));
  scrubber.ariaValueText = middleInWords();
}

// When it is in the middle of the view.
function middleInWords() {
  const place = Math.max(0, Math.min((view.top + bottomPlace()) / 2, lastPlace));
  if (!view.byRows) return milliseconds(timeOfPlace(place));
  const middle = shown[Math.min(Math.round(place), shown.length - 1)];
  return middle ? moment(middle) : "";
}

function scrub() {
  const { least, most } = rangeOfTop();
  view.top = least + (byId("scrubber").value / 1000) * (most - least);
  moved();
  say(middleInWords());
}

// The chosen event stays where it is, if it is in view; else the middle does.
function zoom(factor) {
  const chosenY = view.chosen ? yOf(places[view.chosen.index]) : -1;
  const isInView = chosenY > HEAD_HEIGHT && chosenY < view.height;
  zoomAt(isInView ? chosenY : (HEAD_HEIGHT + view.height) / 2, factor);
  moved();
}

function scrollBy(pixels) {
  view.top += pixels / view.scale;
  clampView();
  moved();
}

function refilter() {
  filter.text = byId("filter-text").value.toLowerCase();
  if (view.byRows) layOutAnew(applyFilter);
  else {
    applyFilter();
    sortByPlace();
    forgetOverview();
  }
  const part = shown.length < events.length ? `${count(shown.length)} of ` : "";
  byId("shown").textContent = part + plural(events.length, "event");
  moved();
}

// Heights to the scale of time, or a row for each event.
function respace(byRows) {
  layOutAnew(() => { view.byRows = byRows; });
  byId("rows").setAttribute("aria-pressed", byRows);
  moved();
}

// After a change through which events are at other places. What was in the middle stays there.
function layOutAnew(change) {
  const { first } = rangeInView(placeOfY(view.height / 2), Infinity);
  const middle = view.chosen ?? shownByPlace[first];
  change();
  layOut();
  sortByPlace();
  forgetOverview();
  view.scale = readingScale();
  clampView();
  if (middle) scrollTo(places[middle.index]);
}

// A cluster begins with nothing but starts and links: a page of them, or more, and no message.
function showFirstMessage() {
  const sends = ({ effects = [] }) => effects.some(({ kind }) => kind === "send");
  const first = events.find(sends);
  if (!first || yOf(places[first.index]) < view.height / 2) return;
  view.top = places[first.index] - 2 * MARGIN / view.scale;
  clampView();
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
  leaveMark();
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
applyFilter();
layOut();
fillPage();
refilter();
resize();
showDetails(null);
if (violated) choose(violated); else showFirstMessage();
listen();
