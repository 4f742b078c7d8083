//! What a module of a crate may build on: those below it alone, so that it is understood, tried and changed without those above.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// The crates whose modules have one direction, each with the names of an arrow that is there, so that what is read is what is
/// there.
const CRATES: [(&str, [&str; 2]); 4] = [
    ("nexa-kernel", ["session", "context"]),
    ("nexa-sql", ["predicate", "scope"]),
    ("nexa-store-postgres", ["tenants", "connection"]),
    ("nexa-store-sqlite", ["writer", "transaction"]),
];

/// With what a path to a module begins, beside the crate's own name.
const STARTS: [&str; 3] = ["crate", "super", "self"];

/// A path from the root, such as `record`, `Ref`.
type Names = Vec<String>;

/// What the files of a crate say: which modules there are, and what each of them names.
struct Named {
    /// How the crate calls itself, such as `nexa_kernel`.
    name: String,
    /// Every module, with the paths that it names.
    modules: BTreeMap<Names, BTreeSet<Names>>,
}

impl Named {
    /// Everything in a file and in the files of its modules, but for what is compiled for the crate's own tests alone.
    fn read(&mut self, file: &Path, folder: &Path, module: &Names) {
        let text = fs::read_to_string(file).unwrap_or_else(|problem| panic!("{}: {problem}", file.display()));
        let tokens: TokenStream = text.parse().unwrap_or_else(|problem| panic!("{}: {problem}", file.display()));
        self.modules.entry(module.clone()).or_default();
        self.look(tokens, folder, module);
    }

    fn look(&mut self, tokens: TokenStream, folder: &Path, module: &Names) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut rest = tokens.as_slice();
        while let [first, after @ ..] = rest {
            let whole = rest;
            rest = after;
            match (first, after) {
                (TokenTree::Punct(mark), [TokenTree::Group(attribute), item @ ..]) if mark.as_char() == '#' => {
                    let for_tests = attribute.stream().to_string().replace(' ', "") == "cfg(test)";
                    rest = if for_tests { after_item(item) } else { item };
                }
                (TokenTree::Ident(word), [TokenTree::Ident(name), next, more @ ..]) if word == "mod" => {
                    let mut inner = module.clone();
                    inner.push(name.to_string());
                    let folder = folder.join(name.to_string());
                    match next {
                        TokenTree::Group(body) => self.look(body.stream(), &folder, &inner),
                        _ => self.read(&folder.with_extension("rs"), &folder, &inner),
                    }
                    rest = more;
                }
                // A path goes on after two colons; its first name is not one in its middle.
                (TokenTree::Punct(mark), [TokenTree::Punct(second), TokenTree::Ident(_), more @ ..])
                    if mark.as_char() == ':' && second.as_char() == ':' =>
                {
                    rest = more;
                }
                (TokenTree::Ident(word), [TokenTree::Punct(colon), ..])
                    if colon.as_char() == ':' && (STARTS.iter().any(|start| word == start) || word == &self.name) =>
                {
                    let mut found = Vec::new();
                    rest = paths(whole, Names::new(), &mut found);
                    let found = found.into_iter().map(|path| absolute(module, path));
                    self.modules.entry(module.clone()).or_default().extend(found);
                }
                (TokenTree::Group(group), _) => self.look(group.stream(), folder, module),
                _ => {}
            }
        }
    }

    /// Which modules of the root each of them builds on. What the root hands on counts as the module that it comes from.
    fn arrows(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let roots: BTreeSet<&str> =
            self.modules.keys().filter_map(|module| module.first()).map(String::as_str).collect();
        let handed_on: BTreeMap<&str, &str> = self
            .modules
            .get(&Names::new())
            .into_iter()
            .flatten()
            .filter_map(|path| Some((path.last()?.as_str(), path.first()?.as_str())))
            .collect();
        let mut arrows: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (module, paths) in &self.modules {
            let Some(module) = module.first() else { continue };
            let names = paths.iter().filter_map(|path| path.first()).map(String::as_str);
            let on = names.filter_map(|name| roots.get(name).or_else(|| handed_on.get(name)).copied());
            arrows.entry(module).or_default().extend(on.filter(|on| on != module));
        }
        arrows
    }
}

/// What follows an item, which ends with a body or a semicolon.
fn after_item(tokens: &[TokenTree]) -> &[TokenTree] {
    let ends = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(mark) => mark.as_char() == ';',
        _ => false,
    };
    let end = tokens.iter().position(ends).map_or(tokens.len(), |last| last + 1);
    &tokens[end..]
}

/// Reads a path, or several that begin alike, as `crate::{access::{Action, Actor}, error}`; returns what follows.
fn paths<'t>(mut tokens: &'t [TokenTree], mut begun: Names, found: &mut Vec<Names>) -> &'t [TokenTree] {
    loop {
        match tokens {
            [TokenTree::Ident(name), after @ ..] => {
                begun.push(name.to_string());
                tokens = after;
            }
            [TokenTree::Group(group), after @ ..] if group.delimiter() == Delimiter::Brace => {
                for one in parts(group) {
                    paths(&one, begun.clone(), found);
                }
                return after;
            }
            _ => break,
        }
        match tokens {
            [TokenTree::Punct(first), TokenTree::Punct(second), after @ ..]
                if first.as_char() == ':' && second.as_char() == ':' =>
            {
                tokens = after;
            }
            _ => break,
        }
    }
    found.push(begun);
    tokens
}

/// What the commas of a group part.
fn parts(group: &Group) -> Vec<Vec<TokenTree>> {
    let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
    let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(mark) if mark.as_char() == ',');
    tokens.split(is_comma).filter(|part| !part.is_empty()).map(<[TokenTree]>::to_vec).collect()
}

/// A path that a module names, from the root.
fn absolute(module: &Names, path: Names) -> Names {
    let up = path.iter().take_while(|name| *name == "super").count();
    let (base, rest) = match path[0].as_str() {
        "super" => (&module[..module.len() - up], &path[up..]),
        "self" => (module.as_slice(), &path[1..]),
        _ => (&[][..], &path[1..]),
    };
    base.iter().chain(rest).cloned().collect()
}

/// Modules each of which builds on the next one, and the last one on the first.
fn cycle<'m>(arrows: &BTreeMap<&'m str, BTreeSet<&'m str>>) -> Option<Vec<&'m str>> {
    // What builds on nothing that is left stands in no circle.
    let mut left = arrows.clone();
    while let Some(lowest) = left.iter().find(|(_, on)| on.is_empty()).map(|(module, _)| *module) {
        left.remove(lowest);
        left.values_mut().for_each(|on| {
            on.remove(lowest);
        });
    }
    let mut way = vec![*left.keys().next()?];
    loop {
        let next = *left.get(way.last()?)?.first()?;
        if let Some(start) = way.iter().position(|module| *module == next) {
            return Some(way.split_off(start));
        }
        way.push(next);
    }
}

#[test]
fn no_module_builds_on_one_above_it() {
    for (name, [above, below]) in CRATES {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name).join("src");
        let mut named = Named { name: name.replace('-', "_"), modules: BTreeMap::new() };
        named.read(&folder.join("lib.rs"), &folder, &Names::new());
        let arrows = named.arrows();
        assert!(arrows.get(above).is_some_and(|on| on.contains(below)), "{name}: {arrows:?}");
        let cycle = cycle(&arrows).map(|cycle| cycle.join(" → "));
        assert_eq!(cycle, None, "{name}: each of these modules builds on the next, and the last on the first");
    }
}
