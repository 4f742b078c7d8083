//! How many bytes of a module each crate has: read from its sections, by the names of its functions.

use std::collections::BTreeMap;

/// What one crate has.
pub(super) struct Share {
    pub(super) name: String,
    pub(super) bytes: u64,
}

/// The sections that count.
const CUSTOM: u8 = 0;
const IMPORT: u8 = 2;
const CODE: u8 = 10;
const DATA: u8 = 11;
/// Of the section with names, the part for functions.
const FUNCTIONS: u8 = 1;

/// The shares, largest first; data has no names and counts as one.
pub(super) fn shares(module: &[u8]) -> Result<Vec<Share>, String> {
    read(module).ok_or_else(|| "the module is no WebAssembly of version 1".to_owned())
}

fn read(module: &[u8]) -> Option<Vec<Share>> {
    let mut rest = Reader(module.strip_prefix(b"\0asm\x01\0\0\0")?);
    let (mut imported, mut sizes, mut names) = (0, Vec::new(), BTreeMap::new());
    let mut shares: BTreeMap<String, u64> = BTreeMap::new();
    while !rest.0.is_empty() {
        let kind = rest.byte()?;
        let mut section = rest.sized()?;
        match kind {
            IMPORT => imported = imported_functions(&mut section)?,
            CODE => {
                for _ in 0..section.number()? {
                    sizes.push(section.sized()?.0.len() as u64);
                }
            }
            DATA => *shares.entry("data: texts and tables".to_owned()).or_default() += section.0.len() as u64,
            CUSTOM if section.sized()?.0 == b"name" => names = function_names(section)?,
            _ => {}
        }
    }
    for (position, size) in (imported..).zip(sizes) {
        let name = names.get(&position).map_or("", String::as_str);
        *shares.entry(crate_of(name)).or_default() += size;
    }
    let mut shares: Vec<Share> = shares.into_iter().map(|(name, bytes)| Share { name, bytes }).collect();
    shares.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.name.cmp(&b.name)));
    Some(shares)
}

/// The crate that a function is of: for one that is generic the crate that wrote it.
fn crate_of(name: &str) -> String {
    if name.starts_with("sqlite3") || (!name.contains("::") && !name.is_empty()) {
        return "C: SQLite and its library".to_owned();
    }
    let path = name.trim_start_matches(['<', '&', '(', '*', '[']);
    let path = ["mut ", "dyn ", "const "].iter().fold(path, |path, word| path.trim_start_matches(word));
    let end = path.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(path.len());
    let (first, after) = path.split_at(end);
    // What is implemented for a parameter of its own, such as `<T as alloc::string::ToString>`, is of the trait's crate.
    if !after.starts_with("::")
        && !after.starts_with('[')
        && let Some((_, of)) = name.split_once(" as ")
    {
        return crate_of(of);
    }
    if first.is_empty() { "without a name".to_owned() } else { first.to_owned() }
}

/// How many functions a module imports; they come before its own.
fn imported_functions(section: &mut Reader<'_>) -> Option<u64> {
    let mut functions = 0;
    for _ in 0..section.number()? {
        section.sized()?;
        section.sized()?;
        match section.byte()? {
            0 => {
                functions += 1;
                section.number()?;
            }
            1 => {
                section.byte()?;
                section.limits()?;
            }
            2 => section.limits()?,
            3 => {
                section.byte()?;
                section.byte()?;
            }
            4 => {
                section.byte()?;
                section.number()?;
            }
            _ => return None,
        }
    }
    Some(functions)
}

fn function_names(mut section: Reader<'_>) -> Option<BTreeMap<u64, String>> {
    let mut names = BTreeMap::new();
    while !section.0.is_empty() {
        let kind = section.byte()?;
        let mut part = section.sized()?;
        if kind != FUNCTIONS {
            continue;
        }
        for _ in 0..part.number()? {
            let position = part.number()?;
            names.insert(position, String::from_utf8_lossy(part.sized()?.0).into_owned());
        }
    }
    Some(names)
}

/// What is still to be read.
struct Reader<'m>(&'m [u8]);

impl<'m> Reader<'m> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }
    /// A number in groups of seven bits, the lowest first.
    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }
    /// A part that begins with its length.
    fn sized(&mut self) -> Option<Reader<'m>> {
        let length = usize::try_from(self.number()?).ok()?;
        let (part, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(Reader(part))
    }
    /// How large a table or a memory may be.
    fn limits(&mut self) -> Option<()> {
        let flags = self.byte()?;
        self.number()?;
        if flags & 1 == 1 {
            self.number()?;
        }
        Some(())
    }
}
