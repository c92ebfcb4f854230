// What is shown: the events that the reader has not filtered out.

const KINDS = {
  start: "start", command: "command", message: "message", timer: "timer", link: "link",
  fate: "fate of a message", crash: "crash",
};

const filter = {
  processes: new Set(lifelines.keys()),
  kinds: new Set(Object.keys(KINDS)),
  text: "",
};

// In the trace's order, to step through; and by their places, to draw what is in view. The two
// differ where the clocks of machines do.
let shown = [];
let shownByPlace = [];

// Arrows may begin far above where they end. Which blocks of `shownByPlace` have arrows that begin
// above a place is told by the topmost beginning of each.
const BLOCK = 256;
let topmostOfBlock = [];

// The places alone, by process, to count how many are in a stretch.
let placesByProcess = [];

function isShown(event) {
  if (!filter.kinds.has(event.kind) || !filter.processes.has(event.process)) return false;
  if (event.kind === "fate" && !filter.processes.has(event.to)) return false;
  return filter.text === "" || (event.searchable ??= searchable(event)).includes(filter.text);
}

function applyFilter() {
  view.lanes = [...lifelines.keys()].filter((process) => filter.processes.has(process));
  shown = events.filter(isShown);
}

function sortByPlace() {
  shownByPlace = [...shown].sort((a, b) => places[a.index] - places[b.index]);
  topmostOfBlock = [];
  placesByProcess = lifelines.map(() => []);
  shownByPlace.forEach((event, at) => {
    const block = Math.floor(at / BLOCK);
    const begins = places[(messageAt(event)?.sentBy ?? event).index];
    topmostOfBlock[block] = Math.min(topmostOfBlock[block] ?? Infinity, begins);
    placesByProcess[event.process].push(places[event.index]);
  });
}

// Where the places from `top` to `bottom` begin and end in `shownByPlace`.
function rangeInView(top, bottom) {
  return {
    first: firstWhere(shownByPlace, (event) => places[event.index] >= top),
    end: firstWhere(shownByPlace, (event) => places[event.index] > bottom),
  };
}

// The event before or after another among those that are shown.
function neighbour(event, step) {
  if (!event) return step > 0 ? shown[0] : shown.at(-1);
  if (step > 0) return shown[firstWhere(shown, (each) => each.index > event.index)];
  return shown[firstWhere(shown, (each) => each.index >= event.index) - 1];
}
