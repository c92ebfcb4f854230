//! What `check` shows: how far a search is, and what it finds.

use checker::{Extent, Verdict as Found};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use mutual_exclusion::{Workload, counted};
use scenario::Scenario;

use super::{Solution, simulate::name};
use crate::{Failure, Output};

/// Where it is told what is found, and how far the search is.
#[derive(Clone)]
pub(super) struct Screen {
    /// Whose sites are searched.
    pub(super) lab: &'static str,
    pub(super) out: Output,
    /// On a terminal alone.
    bar: ProgressBar,
}

/// A run that goes wrong.
pub(super) struct Story {
    /// What kind of run it is, as a phrase behind a comma, if anything is known.
    pub(super) kind: &'static str,
    /// What happens, line by line, with what is wrong at the end.
    pub(super) text: String,
    /// Where it is drawn, if it is.
    pub(super) picture: Option<String>,
}

/// Takes a bar away, and keeps it away, whatever another thread does with it.
pub(super) fn hide(bar: &ProgressBar) {
    bar.finish_and_clear();
    bar.set_draw_target(ProgressDrawTarget::hidden());
}

impl Screen {
    pub(super) fn new(lab: &'static str, out: Output) -> Self {
        let bar = ProgressBar::new_spinner();
        let style = ProgressStyle::with_template("{spinner} {human_pos} states, {msg}, {elapsed}");
        bar.set_style(style.expect("the template names fields that exist"));
        Self { lab, out, bar }
    }

    /// Shows how far a search is while it lasts.
    pub(super) fn watch<T>(&self, search: impl FnOnce(&mut dyn FnMut(&Extent)) -> T) -> T {
        self.bar.reset();
        let found = search(&mut |extent| {
            self.bar.set_message(format!("depth {}", extent.depth));
            self.bar.set_position(extent.unique_states);
        });
        self.bar.finish_and_clear();
        found
    }

    /// Shows no more of a search that nobody waits for.
    pub(super) fn hide(&self) {
        hide(&self.bar);
    }

    pub(super) fn tell<P: Solution>(
        &self,
        scenario: &Scenario<Workload>,
        found: &Found<P>,
        story: Option<&Story>,
    ) -> Result<(), Failure> {
        let extent = found.extent();
        let Extent { unique_states, total_states, depth, is_reduced, elapsed } = extent;
        let (size, order) = (scenario.processes, name(scenario.links.order));
        let (seconds, missed) = (elapsed.as_secs_f64(), extent.chance_of_a_missed_state());
        let system = format!("{}, {order} links", counted(size.into(), "site"));
        let (states, times) = (counted(*unique_states, "state"), counted(*total_states, "time"));
        let reduced = if *is_reduced { ", reduced" } else { "" };
        let searched = format!("{states}, met {times}, depth {depth}{reduced}, {seconds:.1} s");
        let (word, line) = match found {
            Found::Proved(_) => ("proved", format!("{searched}, chance of a miss {missed:.0e}")),
            Found::BoundHit { .. } => ("bound-hit", searched),
            Found::Violated { .. } => {
                let (kind, text) = story.map_or(("", ""), |story| (story.kind, &story.text));
                ("violated", format!("a run that goes wrong{kind}:\n{text}"))
            }
        };
        let (text, picture) = (story.map(|it| &it.text), story.and_then(|it| it.picture.as_ref()));
        self.out.record(&serde_json::json!({
            "size": size, "order": order, "found": word, "unique_states": unique_states,
            "total_states": total_states, "depth": depth, "reduced": is_reduced, "seconds": seconds,
            "chance_of_a_missed_state": missed, "story": text, "picture": picture,
        }))?;
        self.out.line(format_args!("{system}: {line}"))?;
        if let Some(picture) = picture {
            self.out.line(format_args!("to look at it: {picture}"))?;
        }
        Ok(())
    }
}
