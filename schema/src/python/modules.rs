//! The stubs, each with what it declares; what one needs of another, or of the package, is imported by looking at its text.

use std::collections::{BTreeMap, BTreeSet};

use super::text::heading;

/// Names that are written by hand, and the module that has each; the package's own begin with a dot.
const BY_HAND: [(&str, &[&str]); 16] = [
    ("collections.abc", &["Callable", "Collection", "Mapping", "Sequence"]),
    ("datetime", &["date", "datetime"]),
    ("decimal", &["Decimal"]),
    ("enum", &["StrEnum"]),
    ("functools", &["cached_property"]),
    ("os", &["PathLike"]),
    ("typing", &["Any", "Literal", "Required", "TypeAlias", "TypedDict", "Unpack"]),
    ("uuid", &["UUID"]),
    ("._filter", &["Q", "Relative"]),
    ("._frame", &["Frame"]),
    ("._imports", &["Importable", "SupportsWrite"]),
    ("._operations", &["Operations", "Readable"]),
    ("._pages", &["AsyncResults", "Results", "Upserted"]),
    ("._record", &["Record", "Struct"]),
    ("._session", &["SessionBase"]),
    ("._values", &["About", "Assignee", "Id", "Money", "UNSET", "Unset"]),
];

/// Those of the module for asyncio.
const AIO: [&str; 4] = ["AsyncImportable", "AsyncOperations", "AsyncReadable", "AsyncSessionBase"];

struct Module {
    /// Its path in the generated folder, without the ending.
    path: String,
    says: String,
    /// The names that it declares.
    names: BTreeSet<String>,
    body: String,
}

/// The stubs under way.
#[derive(Default)]
pub(crate) struct Modules(Vec<Module>);

impl Modules {
    /// Begins a stub, to which what is added belongs from now on.
    pub(crate) fn begin(&mut self, path: &str, says: &str) {
        let (path, says) = (path.to_owned(), says.to_owned());
        self.0.push(Module { path, says, names: BTreeSet::new(), body: String::new() });
    }

    /// Adds a declaration.
    pub(crate) fn add(&mut self, name: &str, text: String) {
        let Some(module) = self.0.last_mut() else { return };
        module.names.insert(name.to_owned());
        // An alias follows another without a blank line.
        let alias = |text: &str| !text.starts_with("class ");
        let joined = alias(&text) && module.body.lines().last().is_some_and(|last| !last.starts_with(' '));
        module.body.push_str(if joined { "" } else { "\n\n" });
        module.body.push_str(&text);
    }

    /// All stubs with their imports.
    pub(crate) fn written(&self) -> Vec<(String, String)> {
        let mut places: BTreeMap<&str, String> = BTreeMap::new();
        for (module, names) in BY_HAND.iter().copied().chain([(".aio", &AIO[..])]) {
            places.extend(names.iter().map(|name| (*name, module.to_owned())));
        }
        for module in &self.0 {
            let place = format!("._generated.{}", module.path.replace('/', "."));
            places.extend(module.names.iter().map(|name| (name.as_str(), place.clone())));
        }
        let mut files: Vec<(String, String)> =
            self.0.iter().map(|module| (format!("{}.pyi", module.path), module.written(&places))).collect();
        files.push(("kinds/__init__.pyi".to_owned(), heading("What belongs to each kind; type checkers read this.")));
        files
    }
}

impl Module {
    fn written(&self, places: &BTreeMap<&str, String>) -> String {
        let mut imports: BTreeMap<(bool, &str), BTreeSet<&str>> = BTreeMap::new();
        for name in mentioned(&self.body) {
            if let Some(place) = places.get(name).filter(|_| !self.names.contains(name)) {
                imports.entry((place.starts_with('.'), place)).or_default().insert(name);
            }
        }
        // From the folder of the stub up to the package.
        let up = ".".repeat(1 + self.path.matches('/').count());
        let mut out = heading(&self.says);
        let mut own = None;
        for ((of_package, place), names) in imports {
            if own != Some(of_package) {
                out.push('\n');
                own = Some(of_package);
            }
            let from = if of_package { format!("{up}{place}") } else { place.to_owned() };
            out.push_str(&import(&names, &from));
        }
        out.push_str(&self.body);
        out
    }
}

/// An import, on several lines when it is long.
fn import(names: &BTreeSet<&str>, from: &str) -> String {
    let all: Vec<&str> = names.iter().copied().collect();
    let line = format!("from {from} import {}\n", all.join(", "));
    if line.len() <= 100 {
        return line;
    }
    let names: String = names.iter().map(|name| format!("    {name},\n")).collect();
    format!("from {from} import (\n{names})\n")
}

/// The words of a stub outside of its docstrings and literals.
fn mentioned(body: &str) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    for code in body.split("\"\"\"").step_by(2) {
        for part in code.split('"').step_by(2) {
            found.extend(part.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_'));
        }
    }
    found
}
