// What there is to draw in the part of the run that is in view, and what is under the mouse.

// More marks than this are no picture any more, and slow: from there on, the diagram shows how
// much happens where.
const MOST_MARKS = 1200;

// What was drawn last. `dots` are { event, x, y }; `arrows` are { event, message, end, from, to },
// where the event is the one at the arrow's end, or the one at its beginning if it has no end.
let marks = { dots: [], arrows: [], isFar: false };

function marksInView() {
  const slack = 40 / view.scale; // Labels and heads reach into the view from outside.
  const top = view.top - slack, bottom = bottomPlace() + slack;
  const { first, end } = rangeInView(top, bottom);
  if (end - first > MOST_MARKS) return { dots: [], arrows: [], isFar: true };
  const inView = shownByPlace.slice(first, end);
  const dots = inView.map((event) => ({ event, ...pointOf(event) }));
  const arrows = [...inView, ...endingBelow(end, bottom)].flatMap(arrowsOf);
  return { dots, arrows, isFar: false };
}

// The events below the view whose arrows begin in it or above.
function endingBelow(end, bottom) {
  const found = [];
  for (let block = Math.floor(end / BLOCK); block < topmostOfBlock.length; block += 1) {
    if (topmostOfBlock[block] > bottom) continue;
    const from = Math.max(end, block * BLOCK);
    for (const event of shownByPlace.slice(from, (block + 1) * BLOCK)) {
      const sent = messageAt(event)?.sentBy;
      if (sent && places[sent.index] <= bottom) found.push(event);
      if (found.length > MOST_MARKS) return found;
    }
  }
  return found;
}

// The arrow that ends at an event, and those that begin at it and end nowhere.
function arrowsOf(event) {
  const arrows = [];
  const message = messageAt(event);
  if (message && endOf(event, message)) arrows.push(arrowTo(event, message));
  if (filter.kinds.has("message")) {
    const sent = (event.effects ?? []).map((effect) => effect.message).filter(Boolean);
    arrows.push(...sent.filter(isUnderWay).map((each) => arrowUnderWay(event, each)));
  }
  return arrows.filter(({ from, to }) => from.x !== undefined && Number.isFinite(to.x));
}

// How the arrow of a message ends at this event; nothing, if the message goes on.
function endOf(event, message) {
  if (event.kind === "message") return message.arrivals[0] === event ? "arrives" : "arrives again";
  return isLost(event) ? event.fate : null;
}

function arrowTo(event, message) {
  const [from, to] = [message.sentBy, event].map(pointOf);
  return { event, message, end: endOf(event, message), from, to };
}

const isLost = ({ fate }) => fate === "lost" || fate === "cut";
const isUnderWay = ({ arrivals, fates }) => arrivals.length === 0 && !fates.some(isLost);

// The trace ends before the message does, or nobody has told of its arrival.
function arrowUnderWay(event, message) {
  const from = pointOf(event);
  const toX = xOf(message.to);
  const to = { x: from.x + 0.3 * (toX - from.x), y: from.y + 26 };
  return { event, message, end: "under way", from, to };
}

// The mark closest to a point of the canvas: a dot if there is one within reach, else an arrow.
function markAt(x, y, reach) {
  const dot = closest(marks.dots, (each) => Math.hypot(each.x - x, each.y - y), reach);
  return dot ?? closest(marks.arrows, (arrow) => distanceToArrow(arrow, x, y), reach / 2);
}

function closest(list, distance, reach) {
  let best, least = reach;
  for (const each of list) {
    const far = distance(each);
    if (far < least) [best, least] = [each, far];
  }
  return best;
}

function distanceToArrow({ from, to }, x, y) {
  const dx = to.x - from.x, dy = to.y - from.y;
  const way = ((x - from.x) * dx + (y - from.y) * dy) / (dx * dx + dy * dy || 1);
  const on = Math.min(1, Math.max(0, way));
  return Math.hypot(x - from.x - on * dx, y - from.y - on * dy);
}

// Stretches of lifelines, by process: the phases, and the time between a crash and the next life.
// Each is { from, to, phase }, from an event to an event, or to the end of the run.
const phaseBars = lifelines.map((line) => stretches(line, (event) => {
  if (event.kind === "crash") return null;
  const phase = trace.phases.indexOf(event.phase);
  return phase < 0 ? null : phase;
}));
const downTimes = lifelines.map((line) => stretches(line, (event) =>
  (event.kind === "crash" ? 0 : null)));

function stretches(line, phaseAfter) {
  const found = [];
  let open = null;
  for (const event of line) {
    const phase = phaseAfter(event);
    if (open && open.phase === phase) continue;
    if (open) open.to = event;
    open = phase === null ? null : { from: event, to: null, phase };
    if (open) found.push(open);
  }
  return found;
}

const endOfStretch = ({ to }) => (to ? places[to.index] : lastPlace);

function stretchesInView(list) {
  const first = firstWhere(list, (each) => endOfStretch(each) >= view.top);
  const end = firstWhere(list, (each) => places[each.from.index] > bottomPlace());
  return list.slice(first, end);
}
