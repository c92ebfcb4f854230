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
    Ident, LitStr, Token,
    parse::{Parse, ParseStream},
    parse_macro_input,
};

/// A module of that name, which is the library of this package with one text replaced.
///
/// `mutant!(no_tie_break, "(ours, self.me) < (theirs, from)" => "ours < theirs");` stands in a
/// module of the lab's binary or of its tests; the types are then `no_tie_break::Site` and so on.
/// It does not compile when the text is not there exactly once.
#[proc_macro]
pub fn mutant(input: TokenStream) -> TokenStream {
    let mutation = parse_macro_input!(input as Mutation);
    match mutation.apply() {
        Ok(module) => module,
        Err(error) => error.into_compile_error().into(),
    }
}

/// `name, "text" => "replacement"`
struct Mutation {
    name: Ident,
    text: LitStr,
    replacement: LitStr,
}

impl Parse for Mutation {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let name = input.parse()?;
        input.parse::<Token![,]>()?;
        let text = input.parse()?;
        input.parse::<Token![=>]>()?;
        let replacement = input.parse()?;
        input.parse::<Option<Token![,]>>()?;
        Ok(Self { name, text, replacement })
    }
}

impl Mutation {
    fn apply(&self) -> syn::Result<TokenStream> {
        let refuse = |why: String| syn::Error::new(self.text.span(), why);
        let folder = env::var_os("CARGO_MANIFEST_DIR")
            .ok_or_else(|| refuse("there is no package: build with cargo".to_owned()))?;
        let path = PathBuf::from(folder).join("src/lib.rs");
        let source = fs::read_to_string(&path)
            .map_err(|error| refuse(format!("can't read {}: {error}", path.display())))?;

        let text = self.text.value();
        match source.matches(&text).count() {
            1 => {}
            0 => return Err(refuse(format!("{} does not hold this text", path.display()))),
            n => return Err(refuse(format!("{} holds this text {n} times", path.display()))),
        }
        let mutated = source.replacen(&text, &self.replacement.value(), 1);
        let module = format!(
            "#[doc = \"The library with one text replaced.\"]\n\
             #[allow(unused, unreachable_pub, clippy::all, reason = \"a mutant need not be tidy\")]\n\
             pub mod {} {{ const _: &[u8] = include_bytes!({:?}); {} }}",
            self.name,
            path,
            body(&mutated),
        );
        module.parse().map_err(|error| refuse(format!("the mutant is no Rust: {error}")))
    }
}

/// The source as it may stand in a module: without what belongs to a whole crate.
fn body(source: &str) -> String {
    let is_of_the_crate = |line: &&str| line.starts_with("//!") || line.starts_with("#![");
    let lines = source.lines().filter(|line| !is_of_the_crate(line));
    lines.flat_map(|line| [line, "\n"]).collect()
}
