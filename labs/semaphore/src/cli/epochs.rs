//! Which life of the server this is: a file with a line for each, the newest last.
//!
//! Tokens grow across restarts because epochs do, so a life may begin only when its epoch is on
//! the disk. A line is appended and synced before the server serves: if the machine dies in the
//! middle of it, the life has not begun, and half a line does no harm.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use lab::Failure;
use semaphore::Tokens;

/// The longest line that is looked at, in bytes: more than any epoch has.
const LONGEST_LINE: u64 = 32;

/// Begins a life, and returns its tokens: its epoch, larger than those of all lives before, is on the
/// disk. Of several servers with one file, each has an epoch of its own.
pub(crate) fn begin_life(path: &Path) -> Result<Tokens, Failure> {
    let refused = |why: String| {
        let file = path.display();
        Failure::Failed(format!("can't count the server's lives in {file}: {why}"))
    };
    let failed = |error: io::Error| {
        refused(format!("{error}: name a file that can be written to with --epochs"))
    };
    let mut file =
        OpenOptions::new().read(true).append(true).create(true).open(path).map_err(failed)?;
    file.lock().map_err(failed)?; // Until it is closed.
    let end = end_of(&mut file).map_err(failed)?;
    let lives = match last_line(&end) {
        "" => 0,
        line => line.parse::<u64>().map_err(|_| {
            refused(format!(
                "`{}` is no epoch: name the file that the server had before with --epochs, or \
                 another if there was none",
                line.escape_debug()
            ))
        })?,
    };
    let epoch = lives.saturating_add(1);
    let tokens = Tokens::of_epoch(epoch).ok_or_else(|| {
        refused(format!(
            "after {lives} lives there is no larger token: name a new file with --epochs, once \
             nobody remembers a token of this one"
        ))
    })?;
    let half_a_line = !(end.is_empty() || end.ends_with('\n'));
    let separator = if half_a_line { "\n" } else { "" };
    file.write_all(format!("{separator}{epoch}\n").as_bytes()).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    sync_folder_of(path).map_err(failed)?;
    Ok(tokens)
}

/// The last few bytes.
fn end_of(file: &mut File) -> io::Result<String> {
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(2 * LONGEST_LINE)))?;
    let mut end = Vec::new();
    file.take(2 * LONGEST_LINE).read_to_end(&mut end)?;
    Ok(String::from_utf8_lossy(&end).into_owned())
}

/// The last line that has an end.
fn last_line(end: &str) -> &str {
    end.rsplit_once('\n').map_or("", |(lines, _half)| lines.rsplit('\n').next().unwrap_or(lines))
}

/// A new file is there for good once its folder is on the disk.
fn sync_folder_of(path: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(()); // Elsewhere a folder can't be opened.
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.map_or_else(|| PathBuf::from("."), Path::to_path_buf))?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// The epochs of lives that begin with this file, one after the other, and the file then.
    fn lives(before: &[u8], count: usize) -> (Result<Vec<u64>, String>, String) {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("epochs");
        if !before.is_empty() {
            fs::write(&path, before).unwrap();
        }
        let epochs = (0..count).map(|_| match begin_life(&path) {
            Ok(mut tokens) => Ok(tokens.next().unwrap().0 >> 40),
            Err(failure) => Err(failure.to_string()),
        });
        (epochs.collect(), String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned())
    }

    #[test]
    fn each_life_has_a_larger_epoch() {
        assert_eq!(lives(b"", 3), (Ok(vec![1, 2, 3]), "1\n2\n3\n".into()));
        assert_eq!(lives(b"9\n10\n", 1), (Ok(vec![11]), "9\n10\n11\n".into()));
        let many: String = (1..=1000).map(|epoch| format!("{epoch}\n")).collect();
        assert_eq!(lives(many.as_bytes(), 1).0, Ok(vec![1001]));
    }

    /// The machine died while a line was written. Its life never served.
    #[test]
    fn half_a_line_is_no_life() {
        assert_eq!(lives(b"41\n4", 2), (Ok(vec![42, 43]), "41\n4\n42\n43\n".into()));
        assert_eq!(lives(b"4", 2), (Ok(vec![1, 2]), "4\n1\n2\n".into()));
    }

    #[test]
    fn what_is_no_epoch_is_refused_and_left_as_it_is() {
        for before in ["x\n", "18446744073709551616\n", "1\n\u{7}\n", "-1\n"] {
            let (epochs, after) = lives(before.as_bytes(), 1);
            assert!(epochs.unwrap_err().contains("is no epoch: name the file"), "{before:?}");
            assert_eq!(after, before);
        }
        assert!(lives(&[0xff, b'\n'], 1).0.is_err());
    }

    /// Whoever starts it again and again, because it does not start, changes nothing either.
    #[test]
    fn a_life_too_many_does_not_begin_and_leaves_the_file_as_it_was() {
        assert_eq!(lives(b"16777214\n", 1).0, Ok(vec![16_777_215]));
        for before in ["16777215\n", "16777216\n", "18446744073709551615\n"] {
            let (epochs, after) = lives(before.as_bytes(), 2);
            let said = format!("after {} lives there is no larger token: name", before.trim());
            assert!(epochs.unwrap_err().contains(&said), "{before:?}");
            assert_eq!(after, before);
        }
    }

    #[test]
    fn a_file_that_can_not_be_written_to_is_named_with_what_to_do() {
        let scratch = tempfile::tempdir().unwrap();
        for path in [scratch.path().join("no/such/folder"), scratch.path().to_path_buf()] {
            let said = begin_life(&path).unwrap_err().to_string();
            let start = format!("can't count the server's lives in {}: ", path.display());
            assert!(said.starts_with(&start), "{said}");
            assert!(said.ends_with(": name a file that can be written to with --epochs"), "{said}");
        }
    }
}
