//! What the sites share: a number in a file that nothing locks.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Seek, Write},
    path::{Path, PathBuf},
};

use crate::Failure;

/// A number in a file. To add to it is to read it and to write it, and whoever reads in between
/// makes one of the two additions undone: it is for the sites to see that nobody does.
pub(super) struct Counter {
    path: PathBuf,
    file: File,
}

impl Counter {
    /// The counter in the file at `path`, which is made if it is not there.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        let file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
        let path = path.to_owned();
        match file {
            Ok(file) => Ok(Self { path, file }),
            Err(error) => Err(Failure::Failed(format!(
                "can't open the counter {}: {error}; choose another file with --counter",
                path.display()
            ))),
        }
    }

    /// The same counter once more.
    pub(super) fn again(&self) -> Result<Self, Failure> {
        Self::open(&self.path)
    }

    /// The number; an empty file holds 0.
    pub(super) fn read(&mut self) -> Result<u64, Failure> {
        let mut text = Vec::new();
        self.file
            .rewind()
            .and_then(|()| Read::by_ref(&mut self.file).take(64).read_to_end(&mut text))
            .map_err(|error| self.failed("read", &error))?;
        let text = String::from_utf8_lossy(&text);
        match text.trim() {
            "" => Ok(0),
            number => number.parse().map_err(|_| {
                Failure::Failed(format!(
                    "the counter {} holds `{}`, which is no number: delete the file",
                    self.path.display(),
                    number.escape_debug()
                ))
            }),
        }
    }

    /// Puts another number there, in the same place and of the same length as any other, so that
    /// no reader sees half of it.
    pub(super) fn write(&mut self, number: u64) -> Result<(), Failure> {
        self.file
            .rewind()
            .and_then(|()| self.file.write_all(format!("{number:020}\n").as_bytes()))
            .map_err(|error| self.failed("write", &error))
    }

    fn failed(&self, verb: &str, error: &io::Error) -> Failure {
        Failure::Failed(format!("can't {verb} the counter {}: {error}", self.path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_what_is_no_number_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("counter");
        let mut counter = Counter::open(&path).unwrap();
        assert_eq!(counter.read().unwrap(), 0);
        counter.write(41).unwrap();
        assert_eq!(Counter::open(&path).unwrap().read().unwrap(), 41);
        std::fs::write(&path, "forty-two").unwrap();
        let failure = counter.read().unwrap_err().to_string();
        assert!(failure.contains("holds `forty-two`, which is no number"), "{failure}");
    }
}
