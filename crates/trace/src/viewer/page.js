// What is on the page before anything is chosen: whose run it is, the filters, the help.

const byId = (id) => document.getElementById(id);

// What was wrong, and the event that it shows after: the last one. If there was no room for the
// end of the run, no event of it can be named; nor over a network, where it was found out when all
// was over.
const violation = trace.end?.violation ?? null;
const isFoundAtOnce = trace.driver !== "network" && !trace.end?.left_out;
const violated = violation && isFoundAtOnce ? events.at(-1) : null;

function fillPage() {
  document.title = `${trace.lab}: a run`;
  byId("lab").textContent = [trace.lab, ...trace.arguments].join(" ");
  byId("run").textContent = factsOfRun().filter(Boolean).join(" · ");
  byId("phases").append(...trace.phases.map((phase, at) => {
    const isLast = at === trace.phases.length - 1;
    return element("span", { className: isLast ? "bar strong" : "bar weak" }, phase);
  }));
  byId("rows").hidden = !hasTimes;
  byId("rows").setAttribute("aria-pressed", view.byRows);
  fillFilters();
  showDeaths();
  if (violation) showViolation();
}

// More of them than these would fill the page.
const MOST_DEATHS = 5;

// Ways to where somebody dies: what is looked for first, in a run of thousands of events.
function showDeaths() {
  const deaths = events.filter(({ kind }) => kind === "crash");
  const links = deaths.slice(0, MOST_DEATHS).flatMap((death) => {
    const words = `${named(death.process)} crashes${atMoment(death)}`;
    return [" · ", linkTo(death, words)];
  });
  const more = deaths.length - MOST_DEATHS;
  byId("run").append(...links, more > 0 ? `, ${plural(more, "more crash", "es")}` : "");
}

function factsOfRun() {
  const { version, driver, seed, processes, noun, end } = trace;
  const ended = hasTimes && end ? `ended at ${milliseconds(end.at)}` : "";
  return [
    version, driver, seed === null ? "" : `seed ${seed}`, plural(processes, noun),
    end ? ended : "no end is recorded",
    end?.left_out ? `${plural(end.left_out, "more event")} left out` : "",
  ];
}

function showViolation() {
  const unknown = trace.end.left_out ? [", after events that there was no room for"] : [];
  const after = violated ? [", after ", linkTo(violated, stepOf(violated)), atMoment(violated)] : unknown;
  const [property, detail] = [violation.property, violation.detail].map(readable);
  const what = element("strong", {}, `Violated: ${property}`, ...after, ".");
  byId("violation").append(what, ` ${capital(detail)}.`);
  byId("violation").hidden = false;
}

function fillFilters() {
  const { processes, kinds } = filter;
  byId("processes").append(...lifelines.map((_, process) =>
    checkbox("process", process, named(process), processes)));
  byId("kinds").append(...Object.entries(KINDS).map(([kind, words]) =>
    checkbox("kind", kind, words, kinds)));
  const hasRoom = matchMedia("(min-width: 761px)").matches;
  showFilters(hasRoom);
}

function showFilters(areShown) {
  byId("filters").hidden = !areShown;
  byId("filter-button").setAttribute("aria-expanded", areShown);
}

function checkbox(name, value, words, set) {
  const box = element("input", { type: "checkbox", name, value, checked: true });
  box.addEventListener("change", () => {
    if (box.checked) set.add(value); else set.delete(value);
    refilter();
  });
  return element("label", {}, box, ` ${words}`);
}

const LEGEND = {
  start: "it starts",
  command: "its application tells it something",
  message: "it receives a message",
  timer: "its timer runs out",
  link: "a link comes up, or goes down",
  crash: "it crashes",
  lost: "a message is lost",
  cut: "a message is cut off",
  duplicated: "a message is duplicated",
  overtaken: "a message is overtaken",
  "arrives again": "a duplicate arrives",
  "under way": "what became of it is not told",
};

function showHelp() {
  byId("help").showModal();
  const rows = Object.entries(LEGEND).map(([kind, words]) => {
    const picture = element("canvas", { ariaHidden: "true" });
    return { kind, picture, row: element("p", {}, picture, words) };
  });
  byId("legend").replaceChildren(...rows.map(({ row }) => row));
  for (const { kind, picture } of rows) {
    const { width, height } = fit(picture);
    paintOn(picture, () => drawSample(kind, width, height / 2));
  }
}
