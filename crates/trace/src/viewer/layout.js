// Where things are: each event has a place in the run, and each place a height on the screen.
//
// Time runs downwards, and lifelines stand side by side. So a phone held upright has room for
// them, thumb and wheel scroll as they do everywhere, and the words beside the events are lines
// below each other that don't run into one another.

const HEAD_HEIGHT = 28;
// How far to the right in its lane a lifeline stands: the words beside its events need room.
const LIFELINE = 0.3;
// Marks at either end of the run keep this distance from the edge, in pixels.
const MARGIN = 46;

const view = {
  // The canvas's size, in CSS pixels.
  width: 0, height: 0,
  // How much of it the axis takes, on the left.
  axisWidth: 0,
  // The place at the upper edge, below the head; and how many pixels a unit of places takes.
  top: -Infinity, scale: 1,
  // Whether each event has a row to itself; otherwise heights are to the scale of time. Between
  // real machines messages take microseconds, and applications wait for milliseconds: to scale,
  // all that happens at once would be one dot.
  byRows: trace.driver !== "simulator",
  // The processes whose lifelines are shown, from left to right.
  lanes: [],
  // The event that the reader has chosen, and the one under the mouse.
  chosen: null, hovered: null,
};

// The places of the events by their indexes; and what happened at which moment, where.
let places;
let instants;
let lastPlace;

function layOut() {
  if (view.byRows) layOutRows(); else layOutTime();
  lastPlace = places.reduce((last, place) => Math.max(last, place), 0);
  view.axisWidth = 20 + 6.3 * longestMoment();
}

// How many signs the longest of the moments has, as far as some hundred of them tell.
function longestMoment() {
  let longest = 8;
  for (let i = events.length - 1; i >= 0; i -= Math.ceil(events.length / 500)) {
    longest = Math.max(longest, moment(events[i]).length);
  }
  return longest;
}

// What is filtered out has no row, but may be where an arrow or a phase begins: between two rows.
function layOutRows() {
  let rows = 0;
  const isInRow = new Set(shown);
  places = Float64Array.from(events, (event) => (isInRow.has(event) ? rows++ : rows - 0.5));
  instants = events.map(({ at, index }) => ({ at, from: places[index], to: places[index] }));
}

// A place is a time, in nanoseconds. But a process may take several steps in an instant, and
// marks on top of each other can't be told apart: there time stands still for the reader, as long
// as it takes to draw them below each other. The axis shows it.
function layOutTime() {
  places = new Float64Array(events.length);
  instants = [];
  const inOrder = [...events].sort((a, b) => a.at - b.at || a.index - b.index);
  const span = events.length ? inOrder.at(-1).at - inOrder[0].at : 0;
  const stepApart = span > 0 ? (0.6 * span) / events.length : 1;
  let instant = null;
  for (const event of inOrder) {
    if (instant?.at !== event.at) {
      const from = instant ? instant.to + (event.at - instant.at) : 0;
      instant = { at: event.at, from, to: from };
      instants.push(instant);
    }
    places[event.index] = placeWithin(instant, event, stepApart);
    instant.to = Math.max(instant.to, places[event.index]);
  }
}

// Below whatever came before it in the same instant.
function placeWithin(instant, event, stepApart) {
  const sent = messageAt(event)?.sentBy;
  const below = (earlier, distance) => {
    const isOfThisInstant = earlier && earlier !== event && earlier.at === instant.at;
    return isOfThisInstant ? places[earlier.index] + distance : 0;
  };
  if (event.kind === "fate") return Math.max(instant.from, below(sent, 0));
  const before = lifelines[event.process][event.position - 1];
  return Math.max(instant.from, below(before, stepApart), below(sent, stepApart));
}

function placeOfTime(at) {
  const next = firstWhere(instants, (instant) => instant.at >= at);
  if (instants[next]?.at === at) return instants[next].from;
  const before = instants[next - 1];
  if (!before) return 0;
  if (view.byRows) return Math.min(before.to + 0.5, lastPlace);
  return Math.min(before.to + at - before.at, lastPlace);
}

function timeOfPlace(place) {
  const instant = instants[Math.max(0, firstWhere(instants, (each) => each.from > place) - 1)];
  if (!instant) return 0;
  return view.byRows ? instant.at : instant.at + Math.max(0, place - instant.to);
}

const yOf = (place) => HEAD_HEIGHT + (place - view.top) * view.scale;
const placeOfY = (y) => view.top + (y - HEAD_HEIGHT) / view.scale;
const laneWidth = () => (view.width - view.axisWidth) / Math.max(1, view.lanes.length);
const bottomPlace = () => placeOfY(view.height);

// Where the process's lifeline stands; undefined if it is not shown.
function xOf(process) {
  const lane = view.lanes.indexOf(process);
  return lane < 0 ? undefined : view.axisWidth + (lane + LIFELINE) * laneWidth();
}

// Where the event's mark is. A fate's is on the way of its message.
function pointOf(event) {
  const x = xOf(event.process);
  const y = yOf(places[event.index]);
  return event.kind === "fate" ? pointOfFate(event, x, y) : { x, y };
}

function pointOfFate(event, fromX, y) {
  const toX = xOf(event.to);
  const lanes = Math.max(1, Math.abs(toX - fromX) / laneWidth());
  const message = messageAt(event);
  const arrival = message?.arrivals[0];
  if (!arrival) {
    const way = wayUntil(event.fate, lanes);
    // Most links lose a message as soon as it is sent. A level line would look like an arrow that
    // takes no time.
    const sentY = message ? yOf(places[message.sentBy.index]) : -Infinity;
    return { x: fromX + (toX - fromX) * way, y: Math.max(y, sentY + 16) };
  }
  const from = yOf(places[message.sentBy.index]), to = yOf(places[arrival.index]);
  const least = 0.4 / lanes; // Not on the marks at either end.
  const way = Math.min(1 - least, Math.max(least, (y - from) / (to - from || 1)));
  return { x: fromX + (toX - fromX) * way, y: from + (to - from) * way };
}

// How far a message comes that does not arrive: to between two lifelines, where it can't be taken
// for something that happens on one. What is cut off comes up to the last of them.
function wayUntil(fate, lanes) {
  const gap = fate === "cut" ? lanes - 0.35 : Math.floor(lanes / 2) + 0.5;
  return gap / lanes;
}

// Keeps the run in sight.
function clampView() {
  view.scale = Math.min(largestScale(), Math.max(smallestScale(), view.scale));
  const { least, most } = rangeOfTop();
  view.top = Math.max(least, Math.min(view.top, most));
}

// What the upper edge may show, from the beginning of the run to where its end is in sight.
function rangeOfTop() {
  const least = -MARGIN / view.scale;
  const most = lastPlace + (MARGIN + HEAD_HEIGHT - view.height) / view.scale;
  return { least, most: Math.max(least, most) };
}

// The scale at which the whole run is so high, and the one at which each event has so much room,
// on average.
const scaleOfWhole = (pixels) => Math.max(1, pixels) / (lastPlace || 1);
const scalePerEvent = (pixels) =>
  scaleOfWhole(pixels * (view.byRows ? shown.length : events.length));

// At the smallest scale, the whole run is in sight. At the largest, what happens within
// microseconds in a run of seconds can be told apart.
const smallestScale = () => scaleOfWhole(view.height - HEAD_HEIGHT - 2 * MARGIN);
const largestScale = () => Math.max(smallestScale(), scalePerEvent(40_000));

// The scale to begin with: to read, not to overlook.
const readingScale = () => scalePerEvent(view.byRows ? 26 : 22);

function zoomAt(y, factor) {
  const place = placeOfY(y);
  view.scale *= factor;
  clampView();
  view.top = place - (y - HEAD_HEIGHT) / view.scale;
  clampView();
}

function scrollTo(place) {
  view.top = place - (view.height - HEAD_HEIGHT) / 2 / view.scale;
  clampView();
}
