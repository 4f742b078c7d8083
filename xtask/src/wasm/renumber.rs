//! Writes a module with its functions in another order. A function's number is its place, so that whatever names a
//! function is written anew: calls, tables, exports, the start and the names.

use std::{collections::BTreeMap, convert::Infallible};

use wasm_encoder::{
    CodeSection, FunctionSection, Module, NameMap, NameSection,
    reencode::{Error, Reencode, utils},
};
use wasmparser::{
    CodeSectionReader, CustomSectionReader, FunctionBody, FunctionSectionReader, Name, Operator, Parser, Payload,
    TypeRef, Validator,
};

use super::neighbours::neighbours;

/// So many functions, the most called, come first: the lowest numbers take one byte in each call.
const MOST_CALLED: usize = 40;

/// A module whose functions lie beside those that they are like.
pub(super) struct Packed {
    /// With the names of its functions.
    pub(super) named: Vec<u8>,
    /// Without names and notes of tools.
    pub(super) bare: Vec<u8>,
}

/// Packs a module that may have the names of its functions.
pub(super) fn packed(module: &[u8]) -> Result<Packed, String> {
    let problem = |error: wasmparser::BinaryReaderError| format!("the module cannot be read: {error}");
    let functions = Functions::of(module).map_err(problem)?;
    let order = neighbours(&functions.bodies(), &functions.most_called());
    Ok(Packed {
        named: renumbered(module, functions.imported, &order, true)?,
        bare: renumbered(module, functions.imported, &order, false)?,
    })
}

/// What a module says about its functions.
struct Functions<'m> {
    /// How many are imported; they come before the module's own.
    imported: u32,
    own: Vec<FunctionBody<'m>>,
    /// How often each is called, by its number.
    calls: BTreeMap<u32, u32>,
}

impl<'m> Functions<'m> {
    fn of(module: &'m [u8]) -> wasmparser::Result<Self> {
        let mut functions = Self { imported: 0, own: Vec::new(), calls: BTreeMap::new() };
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        functions.imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::CodeSectionEntry(body) => {
                    for operator in body.get_operators_reader()? {
                        if let Operator::Call { function_index } = operator? {
                            *functions.calls.entry(function_index).or_default() += 1;
                        }
                    }
                    functions.own.push(body);
                }
                _ => {}
            }
        }
        Ok(functions)
    }

    fn bodies(&self) -> Vec<&'m [u8]> {
        self.own.iter().map(FunctionBody::as_bytes).collect()
    }

    /// Positions among the module's own.
    fn most_called(&self) -> Vec<usize> {
        let mut called: Vec<(u32, usize)> = (self.imported..)
            .zip(0..self.own.len())
            .map(|(number, position)| (self.calls.get(&number).copied().unwrap_or(0), position))
            .collect();
        called.sort_by_key(|&(calls, position)| (std::cmp::Reverse(calls), position));
        called.into_iter().take(MOST_CALLED).map(|(_, position)| position).collect()
    }
}

/// The module with its own functions in this order of their positions; answers only what is valid.
fn renumbered(module: &[u8], imported: u32, order: &[usize], names: bool) -> Result<Vec<u8>, String> {
    let mut numbers = vec![0; order.len()];
    for (number, &position) in (imported..).zip(order) {
        *numbers.get_mut(position).ok_or("the order names a function that is not there")? = number;
    }
    let mut written = Module::new();
    Renumber { imported, order, numbers, names }
        .parse_core_module(&mut written, Parser::new(0), module)
        .map_err(|error| format!("the module cannot be written anew: {error}"))?;
    let bytes = written.finish();
    Validator::new()
        .validate_all(&bytes)
        .map_err(|error| format!("the functions in their new order are invalid: {error}"))?;
    Ok(bytes)
}

struct Renumber<'o> {
    imported: u32,
    order: &'o [usize],
    /// The new number of each of the module's own functions, by its old position.
    numbers: Vec<u32>,
    /// Whether names stay.
    names: bool,
}

impl Renumber<'_> {
    /// What there is for each function, in the new order.
    fn arranged<T: Clone>(&self, given: &[T]) -> Vec<T> {
        self.order.iter().filter_map(|&position| given.get(position).cloned()).collect()
    }
}

impl Reencode for Renumber<'_> {
    type Error = Infallible;

    fn function_index(&mut self, number: u32) -> Result<u32, Error> {
        let Some(position) = number.checked_sub(self.imported) else { return Ok(number) };
        // A number beyond all functions stays one, and the module is refused.
        Ok(usize::try_from(position).ok().and_then(|position| self.numbers.get(position)).copied().unwrap_or(u32::MAX))
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Error> {
        let types = section.into_iter().collect::<Result<Vec<u32>, _>>()?;
        for kind in self.arranged(&types) {
            functions.function(self.type_index(kind)?);
        }
        Ok(())
    }

    fn parse_code_section(&mut self, code: &mut CodeSection, section: CodeSectionReader<'_>) -> Result<(), Error> {
        let bodies = section.into_iter().collect::<Result<Vec<FunctionBody<'_>>, _>>()?;
        for body in self.arranged(&bodies) {
            self.parse_function_body(code, body)?;
        }
        Ok(())
    }

    fn parse_custom_section(&mut self, module: &mut Module, section: CustomSectionReader<'_>) -> Result<(), Error> {
        if self.names { utils::parse_custom_section(self, module, section) } else { Ok(()) }
    }

    /// Names stand in the order of the numbers. Besides those of functions none are used.
    fn parse_custom_name_subsection(&mut self, names: &mut NameSection, section: Name<'_>) -> Result<(), Error> {
        let Name::Function(functions) = section else { return Ok(()) };
        let mut sorted = BTreeMap::new();
        for function in functions {
            let function = function?;
            sorted.insert(self.function_index(function.index)?, function.name);
        }
        let mut map = NameMap::new();
        for (number, name) in sorted {
            map.append(number, name);
        }
        names.functions(&map);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{
        ConstExpr, ElementSection, Elements, EntityType, ExportKind, ExportSection, Function, ImportSection, RefType,
        StartSection, TableSection, TableType, TypeSection,
    };

    use super::*;

    /// Each function says its own position and calls the next one; the last calls what is imported.
    const COUNT: u32 = 60;

    fn module() -> Vec<u8> {
        let mut module = Module::new();
        let mut types = TypeSection::new();
        types.ty().function([], []);
        module.section(&types);
        let mut imports = ImportSection::new();
        imports.import("host", "end", EntityType::Function(0));
        module.section(&imports);
        let mut functions = FunctionSection::new();
        (0..COUNT).for_each(|_| _ = functions.function(0));
        module.section(&functions);
        let mut tables = TableSection::new();
        let kind = RefType::FUNCREF;
        tables.table(TableType { element_type: kind, table64: false, minimum: 2, maximum: None, shared: false });
        module.section(&tables);
        let mut exports = ExportSection::new();
        exports.export("seventh", ExportKind::Func, 1 + 7);
        module.section(&exports);
        module.section(&StartSection { function_index: 1 + 3 });
        let mut elements = ElementSection::new();
        elements.active(None, &ConstExpr::i32_const(0), Elements::Functions([1 + 50, 0].as_slice().into()));
        module.section(&elements);
        let mut code = CodeSection::new();
        for position in 0..COUNT {
            let mut function = Function::new([]);
            function.instructions().i32_const(position.cast_signed()).drop();
            // Every fifth is like every other fifth.
            (0..20).for_each(|times| {
                _ = function.instructions().i32_const(times * 100 + position.cast_signed() % 5).drop()
            });
            function.instructions().call((position + 2) % (COUNT + 1)).end();
            code.function(&function);
        }
        module.section(&code);
        let mut names = NameSection::new();
        let mut map = NameMap::new();
        (0..COUNT).for_each(|position| map.append(1 + position, &format!("f{position}")));
        names.functions(&map);
        module.section(&names);
        module.finish()
    }

    /// What names functions, told by the positions that the functions say themselves.
    #[derive(Debug, Default, PartialEq)]
    struct Told {
        order: Vec<i32>,
        /// The caller and what it calls; nothing for what is imported.
        calls: BTreeMap<i32, Option<i32>>,
        export: Option<i32>,
        start: Option<i32>,
        table: Vec<Option<i32>>,
        names: BTreeMap<i32, String>,
    }

    fn told(module: &[u8]) -> Told {
        let mut told = Told::default();
        let (mut calls, mut export, mut start, mut table, mut names) = (vec![], 0, 0, vec![], vec![]);
        for payload in Parser::new(0).parse_all(module) {
            match payload.unwrap() {
                Payload::ExportSection(exports) => export = exports.into_iter().next().unwrap().unwrap().index,
                Payload::StartSection { func, .. } => start = func,
                Payload::ElementSection(elements) => {
                    let wasmparser::ElementItems::Functions(items) =
                        elements.into_iter().next().unwrap().unwrap().items
                    else {
                        unreachable!()
                    };
                    table = items.into_iter().map(Result::unwrap).collect();
                }
                Payload::CodeSectionEntry(body) => {
                    for operator in body.get_operators_reader().unwrap() {
                        match operator.unwrap() {
                            Operator::I32Const { value } if told.order.len() == calls.len() => told.order.push(value),
                            Operator::Call { function_index } => calls.push(function_index),
                            _ => {}
                        }
                    }
                }
                Payload::CustomSection(section) => {
                    let wasmparser::KnownCustom::Name(subsections) = section.as_known() else { continue };
                    for subsection in subsections {
                        let Name::Function(map) = subsection.unwrap() else { continue };
                        names = map.into_iter().map(|name| name.map(|name| (name.index, name.name)).unwrap()).collect();
                    }
                }
                _ => {}
            }
        }
        let order = told.order.clone();
        let says = |number: u32| number.checked_sub(1).map(|position| order[position as usize]);
        told.calls = order.iter().copied().zip(calls.into_iter().map(says)).collect();
        (told.export, told.start) = (says(export), says(start));
        told.table = table.into_iter().map(says).collect();
        assert!(names.is_sorted());
        told.names = names.into_iter().map(|(number, name)| (says(number).unwrap(), name.to_owned())).collect();
        told
    }

    #[test]
    fn a_packed_module_is_the_same_in_another_order() {
        let before = told(&module());
        let packed = packed(&module()).unwrap();
        let after = told(&packed.named);
        assert_ne!(after.order, before.order);
        assert_eq!(Told { order: before.order.clone(), ..after }, before);
        let bare = told(&packed.bare);
        assert_eq!(Told { order: before.order.clone(), names: before.names.clone(), ..bare }, before);
        assert!(bare.names.is_empty() && packed.bare.len() < packed.named.len());
    }

    #[test]
    fn what_is_no_module_is_refused() {
        assert!(packed(b"\0asm\x01\0\0\0\x0a").is_err());
    }
}
