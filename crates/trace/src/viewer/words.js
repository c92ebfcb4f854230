// Events in words. Nothing here knows of the page.

const named = (process) => `${trace.noun} ${process}`;
const count = (number) => number.toLocaleString("en");
const plural = (number, word, ending = "s") =>
  `${count(number)} ${word}${number === 1 ? "" : ending}`;
const capital = (sentence) => sentence.charAt(0).toUpperCase() + sentence.slice(1);

// Nanoseconds, as milliseconds. What is more exact than a microsecond is noise.
function milliseconds(nanoseconds, maximumFractionDigits = 3) {
  return `${(nanoseconds / 1e6).toLocaleString("en", { maximumFractionDigits })} ms`;
}

// Which step it is, or after which it happened, and when. An order has no milliseconds.
const stepOf = (event) => `step ${count(event.step)}`;
const numbered = (event) => (event.isStep ? stepOf(event) : `after ${stepOf(event)}`);
const moment = (event) => (hasTimes ? milliseconds(event.at) : numbered(event));
const atMoment = (event) => (hasTimes ? ` at ${milliseconds(event.at)}` : "");

function messageInWords(message) {
  return `“${message.text}” from ${named(message.sender)} to ${named(message.to)}`;
}

// How long a message took, as what follows a comma.
function timeOnWay(message, arrival) {
  return hasTimes ? `, ${milliseconds(arrival.at - message.sentBy.at)} on its way` : "";
}

const fateInWords = {
  lost: "is lost on its way",
  cut: "is cut off: a partition, a broken connection or a dead receiver is in its way",
  duplicated: "is duplicated: a second one is on its way",
  overtaken: "is overtaken by one that was sent later",
};

// What happened, as a sentence without its end.
function inWords(event) {
  const who = named(event.process);
  const { text, from } = event.input ?? {};
  switch (event.kind) {
    case "start": return `${who} starts`;
    case "command": return `${who} is told: ${text}`;
    case "message": return `${who} receives “${text}” from ${named(from)}`;
    case "timer": return `the timer “${text}” of ${who} runs out`;
    case "link": return linkInWords(who, event.input);
    case "crash": return `${who} crashes`;
    case "fate": return fateOf(event);
  }
}

function linkInWords(who, { peer, up }) {
  if (!up) return `${who} loses its link to ${named(peer)}`;
  return `${who} is linked to ${named(peer)} (life ${up.life}, at ${up.where})`;
}

function fateOf(event) {
  const message = messageAt(event);
  const what = message ? messageInWords(message)
    : `message ${event.message.number} from ${named(event.process)} to ${named(event.to)}`;
  return `${what} ${fateInWords[event.fate]}`;
}

// Few words, for beside a mark: what came in, and what the application was told of it.
function inBrief(event) {
  const emitted = (event.effects ?? []).filter((effect) => effect.kind === "emit");
  const heard = emitted.map((effect) => ` · ${effect.text}`).join("");
  switch (event.kind) {
    case "start": return `start${heard}`;
    case "command": case "message": return event.input.text + heard;
    case "timer": return `timer ${event.input.text}${heard}`;
    case "link": return `link ${event.input.up ? "to" : "lost:"} ${event.input.peer}${heard}`;
    case "crash": return "crashes";
    case "fate": return event.fate;
  }
}

// What an effect did, as the rest of a sentence that begins with its process. What became of a
// message is told by whoever can point to it.
function effectInWords(effect) {
  switch (effect.kind) {
    case "send": return `sends “${effect.text}” to ${named(effect.to)}`;
    case "emit": return `tells its application: ${effect.text}`;
    case "set-timer": return `sets its timer “${effect.text}” to ${milliseconds(effect.after)}`;
    case "cancel-timer": return `stops its timer “${effect.text}”`;
    case "close": return `closes its link to ${named(effect.peer)}`;
    case "reject": return `rejects what ${named(effect.peer)} did: ${effect.text}`;
  }
}

// Whatever a search by text should find of an event.
function searchable(event) {
  const effects = (event.effects ?? []).map(effectInWords);
  return [inWords(event), event.phase ?? "", ...effects].join("\n").toLowerCase();
}
