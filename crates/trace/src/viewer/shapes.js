// The shapes of single marks: what kind of event it is can be told without colours.

const RADIUS = 5;

function drawDot({ event, x, y }) {
  const kinship = kinshipOf(event);
  brush.globalAlpha = strengthOf(kinship);
  const isViolation = event === violated;
  drawMark(event.kind === "fate" ? event.fate : event.kind, x, y, isViolation ? colours.wrong : colourOf(kinship));
  if (isViolation) drawViolation(x, y);
  brush.globalAlpha = 1;
}

const shapes = {
  start: (x, y) => polygon([[x - 5, y - 5], [x + 6, y], [x - 5, y + 5]]),
  command: (x, y) => polygon([[x - 5, y - 5], [x + 5, y - 5], [x + 5, y + 5], [x - 5, y + 5]]),
  message: (x, y) => circle(x, y, RADIUS),
  timer: (x, y) => polygon([[x - 5, y - 6], [x + 5, y - 6], [x - 5, y + 6], [x + 5, y + 6]]),
  link: (x, y) => circle(x, y, RADIUS - 1),
  duplicated: (x, y) => polygon([[x, y - 5], [x + 5, y], [x, y + 5], [x - 5, y]]),
  overtaken: (x, y) => circle(x, y, 2.5),
};

// Strokes instead of an area: what a process or a message did not survive.
const strokes = {
  crash: [[-8, -8, 8, 8], [-8, 8, 8, -8]],
  lost: [[-5, -5, 5, 5], [-5, 5, 5, -5]],
  cut: [[-3, -7, -3, 7], [3, -7, 3, 7]],
};

const isHollow = new Set(["link", "duplicated", "overtaken", "start"]);

function drawMark(kind, x, y, colour) {
  if (strokes[kind]) return drawStrokes(kind, x, y);
  brush.beginPath();
  shapes[kind](x, y);
  brush.fillStyle = isHollow.has(kind) ? colours.back : colour;
  brush.fill();
  brush.strokeStyle = isHollow.has(kind) ? colour : colours.back;
  brush.lineWidth = isHollow.has(kind) ? 1.5 : 1;
  brush.stroke();
}

function drawStrokes(kind, x, y) {
  const width = kind === "crash" ? 3.5 : 2.5;
  // A rim of the background's colour keeps it apart from the lines that it lies on.
  for (const [colour, lineWidth] of [[colours.back, width + 3], [kind === "cut" ? colours.cut : colours.wrong, width]]) {
    brush.strokeStyle = colour;
    brush.lineWidth = lineWidth;
    for (const [fromX, fromY, toX, toY] of strokes[kind]) line(x + fromX, y + fromY, x + toX, y + toY);
  }
}

function polygon(corners) {
  corners.forEach(([x, y], at) => (at ? brush.lineTo(x, y) : brush.moveTo(x, y)));
  brush.closePath();
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
  write("!", x - 24, y + 6, { colour: colours.wrong, weight: "800", size: 18, align: "center" });
}

const dashes = { "arrives again": [6, 4], "under way": [1, 4] };

function drawArrow(arrow) {
  const kinship = kinshipOfArrow(arrow);
  brush.globalAlpha = strengthOf(kinship) * (kinship ? 1 : 0.7);
  brush.strokeStyle = brush.fillStyle = colourOf(kinship);
  brush.lineWidth = kinship && kinship !== "apart" ? 2 : 1.2;
  brush.setLineDash(dashes[arrow.end] ?? []);
  const { from, to } = arrow;
  line(from.x, from.y, to.x, to.y);
  brush.setLineDash([]);
  if (arrow.end.startsWith("arrives")) drawHeadOfArrow(from, to);
  brush.globalAlpha = 1;
}

function drawHeadOfArrow(from, to) {
  const angle = Math.atan2(to.y - from.y, to.x - from.x);
  const at = (distance, turn) => [to.x - distance * Math.cos(angle + turn), to.y - distance * Math.sin(angle + turn)];
  brush.beginPath();
  polygon([at(RADIUS, 0), at(RADIUS + 9, 0.32), at(RADIUS + 9, -0.32)]);
  brush.fill();
}

// Words beside the marks, as many as find room below each other.
function drawLabels() {
  const lowest = new Map();
  for (const { event, x, y } of marks.dots) {
    if (event.kind === "fate") continue;
    const isChosen = event === view.chosen;
    if (!isChosen && y < (lowest.get(event.process) ?? -Infinity) + 13) continue;
    lowest.set(event.process, y);
    brush.globalAlpha = strengthOf(kinshipOf(event));
    const room = Math.min(laneWidth() - 24, view.width - x - 16);
    write(shortened(inBrief(event), room), x + 12, y + 4, { size: 11, weight: isChosen ? "700" : "400" });
    brush.globalAlpha = 1;
  }
}

// As much of the text as there is room for.
function shortened(text, room) {
  brush.font = "11px system-ui, sans-serif";
  const isWide = (words) => brush.measureText(words).width > room;
  // No screen shows more than these; and to measure a text of a megabyte takes its time.
  const beginning = text.slice(0, 200);
  if (beginning === text && !isWide(text)) return text;
  const letters = [...beginning];
  const fitting = firstWhere([...letters.keys()], (count) => isWide(`${letters.slice(0, count + 1).join("")}…`));
  return `${letters.slice(0, fitting).join("")}…`;
}
