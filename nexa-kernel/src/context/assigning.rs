//! What a caller gives the fields of a record.

use serde_json::{Map, Value as Json};

use super::Context;
use crate::{
    custom_field,
    draft::{editable, emptied, parsed, reference, unreadable},
    error::{Result, codes},
    input,
    record::{ColumnType, ExternalKey, FieldDef, RecordDef, Ref, Row},
    value::Value,
};

impl Context<'_> {
    /// Puts the fields of a draft into a row. Errors: `field.unknown`, `field.read_only`, `field.required`, `field.invalid`,
    /// `reference.broken`.
    pub async fn assign(&mut self, def: &'static RecordDef, row: &mut Row, fields: &Map<String, Json>) -> Result<()> {
        for (name, json) in fields {
            let field = editable(def, name)?;
            let values = self.field_values(def, field, row, json).await?;
            for (column, mut value) in (field.first..).zip(values) {
                if let (Some(ColumnType::Reference(kind)), Value::Uuid(id)) =
                    (def.columns.get(column).map(|column| column.kind), &value)
                {
                    let of = self.kind(kind)?;
                    let there = self.visible_row(of, &Ref::<()>::Id((*id).into()), false).await;
                    let there = there.map_err(|_| codes::REFERENCE_BROKEN.with("field", name).with("kind", kind))?;
                    // The old id of a merged record means its survivor.
                    value = Value::Uuid(there.id(of));
                }
                row.set(column, value);
            }
        }
        def.derive(row);
        Ok(())
    }

    async fn field_values(
        &mut self,
        def: &'static RecordDef,
        field: &FieldDef,
        row: &Row,
        json: &Json,
    ) -> Result<Vec<Value>> {
        if json.is_null() {
            return emptied(def, field);
        }
        if let (Some(kind), Json::Object(_)) = (reference(def, field), json) {
            let broken = || codes::REFERENCE_BROKEN.with("field", field.name).with("kind", kind);
            let key: ExternalKey = input::value(json).map_err(|problem| unreadable(field.name, problem))?;
            let of = self.kind(kind)?;
            let id = self.by_external_key(of, &key.system, &key.key).await?.ok_or_else(broken)?;
            return Ok(vec![Value::Uuid(id)]);
        }
        if Some(field.first) == def.custom
            && let Json::Object(changes) = json
        {
            let mut custom = match row.get(field.first) {
                Value::Json(text) => serde_json::from_str(text).unwrap_or_default(),
                _ => Map::new(),
            };
            let definitions = self.definitions().await?;
            for (key, value) in changes {
                if value.is_null() {
                    custom.remove(key)
                } else {
                    let value = custom_field::checked(&definitions, def.kind, key, value)?;
                    custom.insert(key.clone(), value.into_owned())
                };
            }
            return parsed(field, &Json::Object(custom));
        }
        parsed(field, json)
    }
}
