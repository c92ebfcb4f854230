//! Broken variants of an algorithm, made from its own source.
//!
//! A property that catches no broken algorithm proves nothing. So each line of an algorithm's
//! reasoning is taken out once, and it is shown which property misses it. The algorithm's source
//! stays as it is, without a flag or a parameter for the mutants' sake: [`mutant!`] reads the
//! source file of the library, puts one text in the place of another, and makes a module of the
//! result, with all the changed types in it.

use std::{env, fs, path::PathBuf};

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
/// It does not compile when the text is not there exactly once, and is compiled anew when the
/// file changes:
///
/// ```compile_fail
/// mutant::mutant!(misspelt in "tests/it/age.rs", "ours =< theirs" => "ours < theirs");
/// ```
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
        let mutated = replace_once(&source, &self.text.value(), &self.replacement.value())
            .map_err(|why| refuse(format!("{} {why}", self.file)))?;
        // The constant makes the compiler watch the file.
        let module = format!(
            "#[doc = {:?}]\n\
             #[allow(unused, missing_docs, unreachable_pub, clippy::all, clippy::pedantic, \
             reason = \"what is broken on purpose need not be tidy\")]\n\
             pub mod {} {{\n\
             extern crate alloc;\n\
             const _: &[u8] = include_bytes!({path:?});\n\
             {}\n\
             }}",
            self.sentence,
            self.name,
            as_module(&mutated, &library),
        );
        module.parse().map_err(|error| refuse(format!("the mutant is no Rust: {error}")))
    }
}

fn replace_once(source: &str, text: &str, replacement: &str) -> Result<String, String> {
    match source.matches(text).count() {
        1 => Ok(source.replacen(text, replacement, 1)),
        0 => Err("does not hold this text".to_owned()),
        n => Err(format!("holds this text {n} times: give more of it")),
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
    fn a_text_that_is_not_there_is_refused() {
        assert_eq!(replace_once("a < b", ">", "<="), Err("does not hold this text".to_owned()));
    }

    #[test]
    fn a_text_that_is_there_twice_is_refused() {
        let why = "holds this text 2 times: give more of it";
        assert_eq!(replace_once("a < b < c", "<", "<="), Err(why.to_owned()));
    }

    #[test]
    fn what_belongs_to_a_crate_stays_out_of_the_module() {
        let source = "//! Problem.\n#![no_std]\nextern crate alloc;\nuse crate::Input;\nfn f() {}";
        assert_eq!(as_module(source, "protocol"), "use ::protocol::Input;\nfn f() {}");
    }
}
