// The rims of the diagram: the axis on its left, and the names above.

// The axis says when, and where time stands still: a bar as long as the pause.
function drawAxis() {
  brush.fillStyle = colours.back;
  brush.fillRect(0, 0, view.axisWidth - 8, view.height);
  brush.strokeStyle = colours.faint;
  brush.lineWidth = 1;
  line(view.axisWidth - 8, HEAD_HEIGHT, view.axisWidth - 8, view.height);
  if (!view.byRows) drawPauses();
  for (const { place, text } of view.byRows ? rowTicks() : timeTicks()) {
    const y = yOf(place);
    if (y < HEAD_HEIGHT + 6) continue; // The head would hide half of it.
    brush.strokeStyle = colours.faint;
    brush.lineWidth = 1;
    line(view.axisWidth - 13, y, view.axisWidth - 8, y);
    write(text, view.axisWidth - 16, y + 4, { align: "right", size: 11 });
  }
}

function drawPauses() {
  const first = firstWhere(instants, (instant) => instant.to >= view.top);
  const end = firstWhere(instants, (instant) => instant.from > bottomPlace());
  if (end - first > MOST_MARKS) return;
  brush.fillStyle = colours.faint;
  for (const { from, to } of instants.slice(first, end)) {
    if (to > from) brush.fillRect(view.axisWidth - 11, yOf(from), 3, (to - from) * view.scale);
  }
}

const TICK_DISTANCE = 56;

function timeTicks() {
  const last = timeOfPlace(Math.min(bottomPlace(), lastPlace));
  const step = roundStep(TICK_DISTANCE / view.scale);
  const digits = Math.max(0, 6 - Math.floor(Math.log10(step))); // Of nanoseconds as milliseconds.
  const ticks = [];
  let y = -Infinity;
  for (let at = Math.floor(timeOfPlace(view.top) / step) * step; at <= last; at += step) {
    const place = placeOfTime(at);
    if (yOf(place) < y + TICK_DISTANCE / 2) continue;
    y = yOf(place);
    ticks.push({ place, text: milliseconds(at, digits) });
  }
  return ticks;
}

// 1, 2 or 5 times a power of ten.
function roundStep(least) {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  return [1, 2, 5, 10].find((times) => times * power >= least) * power;
}

function rowTicks() {
  const every = Math.max(1, roundStep(24 / view.scale));
  const ticks = [];
  const last = Math.min(bottomPlace(), shown.length - 1);
  for (let row = Math.max(0, Math.floor(view.top / every) * every); row <= last; row += every) {
    ticks.push({ place: row, text: moment(shown[row]) });
  }
  return ticks;
}

const FAR = "Too far to tell events apart: the strips show how much happens. Zoom in to see it.";

// Who the lifelines belong to, always in sight.
function drawHead() {
  if (marks.isFar) write(FAR, view.axisWidth + 4, HEAD_HEIGHT + 18, { weight: 600 });
  brush.fillStyle = colours.shade;
  brush.fillRect(0, 0, view.width, HEAD_HEIGHT);
  const isNarrow = laneWidth() < 56;
  for (const process of view.lanes) {
    const name = isNarrow ? `${process}` : named(process);
    const words = shortened(name, laneWidth() - 6, 13, 600);
    // Above its lifeline, unless it is so long that it would leave its lane.
    const left = view.axisWidth + view.lanes.indexOf(process) * laneWidth() + 3;
    const x = Math.max(left, xOf(process) - brush.measureText(words).width / 2);
    write(words, x, 19, { size: 13, weight: 600, halo: colours.shade });
  }
  const axis = `${nameOfAxis()} ↓`;
  write(axis, view.axisWidth - 12, 18, { align: "right", halo: colours.shade });
}

function nameOfAxis() {
  if (!hasTimes) return "steps";
  return view.byRows ? "rows" : "time";
}
