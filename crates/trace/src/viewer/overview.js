// The whole run, beside the diagram, and which part of it is in view.

const overview = document.getElementById("overview");

// It is painted once, and again when something in it has changed.
let overviewOfAll = null;
const forgetOverview = () => { overviewOfAll = null; };

function drawOverview() {
  const { width, height } = overview.getBoundingClientRect();
  const surface = overview.getContext("2d");
  overviewOfAll ??= paintOverview(width, height);
  surface.clearRect(0, 0, width, height);
  surface.drawImage(overviewOfAll, 0, 0, width, height);
  const scale = height / (lastPlace || 1);
  const from = Math.max(0, view.top * scale);
  const to = Math.min(height, bottomPlace() * scale);
  surface.strokeStyle = colours.past;
  surface.lineWidth = 2;
  surface.strokeRect(1, Math.min(from, height - 5) + 1, width - 2, Math.max(3, to - from - 2));
  if (!view.chosen) return;
  surface.fillStyle = colours.wrong;
  surface.fillRect(0, Math.min(height - 2, places[view.chosen.index] * scale), width, 2);
}

function paintOverview(width, height) {
  const density = window.devicePixelRatio || 1;
  const image = document.createElement("canvas");
  image.width = Math.max(1, Math.round(width * density));
  image.height = Math.max(1, Math.round(height * density));
  const surface = image.getContext("2d");
  surface.scale(density, density);
  const scale = height / (lastPlace || 1), lane = width / Math.max(1, view.lanes.length);
  view.lanes.forEach((process, at) => {
    surface.fillStyle = colours.faint;
    surface.fillRect((at + 0.5) * lane, 0, 0.5, height);
    const bar = (stretch, colour) => {
      surface.fillStyle = colour;
      const from = places[stretch.from.index] * scale;
      const height = Math.max(0.7, endOfStretch(stretch) * scale - from);
      surface.fillRect(at * lane + 1, from, lane - 2, height);
    };
    for (const stretch of phaseBars[process]) {
      if (stretch.phase === trace.phases.length - 1) bar(stretch, colours.strong);
    }
    for (const stretch of downTimes[process]) bar(stretch, colours.ink);
  });
  return image;
}
