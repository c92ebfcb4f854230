// The chosen event in whole words, and the state of every process at its cut.

const details = document.getElementById("details");

// An element with what is in it. Texts become text, never markup: a trace may say anything.
function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

const paragraph = (className, ...children) => element("p", { className }, ...children);
const heading = (words) => element("h3", {}, words);

function showDetails(event) {
  details.replaceChildren(...(event ? about(event) : [paragraph("hint", HINT)]));
  details.dataset.event = event ? event.index : "";
  details.scrollTop = 0;
}

const HINT = "Choose an event, in the diagram or with the arrow keys, to see what may have caused "
  + "it, what it may have caused, and how every process stood then. Press ? for help.";

function about(event) {
  return [
    element("h2", {}, capital(inWords(event))),
    paragraph("which", `${capital(numbered(event))} of ${count(events.at(-1).step)}`),
    event === violated ? paragraph("wrong", "The violation shows after this event.") : "",
    whenAndClocks(event),
    ...story(event),
    ...kin(event),
    ...stateAtCut(event),
  ];
}

function whenAndClocks(event) {
  const rows = [];
  if (hasTimes) rows.push(["When", moment(event)]);
  if (hasTimes && event.effects) rows.push(["By its own clock", milliseconds(event.own)]);
  if (event.kind !== "fate") {
    rows.push(["Lamport’s clock", count(lamportTime(event))]);
    rows.push(["Vector clock", `[${vectorClock(event).join(", ")}]`]);
  }
  const list = element("dl", {});
  for (const [name, value] of rows) list.append(element("dt", {}, name), element("dd", {}, value));
  return list;
}

// A button that chooses another event.
function linkTo(event, words = numbered(event)) {
  const link = element("button", { type: "button", className: "link" }, words);
  link.dataset.event = event.index;
  link.addEventListener("click", () => choose(event));
  return link;
}

function story(event) {
  if (event.kind === "crash") return [];
  if (event.kind === "fate") return [storyOfFate(event)];
  const cameIn = event.kind === "message" ? [heading("What came in"), cameFrom(event)] : [];
  return [...cameIn, heading("What it did"), effectsOf(event)];
}

function effectsOf(event) {
  if (event.effects.length === 0) return paragraph("", "Nothing that others would see.");
  const items = event.effects.map((effect) => {
    const fate = effect.message ? becameOf(effect.message) : [];
    return element("li", {}, capital(effectInWords(effect)), ...fate, ".");
  });
  return element("ul", {}, ...items);
}

function cameFrom(event) {
  const message = messageAt(event);
  const said = `“${event.input.text}”`;
  if (!message) return paragraph("", `${said}. The trace does not tell of its sending.`);
  const sent = message.sentBy;
  const isDuplicate = message.arrivals[0] !== event;
  const again = isDuplicate ? " This is its duplicate: it has arrived before." : "";
  const way = `${atMoment(sent)}${timeOnWay(message, event)}.${again}`;
  return paragraph("", `${said}, sent in `, linkTo(sent), way);
}

// Where a message went, with a way to go there.
function becameOf(message) {
  const preposition = hasTimes ? "at" : "in";
  const ends = [
    ...message.arrivals.map((event) => [event, `arrives ${preposition} ${moment(event)}`]),
    ...message.fates.map((event) => [event, event.fate]),
  ].filter(([event]) => event !== view.chosen).map(([event, words]) => linkTo(event, words));
  if (isUnderWay(message)) ends.push("under way at the end of the trace");
  return ends.flatMap((end, at) => [at ? ", " : ": ", end]);
}

function storyOfFate(event) {
  const message = messageAt(event);
  if (!message) return paragraph("", "The trace does not tell of the message’s sending.");
  const sent = message.sentBy;
  return paragraph("", "Sent in ", linkTo(sent), atMoment(sent), ...becameOf(message), ".");
}

function kin(event) {
  const counts = countKin(event);
  const told = (kinship, words) =>
    paragraph(kinship, `${plural(counts[kinship], "event")} ${words}.`);
  return [
    heading("Cause and effect"),
    told("past", "happened before it, and may have caused it"),
    told("future", "happened after it, and may have come of it"),
    told("apart", "can neither have caused it nor have come of it"),
  ];
}

function stateAtCut(event) {
  const rows = cutAt(event).map((last, process) => stateRow(last, process, event));
  return [
    heading(`Every ${trace.noun} at this cut`),
    paragraph("", `Each ${trace.noun} as it is after the last of its events that happened before `
      + "this one. The cut is consistent: whatever is received in it was sent in it. The system "
      + "need not have stood so at any moment, but nobody within it could tell that it did not."),
    element("div", { className: "states" }, ...rows),
  ];
}

const nameOf = (event) => (event.kind === "crash" ? "its crash" : numbered(event));

function stateRow(last, process, event) {
  const name = element("h4", {}, capital(named(process)));
  const row = element("section", { className: process === event.process ? "own" : "" }, name);
  row.dataset.process = process;
  if (!last) {
    row.append(paragraph("", "Has not begun, as far as this event can know."));
    return row;
  }
  if (last.phase) name.append(" ", element("span", { className: "phase" }, last.phase));
  const after = last === event ? ["after this event"] : ["after ", linkTo(last, nameOf(last)), atMoment(last)];
  row.append(paragraph("after", ...after), stateOf(last));
  return row;
}

function stateOf(event) {
  if (event.kind === "crash") return paragraph("", "Dead: it has forgotten everything.");
  if (event.state === null) return paragraph("", "Unknown: it panicked.");
  return element("code", { className: "state" }, readable(event.state));
}
