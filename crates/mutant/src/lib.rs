//! Broken variants of an algorithm, made from its own source.
//!
//! A property that catches no broken algorithm proves nothing. So each line of an algorithm's
//! reasoning is taken out once, and it is shown which property misses it. The algorithm's source
//! stays as it is, without a flag or a parameter for the mutants' sake: [`mutant!`] reads the
//! source file of the library, puts one text in the place of another, and makes a module of the
//! result, with all the changed types in it.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use proc_macro::TokenStream;
use syn::{
    Attribute, Expr, ExprLit, Ident, Lit, LitStr, Token,
    parse::{Parse, ParseStream},
    parse_macro_input,
};

/// A module of that name: a source file of this package with one text replaced.
///
/// ```
/// mutant::mutant! {
///     /// Who is as old as we are is not older.
///     no_tie in "tests/it/age.rs", "ours <= theirs" => "ours < theirs"
/// }
/// assert!(!no_tie::is_older(7, 7));
/// ```
///
/// Without `in` it is `src/lib.rs`. The sentence says what was taken out, and becomes the doc
/// comment of the module.
///
/// The module stands in a binary or a test, outside of the library. So `crate::` becomes the name
/// of the library, whose other items are the unchanged ones, and whatever belongs to a crate as a
/// whole is left out: its `//!`, its `#![…]`, its `extern crate alloc;`, which the module has
/// anyway.
///
/// It is compiled anew when the file changes. Whoever changes an algorithm, to see what comes of it,
/// may change what a mutant changes, and must be able to run that all the same. So where the text is
/// not there exactly once, the module is the source as it is, and its `UNCHANGED` says why, which is
/// `None` otherwise. Nobody is to take it for a mutant: in a test, it brings one more test, which
/// fails and says the same.
///
/// ```
/// mutant::mutant!(misspelt in "tests/it/age.rs", "ours =< theirs" => "ours < theirs");
/// assert!(misspelt::is_older(7, 7));
/// let why = "tests/it/age.rs does not hold \"ours =< theirs\"";
/// assert_eq!(misspelt::UNCHANGED, Some(why));
/// ```
///
/// What it can't know is whether the replacement still makes sense where the text is: if not, the
/// module does not compile.
#[proc_macro]
pub fn mutant(input: TokenStream) -> TokenStream {
    let mutation = parse_macro_input!(input as Mutation);
    match mutation.apply() {
        Ok(module) => module,
        Err(error) => error.into_compile_error().into(),
    }
}

/// `/// Sentence.` `name in "file", "text" => "replacement"`
struct Mutation {
    sentence: String,
    name: Ident,
    /// Below the package's folder.
    file: String,
    text: LitStr,
    replacement: LitStr,
}

impl Parse for Mutation {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let sentence = input.call(Attribute::parse_outer)?.iter().map(doc_line).collect();
        let name = input.parse()?;
        let file = match input.parse::<Option<Token![in]>>()? {
            Some(_) => input.parse::<LitStr>()?.value(),
            None => "src/lib.rs".to_owned(),
        };
        input.parse::<Token![,]>()?;
        let text = input.parse()?;
        input.parse::<Token![=>]>()?;
        let replacement = input.parse()?;
        input.parse::<Option<Token![,]>>()?;
        Ok(Self { sentence, name, file, text, replacement })
    }
}

/// One line of a doc comment, which is an attribute: `#[doc = " Sentence."]`.
fn doc_line(attribute: &Attribute) -> String {
    match attribute.meta.require_name_value().map(|meta| &meta.value) {
        Ok(Expr::Lit(ExprLit { lit: Lit::Str(line), .. })) => line.value() + "\n",
        _ => String::new(),
    }
}

impl Mutation {
    fn apply(&self) -> syn::Result<TokenStream> {
        let refuse = |why: String| syn::Error::new(self.text.span(), why);
        let variable = |name| env::var(name).map_err(|_| refuse(format!("cargo gives no {name}")));
        let path = PathBuf::from(variable("CARGO_MANIFEST_DIR")?).join(&self.file);
        let library = variable("CARGO_PKG_NAME")?.replace('-', "_");
        let source = fs::read_to_string(&path)
            .map_err(|error| refuse(format!("can't read {}: {error}", path.display())))?;
        let module = self.module(&source, &path, &library);
        module.parse().map_err(|error| refuse(format!("the mutant is no Rust: {error}")))
    }

    /// What becomes of the source.
    fn module(&self, source: &str, path: &Path, library: &str) -> String {
        let replaced = replace_once(source, &self.text.value(), &self.replacement.value());
        let (code, unchanged) = match replaced {
            Ok(mutated) => (mutated, None),
            Err(why) => (source.to_owned(), Some(format!("{} {why}", self.file))),
        };
        let failing_test = unchanged.as_ref().map_or(String::new(), |why| {
            format!(
                "#[cfg(test)]\n#[test]\nfn something_is_changed() {{ panic!(\"{{}}\", {why:?}) }}\n"
            )
        });
        // The constant without a name makes the compiler watch the file.
        format!(
            "#[doc = {:?}]\n\
             #[allow(unused, missing_docs, unreachable_pub, clippy::all, clippy::pedantic, \
             reason = \"what is broken on purpose need not be tidy\")]\n\
             pub mod {} {{\n\
             extern crate alloc;\n\
             const _: &[u8] = include_bytes!({path:?});\n\
             pub const UNCHANGED: Option<&str> = {unchanged:?};\n\
             {failing_test}\
             {}\n\
             }}",
            self.sentence,
            self.name,
            as_module(&code, library),
        )
    }
}

fn replace_once(source: &str, text: &str, replacement: &str) -> Result<String, String> {
    match source.matches(text).count() {
        1 => Ok(source.replacen(text, replacement, 1)),
        0 => Err(format!("does not hold {text:?}")),
        n => Err(format!("holds {text:?} {n} times, and not once")),
    }
}

/// The source as it may stand in a module, outside of the library.
fn as_module(source: &str, library: &str) -> String {
    let is_of_the_crate = |line: &str| {
        line.starts_with("//!") || line.starts_with("#![") || line == "extern crate alloc;"
    };
    let lines: Vec<&str> = source.lines().filter(|line| !is_of_the_crate(line)).collect();
    lines.join("\n").replace("crate::", &format!("::{library}::"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_is_replaced() {
        assert_eq!(replace_once("a < b", "<", "<="), Ok("a <= b".to_owned()));
    }

    #[test]
    fn a_text_that_is_not_there_once_can_not_be_replaced() {
        let why = r#"does not hold ">""#;
        assert_eq!(replace_once("a < b", ">", "<="), Err(why.to_owned()));
        let why = r#"holds "<" 2 times, and not once"#;
        assert_eq!(replace_once("a < b < c", "<", "<="), Err(why.to_owned()));
    }

    #[test]
    fn who_replaces_nothing_keeps_the_source_and_brings_a_test_that_fails() {
        let mutation: Mutation = syn::parse_str(r#"no_tie, "a <= b" => "a < b""#).unwrap();
        let module = |source| mutation.module(source, Path::new("src/lib.rs"), "age");
        let changed = module("fn f(a: u8, b: u8) -> bool { a <= b }");
        assert!(changed.contains("{ a < b }") && !changed.contains("#[test]"), "{changed}");
        assert!(changed.contains("UNCHANGED: Option<&str> = None;"), "{changed}");

        let unchanged = module("fn f(a: u8, b: u8) -> bool { a == b }");
        let why = r#""src/lib.rs does not hold \"a <= b\"""#;
        assert!(unchanged.contains("{ a == b }"), "{unchanged}");
        assert!(unchanged.contains(&format!("UNCHANGED: Option<&str> = Some({why});")));
        assert!(unchanged.contains(&format!("panic!(\"{{}}\", {why})")), "{unchanged}");
    }

    #[test]
    fn what_belongs_to_a_crate_stays_out_of_the_module() {
        let source = "//! Problem.\n#![no_std]\nextern crate alloc;\nuse crate::Input;\nfn f() {}";
        assert_eq!(as_module(source, "protocol"), "use ::protocol::Input;\nfn f() {}");
    }
}
