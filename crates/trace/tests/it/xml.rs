//! A reader of XML as strict as the standard, for the little of it that a picture needs.

use std::collections::BTreeMap;

/// An element, with the texts directly in it joined.
#[derive(Debug, Default)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) children: Vec<Element>,
    pub(crate) text: String,
}

impl Element {
    /// This element and all in it, in the order of the file.
    pub(crate) fn all(&self) -> Vec<&Self> {
        let below = self.children.iter().flat_map(Self::all);
        [self].into_iter().chain(below).collect()
    }

    pub(crate) fn has_class(&self, class: &str) -> bool {
        self.attributes.get("class").is_some_and(|it| it.split(' ').any(|it| it == class))
    }

    pub(crate) fn number(&self, attribute: &str) -> f64 {
        let text = &self.attributes[attribute];
        text.parse().unwrap_or_else(|_| panic!("{attribute}={text}"))
    }
}

/// Reads a document; panics if it is not well-formed.
pub(crate) fn read(text: &str) -> Element {
    let mut open = vec![Element::default()];
    let mut rest = text;
    while let Some((before, tag)) = rest.split_once('<') {
        open.last_mut().expect("the document").text.push_str(&unescaped(before));
        let (tag, after) = tag.split_once('>').expect("a tag ends");
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            let element = open.pop().expect("an element is open");
            assert_eq!(element.name, name, "elements end in the order in which they began");
            open.last_mut().expect("the document").children.push(element);
            continue;
        }
        let (tag, is_empty) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let element = element(tag);
        if is_empty {
            open.last_mut().expect("the document").children.push(element);
        } else {
            open.push(element);
        }
    }
    assert_eq!(rest.trim(), "", "nothing comes after the last tag");
    assert_eq!(open.len(), 1, "every element ends");
    let mut document = open.remove(0);
    assert_eq!((document.children.len(), document.text.trim()), (1, ""), "one root");
    document.children.remove(0)
}

fn element(tag: &str) -> Element {
    let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
    assert!(name.chars().all(|c| c.is_ascii_alphanumeric()), "a name: {tag}");
    let mut attributes = BTreeMap::new();
    while !rest.is_empty() {
        let (key, value) = rest.trim_start().split_once("=\"").expect("a quoted value");
        let (value, after) = value.split_once('"').expect("a quote ends");
        assert!(key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'), "a key: {key}");
        assert!(attributes.insert(key.to_owned(), unescaped(value)).is_none(), "twice: {key}");
        rest = after;
    }
    Element { name: name.to_owned(), attributes, ..Element::default() }
}

fn unescaped(text: &str) -> String {
    let is_allowed = |c: char| c == '\n' || (c >= ' ' && c != '\u{fffe}' && c != '\u{ffff}');
    assert!(text.chars().all(is_allowed) && !text.contains('>'), "not XML: {text:?}");
    let mut parts = text.split('&');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, after) = part.split_once(';').expect("an entity ends");
        plain.push(match name {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            _ => panic!("an unknown entity: {name}"),
        });
        plain.push_str(after);
    }
    plain
}
