// Where things are: each event has a place in the run, and each place a height on the screen.
//
// Time runs downwards, and lifelines stand side by side. So a phone held upright has room for
// them, thumb and wheel scroll as they do everywhere, and the words beside the events are lines
// below each other that don't run into one another.

const AXIS_WIDTH = 76;
const HEAD_HEIGHT = 28;
// How far to the right in its lane a lifeline stands: the words beside its events need room.
const LIFELINE = 0.3;
// Marks at either end of the run keep this distance from the edge, in pixels.
const MARGIN = 28;

const view = {
  // The canvas's size, in CSS pixels.
  width: 0, height: 0,
  // The place at the upper edge, below the head; and how many pixels a unit of places takes.
  top: -Infinity, scale: 1,
  // Whether each event has a row to itself; otherwise heights are to the scale of time.
  byRows: !hasTimes,
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
}

function layOutRows() {
  places = Float64Array.from(events, (event) => event.index);
  instants = events.map((event) => ({ at: event.at, from: event.index, to: event.index }));
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
  const below = (earlier, distance) =>
    earlier && earlier !== event && earlier.at === instant.at ? places[earlier.index] + distance : 0;
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
const laneWidth = () => (view.width - AXIS_WIDTH) / Math.max(1, view.lanes.length);
const bottomPlace = () => placeOfY(view.height);

// Where the process's lifeline stands; undefined if it is not shown.
function xOf(process) {
  const lane = view.lanes.indexOf(process);
  return lane < 0 ? undefined : AXIS_WIDTH + (lane + LIFELINE) * laneWidth();
}

// Where the event's mark is. A fate's is on the way of its message.
function pointOf(event) {
  const x = xOf(event.process);
  const y = yOf(places[event.index]);
  return event.kind === "fate" ? pointOfFate(event, x, y) : { x, y };
}

// How far from its sender a message is when it meets its fate, if the trace can't tell.
const wayUntil = { lost: 0.5, cut: 0.75, duplicated: 0.3, overtaken: 0.7 };

function pointOfFate(event, fromX, y) {
  const toX = xOf(event.to);
  const message = messageAt(event);
  const arrival = message?.arrivals[0];
  if (!message) return { x: fromX + (toX - fromX) * wayUntil[event.fate], y };
  const fromY = yOf(places[message.sentBy.index]);
  if (!arrival) {
    // Most links lose a message at once; drawn so, it would seem to hang in the air.
    const lowest = Math.max(y, fromY + 16);
    return { x: fromX + (toX - fromX) * wayUntil[event.fate], y: lowest };
  }
  const toY = yOf(places[arrival.index]);
  const way = toY > fromY ? (y - fromY) / (toY - fromY) : 0.5;
  const shownWay = Math.min(0.8, Math.max(0.2, way));
  return { x: fromX + (toX - fromX) * shownWay, y: fromY + (toY - fromY) * shownWay };
}

// Keeps the run in sight.
function clampView() {
  const room = Math.max(1, view.height - HEAD_HEIGHT);
  view.scale = Math.min(largestScale(), Math.max(smallestScale(), view.scale));
  const margin = MARGIN / view.scale;
  const lowest = lastPlace + margin - room / view.scale;
  view.top = Math.max(-margin, Math.min(view.top, Math.max(-margin, lowest)));
}

// At the smallest scale, the whole run is in sight; at the largest, some three events are.
const smallestScale = () => Math.max(1, view.height - HEAD_HEIGHT - 2 * MARGIN) / (lastPlace || 1);
const largestScale = () => Math.max(smallestScale(), (400 * Math.max(1, events.length)) / (lastPlace || 1));

// The scale to begin with: to read, not to overlook.
function readingScale() {
  const perEvent = view.byRows ? 26 : 22;
  return (perEvent * Math.max(1, events.length)) / (lastPlace || 1);
}

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
