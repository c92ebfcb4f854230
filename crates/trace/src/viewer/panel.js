// The chosen event in whole words, and the state of every process at its cut.

const details = document.getElementById("details");

// An element with what is in it. Texts become text, never markup: a trace may say anything.
function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function showDetails(event) {
  details.replaceChildren(...(event ? about(event) : hint()));
  details.dataset.event = event ? event.index : "";
  details.scrollTop = 0;
}

function hint() {
  return [element("p", { className: "hint" },
    "Choose an event, in the diagram or with the arrow keys: what was before it and may have caused it, "
    + "what it may have caused, and how every process stood then. Press ? for help.")];
}

function about(event) {
  const parts = [
    element("h2", {}, capital(inWords(event))),
    element("p", { className: "which" }, `${capital(numbered(event))} of ${events.length.toLocaleString("en")}`),
  ];
  if (event === violated) parts.push(element("p", { className: "wrong" }, "The violation shows after this event."));
  parts.push(whenAndClocks(event));
  if (event.effects) parts.push(...inputAndEffects(event));
  if (event.kind === "fate") parts.push(messageStory(event));
  parts.push(...kin(event), ...stateAtCut(event));
  return parts;
}

function whenAndClocks(event) {
  const rows = hasTimes ? [["When", moment(event)]] : [];
  if (hasTimes && event.own !== undefined) rows.push(["By its own clock", milliseconds(event.own)]);
  if (event.kind !== "fate") {
    rows.push(["Lamport’s clock", `${lamportTime(event)}`]);
    rows.push(["Vector clock", `[${vectorClock(event).join(", ")}]`]);
  }
  return element("dl", {}, ...rows.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
}

// A button that chooses another event.
function linkTo(event, words) {
  const link = element("button", { type: "button", className: "link" }, words ?? numbered(event));
  link.dataset.event = event.index;
  link.addEventListener("click", () => choose(event));
  return link;
}

function inputAndEffects(event) {
  const items = event.effects.map((effect) =>
    element("li", {}, capital(effectInWords(effect)), ...(effect.message ? becameOf(effect.message) : []), "."));
  const did = items.length ? element("ul", {}, ...items) : element("p", {}, "Nothing that others would see.");
  const parts = [element("h3", {}, "What it did"), did];
  if (event.kind === "message") parts.unshift(element("h3", {}, "What came in"), cameFrom(event));
  return parts;
}

function cameFrom(event) {
  const message = messageAt(event);
  const said = `“${event.input.text}”`;
  if (!message) return element("p", {}, `${said}. The trace does not tell of its sending.`);
  const sent = message.sentBy;
  const way = hasTimes ? `, ${milliseconds(event.at - sent.at)} on its way` : "";
  const which = message.arrivals[0] === event ? "" : " This is its duplicate: it has arrived before.";
  return element("p", {}, `${said}, sent in `, linkTo(sent), `${atMoment(sent)}${way}.${which}`);
}

// Where a message went, with a way to go there.
function becameOf(message) {
  const ends = [
    ...message.arrivals.map((event) => [event, hasTimes ? `arrives at ${moment(event)}` : `arrives in ${moment(event)}`]),
    ...message.fates.map((event) => [event, event.fate]),
  ].filter(([event]) => event !== view.chosen);
  if (isUnderWay(message)) ends.push([null, "under way at the end of the trace"]);
  if (ends.length === 0) return [];
  return [": ", ...ends.flatMap(([event, words], at) => [at ? ", " : "", event ? linkTo(event, words) : words])];
}

function messageStory(event) {
  const message = messageAt(event);
  if (!message) return element("p", {}, "The trace does not tell of the message’s sending.");
  return element("p", {}, "Sent in ", linkTo(message.sentBy), atMoment(message.sentBy), ...becameOf(message), ".");
}

function kin(event) {
  const counts = { past: 0, future: 0, apart: 0 };
  for (const other of events) {
    if (other !== event && other.kind !== "fate") counts[relation(other, event)] += 1;
  }
  return [
    element("h3", {}, "Cause and effect"),
    kinOf("past", counts.past, "happened before it, and may have caused it"),
    kinOf("future", counts.future, "happened after it, and may have come of it"),
    kinOf("apart", counts.apart, "can neither have caused it nor have come of it"),
  ];
}

function kinOf(kinship, count, words) {
  return element("p", { className: kinship }, `${plural(count, "event")} ${words}.`);
}

function stateAtCut(event) {
  const rows = cutAt(event).map((last, process) => stateRow(last, process, event));
  return [
    element("h3", {}, `Every ${trace.noun} at this cut`),
    element("p", {},
      `Each ${trace.noun} as it is after the last of its events that happened before this one. The cut is consistent: `
      + "whatever is received in it was sent in it. Nobody need have seen the system so at any one moment, "
      + `but nobody within it can tell that it was not so.`),
    element("div", { className: "states" }, ...rows),
  ];
}

function stateRow(last, process, event) {
  const name = element("h4", {}, capital(named(process)));
  const row = element("section", { className: process === event.process ? "own" : "" }, name);
  row.dataset.process = process;
  if (!last) row.append(element("p", {}, "Has not begun, as far as this event can know."));
  else {
    if (last.phase) name.append(" ", element("span", { className: "phase" }, last.phase));
    const after = last === event ? "after this event" : ["after ", linkTo(last), atMoment(last)];
    row.append(element("p", { className: "after" }, ...[after].flat()));
    row.append(stateOf(last));
  }
  return row;
}

function stateOf(event) {
  if (event.kind === "crash") return element("p", {}, "Dead: it has forgotten everything.");
  if (event.state === null) return element("p", {}, "Unknown: it panicked.");
  return element("code", { className: "state" }, event.state);
}
