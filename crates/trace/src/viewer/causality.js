// What may have caused what: Lamport's "happened before", by vector clocks.

// The clocks of all events, in one array: that of event `i` begins at `i * trace.processes`. The
// component for a process says how many events of its lifeline are this event or came before it.
// It is computed when it is first asked for: a run can be looked at without.
let clocks = null;

function clocksOfAll() {
  if (clocks) return clocks;
  const width = trace.processes;
  clocks = new Uint32Array(events.length * width);
  for (const event of events) {
    const own = event.index * width;
    const learnFrom = (earlier) => {
      // A trace has causes before what came of them. What has not would have no clock yet.
      if (!earlier || earlier.index >= event.index) return;
      const other = earlier.index * width;
      for (let i = 0; i < width; i += 1) {
        clocks[own + i] = Math.max(clocks[own + i], clocks[other + i]);
      }
    };
    learnFrom(messageAt(event)?.sentBy);
    if (event.kind === "fate") continue; // On no lifeline, and so counted by none.
    learnFrom(lifelines[event.process][event.position - 1]);
    clocks[own + event.process] = event.position + 1;
  }
  return clocks;
}

// How many events of the process's lifeline are in the event's past, itself included.
function knownOf(event, process) {
  return clocksOfAll()[event.index * trace.processes + process];
}

// The whole point of vector clocks: one comparison tells. A fate tells nobody anything.
function happenedBefore(earlier, later) {
  if (earlier === later || earlier.kind === "fate") return false;
  return knownOf(later, earlier.process) > earlier.position;
}

// How another event stands to the chosen one: "past", "future", "itself" or "apart".
function relation(event, chosen) {
  if (event === chosen) return "itself";
  if (happenedBefore(event, chosen)) return "past";
  return happenedBefore(chosen, event) ? "future" : "apart";
}

// The last event of each lifeline in the event's past, itself included; undefined where the past
// has none. A past has with each event all that was before it, so that no message is received in
// it that is not sent in it: the cut is consistent.
function cutAt(event) {
  return lifelines.map((line, process) => line[knownOf(event, process) - 1]);
}

// How many events stand how to this one. On a lifeline, the future begins somewhere and does not
// end; so it is found without a look at each.
function countKin(event) {
  const kin = { past: 0, future: 0, apart: 0 };
  lifelines.forEach((line, process) => {
    const past = knownOf(event, process);
    const future = line.length - firstWhere(line, (other) => happenedBefore(event, other));
    kin.past += past;
    kin.future += future;
    kin.apart += line.length - past - future;
  });
  if (event.kind !== "fate") kin.past -= 1; // It knows itself.
  return kin;
}

// The vector clock as it is taught: how many steps of each process. A crash is no step, for nobody
// takes it.
function vectorClock(event) {
  return cutAt(event).map((last) => (last ? stepsUpTo(last) : 0));
}

function stepsUpTo(event) {
  const line = lifelines[event.process];
  if (line.steps === undefined) {
    let steps = 0;
    line.steps = line.map((each) => (each.kind === "crash" ? steps : (steps += 1)));
  }
  return line.steps[event.position];
}

// Lamport's clocks: one more than the largest of what came before.
let times = null;

function lamportTime(event) {
  if (!times) {
    times = new Uint32Array(events.length);
    for (const each of events) {
      const before = lifelines[each.process][each.position - 1];
      const sent = messageAt(each)?.sentBy;
      const latest = Math.max(before ? times[before.index] : 0, sent ? times[sent.index] : 0);
      times[each.index] = each.kind === "crash" || each.kind === "fate" ? latest : latest + 1;
    }
  }
  return times[event.index];
}
