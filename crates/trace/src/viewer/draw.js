// The diagram on its canvas, from the ground up. Nothing here decides anything.

const canvas = document.getElementById("canvas");
let brush = canvas.getContext("2d");

// The colours are the style sheet's, so that there is one place to choose them in.
const COLOURS =
  ["back", "ink", "faint", "shade", "past", "future", "wrong", "cut", "strong", "weak"];
const colours = {};
function readColours() {
  const style = getComputedStyle(document.documentElement);
  for (const name of COLOURS) colours[name] = style.getPropertyValue(`--${name}`).trim();
}

// Draws on another canvas for once: the marks of the legend.
function paintOn(surface, paint) {
  const before = brush;
  brush = surface.getContext("2d");
  paint();
  brush = before;
}

// A canvas has a pixel for each of the screen's, and speaks of CSS pixels all the same.
function fit(surface) {
  const { width, height } = surface.getBoundingClientRect();
  const density = window.devicePixelRatio || 1;
  surface.width = Math.round(width * density);
  surface.height = Math.round(height * density);
  surface.getContext("2d").setTransform(density, 0, 0, density, 0, 0);
  return { width, height };
}

function draw() {
  marks = marksInView();
  brush.fillStyle = colours.back;
  brush.fillRect(0, 0, canvas.width, canvas.height); // To the last pixel, whatever its size.
  trace.partitions.forEach(drawPartition);
  for (const process of view.lanes) drawLane(process);
  if (marks.isFar) view.lanes.forEach(drawDensity);
  drawArrows();
  if (marks.dots.length <= MOST_LABELLED) drawLabels();
  drawDots();
  if (view.chosen) drawCut(view.chosen);
  for (const event of [view.hovered, view.chosen]) if (event) drawRing(event);
  for (const { text, x, y } of captions.splice(0)) write(text, x, y, { weight: 600 });
  drawAxis();
  drawHead();
  drawOverview();
}

// More than these, and words beside them would be in each other's way.
const MOST_LABELLED = 250;

// While an event is chosen, those stand back that can neither have caused it nor come of it.
const strengthOf = (kinship) => (kinship === "apart" ? 0.3 : 1);

const kinshipOf = (event) => (view.chosen ? relation(event, view.chosen) : null);

// An arrow is of the past if its end is, and of the future if its beginning is.
function kinshipOfArrow({ event, message }) {
  if (!view.chosen) return null;
  const [start, end] = [message.sentBy, event].map(kinshipOf);
  if (end === "past" || end === "itself") return "past";
  return start === "future" || start === "itself" ? "future" : "apart";
}

function colourOf(kinship) {
  return { past: colours.past, future: colours.future }[kinship] ?? colours.ink;
}

function drawLane(process) {
  const x = xOf(process);
  const [topY, bottomY] = [HEAD_HEIGHT, view.height];
  brush.strokeStyle = colours.faint;
  brush.lineWidth = 1;
  const endY = Math.min(bottomY, yOf(lastPlace) + MARGIN / 2);
  line(x, Math.max(topY, yOf(0) - MARGIN / 2), x, endY);
  for (const stretch of stretchesInView(downTimes[process])) drawDownTime(stretch, x);
  const drawnTo = trace.phases.map(() => -Infinity);
  for (const stretch of stretchesInView(phaseBars[process])) {
    const [from, end] = heightsOf(stretch);
    // What was not over goes on to the lifeline's end: it may be what the last event has begun.
    const to = Math.max(stretch.to ? end : endY, from + 1);
    if (to < drawnTo[stretch.phase] + 1) continue; // The screen has no pixel for it.
    drawPhase(stretch.phase, x, from, to);
    drawnTo[stretch.phase] = to;
  }
}

// The border of the chosen event's past: what the panel shows every process at.
function drawCut(event) {
  const border = cutAt(event).map((last, process) => {
    const x = xOf(process);
    return { x, y: last ? yAfter(last) : yOf(0) - 14, isHidden: x === undefined };
  }).filter(({ isHidden }) => !isHidden);
  if (border.length === 0) return;
  const [first, last] = [border[0], border.at(-1)];
  const reach = laneWidth() * 0.25;
  brush.strokeStyle = colours.ink;
  brush.lineWidth = 1.5;
  brush.setLineDash([9, 3, 2, 3]);
  brush.beginPath();
  brush.moveTo(first.x - reach, first.y);
  for (const { x, y } of border) brush.lineTo(x, y);
  brush.lineTo(last.x + reach, last.y);
  brush.stroke();
  brush.setLineDash([]);
  write("cut", last.x + reach + 3, last.y + 4, { size: 11 });
}

// Below an event, and above the next one.
function yAfter(event) {
  const next = lifelines[event.process][event.position + 1];
  const [y, nextY] = [event, next ?? event].map(({ index }) => yOf(places[index]));
  return y + (next ? Math.min(9, (nextY - y) / 2) : 9);
}

function heightsOf(stretch) {
  const from = yOf(places[stretch.from.index]);
  return [Math.max(-10, from), Math.min(view.height + 10, yOf(endOfStretch(stretch)))];
}

// The later a phase, the wider its bar: the last, that matters most, is solid, and the others are
// outlined. So they differ without their colours, too.
function drawPhase(phase, x, from, to) {
  const isLast = phase === trace.phases.length - 1;
  const width = 4 + (10 * (phase + 1)) / trace.phases.length;
  brush.fillStyle = isLast ? colours.strong : colours.weak;
  if (isLast) return brush.fillRect(x - width / 2, from, width, to - from);
  brush.globalAlpha = 0.45;
  brush.fillRect(x - width / 2, from, width, to - from);
  brush.globalAlpha = 1;
  if (to - from < 4) return;
  brush.strokeStyle = colours.weak;
  brush.strokeRect(x - width / 2 + 0.5, from + 0.5, width - 1, to - from - 1);
}

function drawDownTime(stretch, x) {
  const [from, to] = heightsOf(stretch);
  const half = Math.min(24, laneWidth() * 0.25);
  brush.fillStyle = colours.back;
  brush.fillRect(x - 1, from, 2, to - from); // The lifeline has ended.
  hatch(x - half, from, 2 * half, to - from, colours.ink, 1);
  caption("down", x + half + 4, Math.max(HEAD_HEIGHT, from) + 14, laneWidth(), to);
}

// Those that are cut off together still reach each other: they share a frame where their lanes are
// side by side, and else its caption says with whom.
function drawPartition({ from, until, processes }) {
  const [top, bottom] = [from, until].map((at) => yOf(placeOfTime(at)));
  const [fromY, toY] = [Math.max(HEAD_HEIGHT, top), Math.min(view.height, bottom)];
  if (toY <= fromY) return;
  for (const frame of sideBySide(processes)) {
    const left = xOf(frame[0]) - laneWidth() * LIFELINE + 3;
    const width = laneWidth() * frame.length - 6;
    hatch(left, fromY, width, toY - fromY, colours.cut, -1);
    brush.strokeStyle = colours.cut;
    brush.lineWidth = 1;
    brush.strokeRect(left, top, width, bottom - top);
    const elsewhere = processes.filter((process) => !frame.includes(process));
    const others = elsewhere.length > 0 ? ` with ${elsewhere.join(", ")}` : "";
    const words = `cut off${frame.length > 1 ? " together" : ""}${others}`;
    caption(words, left + 4, fromY + 14, width - 8, toY);
  }
}

// These processes, as far as they are shown, in groups of neighbouring lanes.
function sideBySide(processes) {
  const groups = [];
  let before = null;
  for (const process of view.lanes) {
    const isIn = processes.includes(process);
    if (isIn && before) before.push(process);
    else if (isIn) groups.push(before = [process]);
    else before = null;
  }
  return groups;
}

// What shaded stretches are called, for when all else is drawn: nothing is to cover it.
const captions = [];

function caption(words, x, y, room, bottom) {
  if (y + 4 > bottom) return;
  const text = shortened(words, room, 12, 600);
  const rightmost = view.width - brush.measureText(text).width - 2;
  captions.push({ text, x: Math.min(x, rightmost), y });
}

// Lines that lean to one side or the other: a pattern, for a colour alone is not enough.
function hatch(x, y, width, height, colour, lean) {
  if (height <= 0) return;
  brush.save();
  brush.beginPath();
  brush.rect(x, y, width, height);
  brush.clip();
  brush.globalAlpha = 0.1;
  brush.fillStyle = colour;
  brush.fillRect(x, y, width, height);
  brush.globalAlpha = 0.4;
  brush.strokeStyle = colour;
  brush.lineWidth = 1;
  // Fixed to the run and not to the screen, so that it moves when the run does.
  const start = y - ((((y - yOf(0)) % 9) + 9) % 9) - width;
  brush.beginPath();
  for (let at = start; at < y + height + width; at += 9) {
    brush.moveTo(x, lean > 0 ? at : at + width);
    brush.lineTo(x + width, lean > 0 ? at + width : at);
  }
  brush.stroke();
  brush.restore();
}

function line(fromX, fromY, toX, toY) {
  brush.beginPath();
  brush.moveTo(fromX, fromY);
  brush.lineTo(toX, toY);
  brush.stroke();
}

const fontOf = (size, weight) => `${weight} ${size}px system-ui, sans-serif`;

// Words, with a halo of the background's colour that keeps them apart from what they lie on.
function write(text, x, y, options = {}) {
  const { align = "left", size = 12, weight = 400, colour = colours.ink } = options;
  brush.font = fontOf(size, weight);
  brush.textAlign = align;
  brush.lineJoin = "round";
  brush.lineWidth = 3;
  brush.strokeStyle = options.halo ?? colours.back;
  brush.strokeText(text, x, y);
  brush.fillStyle = colour;
  brush.fillText(text, x, y);
}

// Too much to draw each: how wide the strip is says how much happens there.
function drawDensity(process) {
  const list = placesByProcess[process];
  const x = xOf(process), widest = laneWidth() * 0.6;
  brush.fillStyle = colours.ink;
  brush.globalAlpha = 0.55;
  let before = firstWhere(list, (place) => place >= view.top);
  for (let y = HEAD_HEIGHT; y < view.height; y += 2) {
    const upTo = placeOfY(y + 2);
    const after = firstWhere(list, (place) => place >= upTo);
    const half = Math.min(widest, 3 * Math.log2(1 + after - before));
    if (after > before) brush.fillRect(x + 9, y, half, 2);
    before = after;
  }
  brush.globalAlpha = 1;
  for (const { from } of stretchesInView(downTimes[process])) {
    drawMarks("crash", [{ x, y: yOf(places[from.index]) }]);
  }
}
