//! A handler that panics fails its run, and not the program around it.

use std::{
    cell::Cell,
    panic::{self, AssertUnwindSafe},
    sync::Once,
};

thread_local! {
    static IS_GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Calls `run`.
///
/// ```
/// assert_eq!(trace::guard(|| 1), Ok(1));
/// assert_eq!(trace::guard(|| panic!("out of cheese")), Err::<(), _>("out of cheese".to_owned()));
/// let why = trace::guard(|| assert_eq!(1, 2, "cheeses"));
/// let said = "assertion `left == right` failed: cheeses; left: 1; right: 2";
/// assert_eq!(why, Err(said.to_owned()));
/// ```
///
/// # Errors
/// When it panics: what the panic said, on one line, which is not printed.
pub fn guard<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !IS_GUARDED.get() {
                usual(info);
            }
        }));
    });
    let was_guarded = IS_GUARDED.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(run));
    IS_GUARDED.set(was_guarded);
    result.map_err(|payload| {
        let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
        let text = text.unwrap_or_else(|| "something that is no text".to_owned());
        text.lines().map(str::trim).collect::<Vec<_>>().join("; ")
    })
}
