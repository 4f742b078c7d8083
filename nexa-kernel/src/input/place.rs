//! Where in the input something is.

use std::cell::RefCell;

use super::Unreadable;

/// The path of the first problem.
#[derive(Default)]
pub(super) struct Found(RefCell<Option<String>>);

impl Found {
    /// The problem with its place.
    #[cold]
    #[inline(never)]
    pub(super) fn problem(self, problem: Unreadable) -> Unreadable {
        problem.below(&self.0.into_inner().unwrap_or_default())
    }
}

/// One place, with the way to it.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    found: &'a Found,
    step: Option<(&'a Place<'a>, Step<'a>)>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Name(&'a str),
    Index(usize),
}

impl<'a> Place<'a> {
    pub(super) const fn top(found: &'a Found) -> Self {
        Self { found, step: None }
    }
    /// The place of a field or of a form of an enum.
    pub(super) const fn name(&'a self, name: &'a str) -> Self {
        Self { found: self.found, step: Some((self, Step::Name(name))) }
    }
    /// The place of an element.
    pub(super) const fn index(&'a self, index: usize) -> Self {
        Self { found: self.found, step: Some((self, Step::Index(index))) }
    }
    /// The problem, of which is noted that it is here unless one was found further inside.
    // Who reads is there for each type, and calls this rather than to pass a function that does it.
    #[cold]
    #[inline(never)]
    pub(super) fn noted(&self, problem: Unreadable) -> Unreadable {
        let mut found = self.found.0.borrow_mut();
        if found.is_none() {
            *found = Some(self.path());
        }
        problem
    }
    fn path(&self) -> String {
        let Some((parent, step)) = self.step else { return String::new() };
        let path = parent.path();
        match step {
            Step::Name(name) if path.is_empty() => name.to_owned(),
            Step::Name(name) => format!("{path}.{name}"),
            Step::Index(index) => format!("{path}[{index}]"),
        }
    }
}
