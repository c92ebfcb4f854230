//! `node --trace FILE.jsonl`: what happens to a site, written down while it happens.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use network::Config;
use trace::{Driver, Lines, Recorder};

use super::{Lab, Solution, drawing, shared::Shared, system::System};
use crate::Failure;

/// The file of that name, if its end says that it will hold JSON lines.
pub(super) fn file(name: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(name);
    match path.extension() {
        Some(end) if end == "jsonl" => Ok(path),
        _ => Err("a site writes JSON lines: end the file's name with .jsonl; \
                  `cluster --trace` draws what all sites have written"
            .into()),
    }
}

/// A site's file, with what writes into it.
///
/// A step is in the file before any message of it leaves the process (unless megabytes wait for a
/// peer already), so that whatever the others have heard from a site that is killed can be found
/// there. If the file can't be written any
/// more, on a full disk, say, the site goes on with its work: others depend on it. At its end it
/// says what was wrong, and the file has no end.
pub(super) struct Journal<P: Solution> {
    path: PathBuf,
    recorder: Shared<Recording<P>>,
}

type Recording<P> = Recorder<P, trace::Journal<File, fn(&P) -> trace::Portrait>>;

impl<P: Solution> Journal<P> {
    /// Begins the file. The site is to be started right after that: its time begins now.
    pub(super) fn begin<L: Lab, S: System<Site = P>>(
        path: &Path,
        config: &Config,
    ) -> Result<Self, Failure> {
        let (me, size) = (config.me, config.size());
        let mut header = drawing::header(L::NAME, Driver::Network, size, S::SUFFIX);
        // Whether there is such a process, the mesh says.
        if let Some(life) = header.incarnations.get_mut(me.index()) {
            *life = config.incarnation;
        }
        header.began = Some(network::incarnation_now());
        let lines = File::create(path).and_then(|file| Lines::new(file, &header));
        let lines = lines.map_err(|error| Failure::Failed(cannot_write(path, &error)))?;
        // All sites together have as much room as another run.
        let room = trace::room(size) / u64::from(size.max(1));
        let portrait = drawing::portrait as fn(&P) -> _;
        let recorder = Recorder::of_one(size, trace::Journal::new(lines, room, portrait));
        Ok(Self { path: path.to_owned(), recorder: Shared::new(recorder) })
    }

    /// What is to watch the site.
    pub(super) fn monitor(&self) -> Shared<Recording<P>> {
        self.recorder.clone()
    }

    /// Ends the file, once the site has ended.
    pub(super) fn end(self) {
        if let Err(error) = self.recorder.take_back().finish().end(None) {
            tracing::warn!("{}", cannot_write(&self.path, &error));
        }
    }
}

fn cannot_write(path: &Path, error: &std::io::Error) -> String {
    format!("can't write the trace to {}: {error}", path.display())
}
