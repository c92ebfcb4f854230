// The shapes of single marks: what kind of event it is can be told without colours.

// Where many are in view, they are smaller, so that there is still something between them.
const isDense = () => marks.dots.length > MOST_LABELLED;
const RADIUS = 5;
const radius = () => (isDense() ? 2.6 : RADIUS);

// A canvas draws a thousand marks of one look at once sooner than a hundred one by one. What stands
// back is drawn first, so that it hides nothing.
function byLook(list, lookOf) {
  const groups = [...Map.groupBy(list, (each) => JSON.stringify(lookOf(each)))];
  const looks = groups.map(([look, members]) => ({ ...JSON.parse(look), members }));
  return looks.sort((a, b) => strengthOf(a.kinship) - strengthOf(b.kinship));
}

function drawDots() {
  const lookOf = ({ event }) => ({ kinship: kinshipOf(event), kind: event.fate ?? event.kind });
  for (const { kinship, kind, members } of byLook(marks.dots, lookOf)) {
    brush.globalAlpha = strengthOf(kinship);
    drawMarks(kind, members, colourOf(kinship));
    brush.globalAlpha = 1;
  }
  const last = marks.dots.find(({ event }) => event === violated);
  if (last) drawViolation(last.x, last.y);
}

// Each within a radius around a point.
const shapes = {
  start: (x, y, r) => polygon([[x - r, y - r], [x + r, y], [x - r, y + r]]),
  command: (x, y, r) => polygon([[x - r, y - r], [x + r, y - r], [x + r, y + r], [x - r, y + r]]),
  message: circle,
  timer: (x, y, r) => polygon([[x - r, y - r], [x + r, y - r], [x - r, y + r], [x + r, y + r]]),
  link: (x, y, r) => circle(x, y, 0.8 * r),
  duplicated: (x, y, r) => polygon([[x, y - r], [x + r, y], [x, y + r], [x - r, y]]),
  overtaken: (x, y, r) => circle(x, y, 0.5 * r),
};

// Strokes instead of an area: what a process or a message did not survive.
const strokes = {
  crash: [[-8, -8, 8, 8], [-8, 8, 8, -8]],
  lost: [[-5, -5, 5, 5], [-5, 5, 5, -5]],
  cut: [[-3, -7, -3, 7], [3, -7, 3, 7]],
};

const isHollow = new Set(["link", "duplicated", "overtaken", "start"]);

// Marks of one kind, at points.
function drawMarks(kind, points, colour, r = radius()) {
  if (strokes[kind]) return points.forEach(({ x, y }) => drawStrokes(kind, x, y));
  brush.beginPath();
  for (const { x, y } of points) shapes[kind](x, y, r);
  const [inside, rim] = isHollow.has(kind) ? [colours.back, colour] : [colour, colours.back];
  brush.fillStyle = inside;
  brush.fill();
  brush.strokeStyle = rim;
  brush.lineWidth = isHollow.has(kind) ? 1.5 : 1;
  if (isHollow.has(kind) || !isDense()) brush.stroke();
}

function drawStrokes(kind, x, y) {
  const width = kind === "crash" ? 3.5 : 2.5;
  const colour = kind === "cut" ? colours.cut : colours.wrong;
  // A rim of the background's colour keeps it apart from the lines that it lies on.
  for (const [strokeStyle, lineWidth] of [[colours.back, width + 3], [colour, width]]) {
    Object.assign(brush, { strokeStyle, lineWidth });
    for (const [fromX, fromY, toX, toY] of strokes[kind]) {
      line(x + fromX, y + fromY, x + toX, y + toY);
    }
  }
}

function polygon(corners, { isOpen = false } = {}) {
  corners.forEach(([x, y], at) => (at ? brush.lineTo(x, y) : brush.moveTo(x, y)));
  if (!isOpen) brush.closePath();
}

function circle(x, y, radius) {
  brush.moveTo(x + radius, y);
  brush.arc(x, y, radius, 0, 2 * Math.PI);
}

function drawRing(event) {
  const { x, y } = pointOf(event);
  if (x === undefined || marks.isFar && event !== view.chosen) return;
  brush.beginPath();
  circle(x, y, event === view.chosen ? 11 : 9);
  brush.strokeStyle = colours.ink;
  brush.lineWidth = event === view.chosen ? 2.5 : 1.2;
  brush.stroke();
}

// Points at the event that the violation shows after.
function drawViolation(x, y) {
  brush.strokeStyle = colours.wrong;
  brush.lineWidth = 2;
  brush.strokeRect(x - 15, y - 15, 30, 30);
  write("!", x, y - 19, { colour: colours.wrong, weight: 800, size: 18, align: "center" });
}

const dashes = { "arrives again": [6, 4], "under way": [1, 4] };

const isKin = (kinship) => kinship === "past" || kinship === "future";

function drawArrows() {
  const lookOf = (arrow) => ({ kinship: kinshipOfArrow(arrow), end: arrow.end });
  for (const { kinship, end, members } of byLook(marks.arrows, lookOf)) {
    brush.globalAlpha = strengthOf(kinship) * (isDense() ? 0.4 : 0.8);
    brush.strokeStyle = brush.fillStyle = colourOf(kinship);
    brush.lineWidth = isKin(kinship) && !isDense() ? 2 : 1.1;
    brush.setLineDash(dashes[end] ?? []);
    brush.beginPath();
    for (const { from, to } of members) polygon([[from.x, from.y], [to.x, to.y]], { isOpen: true });
    brush.stroke();
    brush.setLineDash([]);
    brush.beginPath();
    if (end.startsWith("arrives")) for (const { from, to } of members) headOfArrow(from, to);
    brush.fill();
    brush.globalAlpha = 1;
  }
}

function headOfArrow(from, to) {
  const angle = Math.atan2(to.y - from.y, to.x - from.x);
  const at = (distance, turn) =>
    [to.x - distance * Math.cos(angle + turn), to.y - distance * Math.sin(angle + turn)];
  const tip = radius(), base = isDense() ? tip + 5 : tip + 9;
  polygon([at(tip, 0), at(base, 0.32), at(base, -0.32)]);
}

// A mark, or a kind of arrow, for the legend.
function drawSample(kind, width, y) {
  if (!dashes[kind]) return drawMarks(kind, [{ x: width / 2, y }], colours.ink, RADIUS);
  brush.strokeStyle = brush.fillStyle = colours.ink;
  brush.lineWidth = 1.2;
  brush.setLineDash(dashes[kind]);
  line(0, y, width, y);
  brush.setLineDash([]);
  brush.beginPath();
  if (kind === "arrives again") headOfArrow({ x: 0, y }, { x: width, y });
  brush.fill();
}

// Words beside the marks, as many as find room below each other, the chosen one's for certain.
function drawLabels() {
  const labelled = marks.dots.filter(({ event }) => event.kind !== "fate");
  const chosen = labelled.find(({ event }) => event === view.chosen);
  const lowest = new Map();
  for (const dot of labelled) {
    const { process } = dot.event;
    const isTooClose = (y) => Math.abs(dot.y - y) < 12;
    if (isTooClose(lowest.get(process))) continue;
    if (process === chosen?.event.process && dot !== chosen && isTooClose(chosen.y)) continue;
    lowest.set(process, dot.y);
    drawLabel(dot, roomBeside(dot, labelled), dot === chosen ? 700 : 400);
  }
}

// Between a mark and the words beside it: as much as the head of an arrow takes.
const ASIDE = 17;

// To the end of the lane; or, where lanes are as narrow as on a phone, as far as nothing is there.
function roomBeside({ x, y }, dots) {
  const others = dots.filter((other) => other.x !== x && Math.abs(other.y - y) < 12);
  const onRight = others.filter((other) => other.x > x);
  const end = Math.min(view.width, ...onRight.map((other) => other.x - 8));
  const most = Math.max(laneWidth() - 24, 84);
  return {
    right: Math.min(most, end - x - ASIDE - 4),
    left: others.length > onRight.length ? 0 : Math.min(most, x - view.axisWidth - ASIDE),
  };
}

// On its mark's right, unless there is more room on its left. What lies under the words is covered:
// an arrow between their letters would strike them out.
function drawLabel({ event, x, y }, { right, left }, weight) {
  const [size, text] = [11, inBrief(event)];
  const beside = shortened(text, right, size, weight);
  const isOnLeft = beside !== text && left > right;
  const words = isOnLeft ? shortened(text, left, size, weight) : beside;
  if (words === "…") return;
  const width = brush.measureText(words).width;
  const start = isOnLeft ? x - ASIDE - width : x + ASIDE;
  brush.globalAlpha = 0.85;
  brush.fillStyle = colours.back;
  brush.fillRect(start - 2, y - 6, width + 4, 13);
  brush.globalAlpha = strengthOf(kinshipOf(event));
  write(words, start, y + 4, { size, weight });
  brush.globalAlpha = 1;
}

// As much of the text as there is room for.
function shortened(text, room, size, weight) {
  brush.font = fontOf(size, weight);
  const isWide = (words) => brush.measureText(words).width > room;
  // No screen shows more than these; and to measure a text of a megabyte takes its time.
  const beginning = text.slice(0, 200);
  if (beginning === text && !isWide(text)) return text;
  const letters = [...beginning];
  const cut = (length) => `${letters.slice(0, length).join("")}…`;
  const fitting = firstWhere([...letters.keys()], (length) => isWide(cut(length + 1)));
  return cut(fitting);
}
