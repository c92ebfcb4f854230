// The trace, read from the page: its events with names, its messages, its lifelines.

const trace = JSON.parse(document.getElementById("trace").textContent);

// What a text says, with what can't be seen, or would turn its neighbours around, spelled out.
function readable(text) {
  return text.replace(/[\p{Cc}\p{Bidi_C}\u2028\u2029]/gu, (sign) =>
    (sign === "\n" ? sign : `\\u{${sign.codePointAt(0).toString(16)}}`));
}

for (const name of ["lab", "version", "noun"]) trace[name] = readable(trace[name]);
for (const name of ["arguments", "phases", "texts"]) trace[name] = trace[name].map(readable);
const text = (place) => (place === null ? null : trace.texts[place]);

// The checker has no clock: its times are but places in an order.
const hasTimes = trace.driver !== "checker";

// A state is told by what is new in it: how much of the beginning and of the end of the process's
// state before is kept, and what is between.
const lastStates = Array(trace.processes).fill("");
function stateAfter(process, change) {
  if (change === null) return null;
  const [beginning, end, middle] = change;
  const before = lastStates[process];
  const state = before.slice(0, beginning) + middle + before.slice(before.length - end);
  lastStates[process] = state;
  return state;
}

// What a row says, by name. `html.rs` has the order.
const eventOf = {
  step([process, at, ahead, given, received, effects, sentBefore, phase, change]) {
    const input = inputOf(given);
    return {
      kind: input.kind, process, at, own: at + ahead, input,
      received: received && { sender: received[0], number: received[1] },
      effects: effects.map(effectOf), sentBefore,
      phase: text(phase), state: stateAfter(process, change),
    };
  },
  fate([at, sender, number, to, fate]) {
    return { kind: "fate", process: sender, at, message: { sender, number }, to, fate };
  },
  crash([at, process]) {
    return { kind: "crash", process, at };
  },
};

function inputOf(given) {
  if (given === "start") return { kind: "start" };
  const [kind, fields] = Object.entries(given)[0];
  switch (kind) {
    case "message": return { kind, from: fields[0], text: text(fields[1]) };
    case "link": {
      const [peer, up] = fields;
      return { kind, peer, up: up && { life: up[0], where: text(up[1]) } };
    }
    default: return { kind, text: text(fields) };
  }
}

function effectOf(did) {
  const [kind, fields] = Object.entries(did)[0];
  switch (kind) {
    case "send": return { kind, to: fields[0], text: text(fields[1]) };
    case "set-timer": return { kind, text: text(fields[0]), after: fields[1] };
    case "reject": return { kind, peer: fields[0], text: text(fields[1]) };
    case "close": return { kind, peer: fields };
    default: return { kind, text: text(fields) };
  }
}

const events = trace.entries.map((row, index) => {
  const [kind, fields] = Object.entries(row)[0];
  return { index, ...eventOf[kind](fields) };
});
delete trace.entries; // The events say the same.

// Steps are numbered as they are taken; a fate or a crash is none, and comes after one. The checker
// has numbered them itself, from when all had started: its places are numbers of steps.
let stepsTaken = 0;
for (const event of events) {
  const isStep = event.kind !== "fate" && event.kind !== "crash";
  if (isStep) stepsTaken += 1;
  event.step = hasTimes ? stepsTaken : event.at / 1e6;
  event.isStep = isStep || !hasTimes;
}

// One list for each process: the events on its lifeline, in order. A fate befalls a message, on
// its way; it is on nobody's lifeline.
const lifelines = Array.from({ length: trace.processes }, () => []);
for (const event of events) {
  if (event.kind === "fate") continue;
  event.position = lifelines[event.process].push(event) - 1;
}

// The messages of each sender by their numbers: who sent it, what it says, and where its arrivals
// and fates are.
const messages = lifelines.map(() => new Map());

function messageOf({ sender, number }) {
  return messages[sender]?.get(number);
}

for (const event of events) {
  let number = event.sentBefore;
  for (const effect of event.effects ?? []) {
    if (effect.kind !== "send") continue;
    const { to, text } = effect;
    effect.message =
      { sender: event.process, number, to, text, sentBy: event, arrivals: [], fates: [] };
    messages[event.process].set(number, effect.message);
    number += 1;
  }
}
for (const event of events) {
  if (event.received) messageOf(event.received)?.arrivals.push(event);
  if (event.kind === "fate") messageOf(event.message)?.fates.push(event);
}

// What came in, or met its fate, with this event; nothing, if it was no message or the trace does
// not tell of its sending.
function messageAt(event) {
  const name = event.kind === "fate" ? event.message : event.received;
  return name ? messageOf(name) : undefined;
}

// The first place in a sorted list of which `isLate` holds; the list's length, if there is none.
function firstWhere(list, isLate) {
  let low = 0, high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isLate(list[middle])) high = middle; else low = middle + 1;
  }
  return low;
}
