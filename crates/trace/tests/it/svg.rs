//! The picture of a run: to the letter where people look at it, and by its rules everywhere.

use std::{env, fs, path::Path, time::Duration};

use mutual_exclusion::Workload;
use protocol::{Effect, Fate, Input, ProcessId};
use scenario::Scenario;
use trace::{Driver, End, Entry, Trace};

use crate::{
    runs::{header, judged, plain, rough, step, unjudged},
    xml::{self, Element},
};

/// Holds a picture against the one that is kept.
fn assert_golden(name: &str, trace: &Trace) {
    let path = Path::new("tests/golden").join(name).with_extension("svg");
    let svg = trace.to_svg();
    if env::var_os("GOLDEN").is_some_and(|wish| wish == "overwrite") {
        return fs::write(path, svg).expect("the folder is there");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(svg == kept, "{} is drawn otherwise now", path.display());
}

fn lossy() -> Scenario<Workload> {
    let mut scenario = plain();
    scenario.links.loss = "0.2".parse().expect("a chance");
    scenario.links.duplication = "0.2".parse().expect("a chance");
    scenario
}

fn crashing() -> Scenario<Workload> {
    let mut scenario = plain();
    scenario.crashes = vec!["1@9ms..30ms".parse().expect("a crash")];
    scenario
}

fn parted() -> Scenario<Workload> {
    let mut scenario = plain();
    scenario.partitions = vec!["2@3ms..12ms".parse().expect("a partition")];
    scenario
}

/// A run with so many entries that not all can be drawn.
fn long() -> Trace {
    judged(&Scenario::new(3, Workload::high_contention(30)), 1)
}

fn of_class<'a>(picture: &'a Element, class: &'a str) -> impl Iterator<Item = &'a Element> {
    let diagram = picture.children.iter().find(|it| it.attributes.contains_key("transform"));
    let all = diagram.expect("the diagram is a group that is moved").all();
    all.into_iter().filter(move |element| element.has_class(class))
}

/// What stands above the diagram.
fn head(picture: &Element) -> String {
    let texts = picture.children.iter().filter(|element| element.name == "text");
    texts.map(|element| format!("{}\n", element.text)).collect()
}

#[test]
fn pictures_are_drawn_as_they_are_kept() {
    assert_golden("plain", &judged(&plain(), 1));
    assert_golden("loss", &judged(&lossy(), 1));
    assert_golden("crash", &judged(&crashing(), 1));
    assert_golden("partition", &judged(&parted(), 1));
}

#[test]
fn every_message_has_an_arrow_that_never_points_back_in_time() {
    for seed in 0..20 {
        println!("seed {seed}");
        let trace = unjudged(&rough(), seed);
        let picture = xml::read(&trace.to_svg());
        let count = |is_it: &dyn Fn(&Entry<trace::Told>) -> bool| {
            trace.entries.iter().filter(|entry| is_it(entry)).count()
        };
        let received = count(&|it| matches!(it, Entry::Step(it) if it.words.received.is_some()));
        let is_stop = |fate| matches!(fate, Fate::Lost | Fate::Cut);
        let stopped = count(&|it| matches!(it, Entry::Fate(met) if is_stop(met.fate)));
        let crashed = count(&|it| matches!(it, Entry::Crash { .. }));
        assert_eq!(of_class(&picture, "head").count(), received);
        assert_eq!(of_class(&picture, "stop").count(), stopped);
        assert_eq!(of_class(&picture, "crash").count(), crashed);
        for arrow in of_class(&picture, "message") {
            assert!(arrow.number("y1") <= arrow.number("y2"), "{arrow:?}");
        }
    }
}

#[test]
fn a_label_that_has_no_room_beside_the_axis_stands_elsewhere() {
    let message = || "hello".to_owned();
    let send = |to| Effect::Send { to: ProcessId(to), message: message() };
    let given = Input::Message { from: ProcessId(1), message: message() };
    let event = Effect::Emit("what a label can hold".to_owned());
    let entries = vec![
        step(1, 1, Input::Start, None, vec![send(0)], 0),
        step(0, 2, given.clone(), Some((1, 0)), vec![event, send(1)], 0),
        step(1, 3, given, Some((0, 0)), vec![], 1),
    ];
    let picture = xml::read(&Trace { header: header(2), entries, end: None }.to_svg());
    let said = of_class(&picture, "said").next().expect("a label");
    let lifeline = of_class(&picture, "life").next().expect("a lifeline").number("x1");
    let ((points, ..), axis) = (label(said), of_class(&picture, "axis").next());
    let axis = axis.expect("an axis").number("x1");
    assert!(points.iter().all(|[x, _]| *x > axis), "{said:?}");
    assert!(points.iter().all(|[x, _]| *x > lifeline), "{said:?}");
}

#[test]
fn who_talks_to_itself_has_an_arrow_that_can_be_seen() {
    let send = Effect::Send { to: ProcessId(0), message: "hello".to_owned() };
    let given = Input::Message { from: ProcessId(0), message: "hello".to_owned() };
    let entries = vec![
        step(0, 1, Input::Start, None, vec![send], 0),
        step(0, 2, given, Some((0, 0)), vec![], 1),
    ];
    let picture = xml::read(&Trace { header: header(1), entries, end: None }.to_svg());
    let arrow = of_class(&picture, "message").next().expect("an arrow");
    assert_eq!(arrow.name, "path", "{arrow:?}");
}

#[test]
fn nobody_receives_what_was_for_another() {
    let send = Effect::Send { to: ProcessId(1), message: "hello".to_owned() };
    let given = Input::Message { from: ProcessId(0), message: "hello".to_owned() };
    let entries = vec![
        step(0, 1, Input::Start, None, vec![send], 0),
        step(2, 2, given, Some((0, 0)), vec![], 0),
    ];
    let picture = xml::read(&Trace { header: header(3), entries, end: None }.to_svg());
    assert_eq!(of_class(&picture, "head").count(), 0);
    assert_eq!(of_class(&picture, "open").count(), 1);
}

#[test]
fn of_more_lifelines_than_a_page_holds_the_first_are_drawn() {
    let send = |to| Effect::Send { to: ProcessId(to), message: "hello".to_owned() };
    let entries = vec![
        step(0, 1, Input::Start, None, vec![send(39), send(40)], 0),
        step(40, 2, Input::Command("enter".to_owned()), None, vec![send(0)], 0),
    ];
    let picture = xml::read(&Trace { header: header(41), entries, end: None }.to_svg());
    assert_eq!(of_class(&picture, "life").count(), 40);
    assert_eq!(of_class(&picture, "step").count(), 1);
    assert_eq!(of_class(&picture, "message").count(), 1);
    assert!(head(&picture).contains("1 more lifelines, and their messages, are not drawn"));
}

/// The points along the middle of a label, and where it is and runs to.
fn label(element: &Element) -> (Vec<[f64; 2]>, [f64; 4], f64) {
    let matrix =
        element.attributes["transform"].trim_matches(|c: char| !c.is_ascii_digit() && c != '-');
    let numbers: Vec<f64> = matrix.split(' ').map(|it| it.parse().expect("a number")).collect();
    let [ux, uy, _, _, x, y] = numbers[..] else { panic!("{matrix}") };
    // No character of a Latin text is narrower on the average.
    #[expect(clippy::cast_precision_loss, reason = "a few characters")]
    let half = element.text.chars().count() as f64 * 2.7;
    let steps = (-10..=10).map(|step| f64::from(step) / 10.0 * half);
    (steps.map(|step| [x + step * ux, y + step * uy]).collect(), [x, y, ux, uy], half)
}

#[test]
fn no_label_is_written_over_another_and_all_are_in_the_picture() {
    for seed in 0..20 {
        println!("seed {seed}");
        let picture = xml::read(&unjudged(&rough(), seed).to_svg());
        let (width, height) = (picture.number("width"), picture.number("height"));
        assert!(width <= 900.0, "{width}");
        let labels: Vec<_> = of_class(&picture, "label").map(|it| (label(it), &it.text)).collect();
        assert!(labels.len() > 10);
        for (one, ((points, ..), text)) in labels.iter().enumerate() {
            let is_inside =
                |[x, y]: &[f64; 2]| (0.0..width).contains(x) && (0.0..height).contains(y);
            assert!(points.iter().all(is_inside), "{text} is cut off");
            for (other, ((_, [x, y, ux, uy], half), below)) in labels.iter().enumerate() {
                let is_over = |[px, py]: &[f64; 2]| {
                    let [dx, dy] = [px - x, py - y];
                    (dx * ux + dy * uy).abs() < *half && (dy * ux - dx * uy).abs() < 5.0
                };
                assert!(one == other || !points.iter().any(is_over), "{text} is over {below}");
            }
        }
    }
}

#[test]
fn what_was_wrong_stands_above_and_is_marked_where_it_shows() {
    let trace = judged(&lossy(), 1);
    let picture = xml::read(&trace.to_svg());
    let violation = trace.end.and_then(|end| end.violation).expect("sites reject doubles");
    let said = head(&picture).replace('\n', " ").replace("  ", " ");
    assert!(said.contains(&format!("Violated: {violation}")), "{said}");
    let [ring] = of_class(&picture, "ring").collect::<Vec<_>>()[..] else { panic!("one ring") };
    let last = of_class(&picture, "step").last().expect("a step");
    assert_eq!([ring.number("cx"), ring.number("cy")], [last.number("cx"), last.number("cy")]);
}

#[test]
fn a_long_run_is_cut_and_says_so() {
    let mut trace = long();
    let events = |trace: &Trace| of_class(&xml::read(&trace.to_svg()), "step").count();
    assert_eq!(events(&trace), 400);
    let picture = xml::read(&trace.to_svg());
    assert!(head(&picture).contains("later events of this run are not drawn"));
    let first = of_class(&picture, "step").next().expect("a step").number("cy");

    // What led to a violation matters more than how it all began.
    let violation = Some(protocol::Violation::new("safety", "made up"));
    let at = trace.entries.last().expect("an entry").at();
    trace.end = Some(End { at, violation, left_out: 0 });
    let picture = xml::read(&trace.to_svg());
    assert_eq!(events(&trace), 400);
    assert!(head(&picture).contains("earlier events of this run are not drawn"));
    assert_eq!(of_class(&picture, "ring").count(), 1);
    let is_news = |input: &Input<_, _, _>| matches!(input, Input::Start | Input::Link { .. });
    let steps = trace.entries.iter().rev().filter_map(|entry| match entry {
        Entry::Step(told) if !is_news(&told.words.input) => Some(told),
        _ => None,
    });
    let arrivals = steps.take(400).filter(|told| told.words.received.is_some()).count();
    assert_eq!(of_class(&picture, "head").count(), arrivals, "and no arrow that ended before");
    assert_eq!(of_class(&picture, "name").count(), 6, "names above, and on the last page");
    assert!(of_class(&picture, "message").all(|arrow| arrow.number("y1") >= first));

    // Nobody knows where a violation shows that comes after what was recorded.
    trace.end.as_mut().expect("an end").left_out = 9;
    let picture = xml::read(&trace.to_svg());
    assert!(head(&picture).contains("9 more entries were not recorded"));
    assert_eq!(of_class(&picture, "ring").count(), 0);
}

/// How far each step is drawn below the one before.
fn steps_down(trace: &Trace) -> Vec<f64> {
    let picture = xml::read(&trace.to_svg());
    let places: Vec<f64> = of_class(&picture, "step").map(|it| it.number("cy")).collect();
    places.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

/// The run with its entries at other times.
fn timed(mut trace: Trace, at: impl Fn(usize) -> Duration) -> Trace {
    for (number, entry) in trace.entries.iter_mut().enumerate() {
        if let Entry::Step(told) = entry {
            told.words.at = at(number);
        }
    }
    trace
}

#[test]
fn time_is_to_scale_if_it_can_be_and_the_picture_says_whether() {
    let ms = |number: usize| Duration::from_millis(number as u64);
    let even = timed(judged(&plain(), 1), ms);
    assert!(head(&xml::read(&even.to_svg())).contains("time in ms, to scale"));
    let places = steps_down(&even);
    assert!(places.iter().all(|it| (it - places[0]).abs() < 0.11), "{places:?}");

    let mut order = timed(even.clone(), |number| ms(number * number));
    let stretched = steps_down(&order);
    assert!(stretched.iter().any(|it| (it - stretched[0]).abs() > 5.0));
    assert!(head(&xml::read(&order.to_svg())).contains("not to scale"));

    let one_after_another = [(0, 1), (1, 2), (2, 3), (3, 103)];
    let entries = one_after_another.map(|(process, at_ms)| {
        step(process, at_ms, Input::Command("enter".to_owned()), None, vec![], 0)
    });
    let late = Trace { header: header(4), entries: entries.to_vec(), end: None };
    let [.., before, last] = steps_down(&late)[..] else { panic!("four steps") };
    assert!(last > before && last < 10.0 * before, "no page holds a hundred times as much");
    assert!(head(&xml::read(&late.to_svg())).contains("long ones (//) shortened"));

    // The checker has no times: only an order.
    order.header.driver = Driver::Checker;
    let places = steps_down(&order);
    assert!(places.iter().all(|it| (it - places[0]).abs() < 0.11), "{places:?}");
    let picture = xml::read(&order.to_svg());
    assert!(head(&picture).contains("steps in their order, not times"));
    let all = picture.all();
    let mut titles = all.iter().filter(|it| it.name == "title" && it.text.contains(", sent at "));
    assert!(titles.all(|it| it.text.contains("at step ") && it.text.ends_with(" steps")));
}

#[test]
fn who_is_cut_off_is_shaded_for_so_long() {
    let trace = unjudged(&rough(), 0);
    let picture = xml::read(&trace.to_svg());
    let shades: Vec<_> = of_class(&picture, "partition").collect();
    let [shade] = shades[..] else { panic!("one process is cut off once") };
    let names: Vec<_> = of_class(&picture, "name").filter(|it| it.text == "site 1").collect();
    let middle = shade.number("x") + shade.number("width") / 2.0;
    assert!((middle - names[0].number("x")).abs() < 0.11);
    let titles = picture.all();
    let is_title = |it: &&&Element| it.name == "title" && it.text.contains("is cut off from");
    let title = titles.iter().find(is_title).expect("a title");
    assert_eq!(title.text, "site 1 is cut off from 25 ms to 32 ms");
}

#[test]
fn who_is_cut_off_together_shares_a_frame_with_his_neighbours() {
    let mut scenario = Scenario::new(5, Workload::high_contention(2));
    scenario.partitions = vec!["3,0,1@3ms..12ms".parse().expect("a partition")];
    let picture = xml::read(&unjudged(&scenario, 0).to_svg());
    let shades: Vec<_> = of_class(&picture, "partition").collect();
    let [neighbours, alone] = shades[..] else { panic!("two frames: {shades:?}") };
    let lifelines: Vec<f64> = of_class(&picture, "life").map(|it| it.number("x1")).collect();
    let is_in = |shade: &Element, x: f64| {
        let left = shade.number("x");
        (left..left + shade.number("width")).contains(&x)
    };
    let of = |shade| lifelines.iter().map(|x| is_in(shade, *x)).collect::<Vec<_>>();
    assert_eq!(of(neighbours), [true, true, false, false, false]);
    assert_eq!(of(alone), [false, false, false, true, false]);
    let titles = picture.all();
    let title = "sites 3, 0, 1 are cut off together from 3 ms to 12 ms";
    assert_eq!(titles.iter().filter(|it| it.name == "title" && it.text == title).count(), 2);
}

#[test]
fn what_does_not_arrive_still_says_all_that_there_is_room_for() {
    let send = Effect::Send { to: ProcessId(1), message: "request at 1".to_owned() };
    let entries = vec![step(0, 1, Input::Start, None, vec![send], 0)];
    let picture = xml::read(&Trace { header: header(2), entries, end: None }.to_svg());
    let said = of_class(&picture, "label").map(|it| it.text.as_str()).collect::<Vec<_>>();
    assert_eq!(said, ["request at 1 → 1"]);
}
