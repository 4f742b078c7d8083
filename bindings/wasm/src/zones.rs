//! Time zones as JavaScript knows them.

use std::{
    cell::RefCell,
    collections::{HashMap, hash_map::Entry},
};

use js_sys::{Array, Date, Function, Intl::DateTimeFormat, Object, Reflect};
use nexa_core::Timestamp;
use wasm_bindgen::{JsCast, JsValue};

/// No clock is turned within so many seconds after the full quarter of an hour.
const STEP: i64 = 900;

/// A zone, and how many seconds it was ahead of UTC in the quarters of an hour that were asked for.
struct Known {
    format: DateTimeFormat,
    ahead: HashMap<i64, i32>,
}

thread_local! {
    /// `None` for what is no zone.
    static ZONES: RefCell<HashMap<String, Option<Known>>> = RefCell::default();
}

/// How many seconds a zone is ahead of UTC at a moment.
pub(crate) fn offset(zone: &str, at: Timestamp) -> Option<i32> {
    let step = at.micros().div_euclid(1_000_000 * STEP);
    ZONES.with_borrow_mut(|zones| {
        if !zones.contains_key(zone) {
            let known = format(zone).map(|format| Known { format, ahead: HashMap::new() });
            zones.insert(zone.to_owned(), known);
        }
        let known = zones.get_mut(zone)?.as_mut()?;
        match known.ahead.entry(step) {
            Entry::Occupied(ahead) => Some(*ahead.get()),
            Entry::Vacant(place) => ahead(&known.format, step * STEP).map(|ahead| *place.insert(ahead)),
        }
    })
}

/// What writes times of a zone, when there is one of this name.
fn format(zone: &str) -> Option<DateTimeFormat> {
    let options = Object::new();
    let fields = ["year", "month", "day", "hour", "minute", "second"].map(|field| (field, "numeric"));
    for (name, value) in fields.into_iter().chain([("timeZone", zone), ("hourCycle", "h23"), ("calendar", "gregory")]) {
        Reflect::set(&options, &name.into(), &value.into()).ok()?;
    }
    // The constructor throws where there is no such zone.
    let global = js_sys::global();
    let intl = Reflect::get(&global, &"Intl".into()).ok()?;
    let make: Function = Reflect::get(&intl, &"DateTimeFormat".into()).ok()?.dyn_into().ok()?;
    let made = Reflect::construct(&make, &Array::of2(&"en-US".into(), &options)).ok()?;
    Some(made.unchecked_into())
}

/// How far the clocks of a zone are ahead at a moment in seconds since 1970.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "whole numbers far below 2^53")]
fn ahead(format: &DateTimeFormat, seconds: i64) -> Option<i32> {
    let parts = format.format_to_parts(&Date::new(&JsValue::from_f64(seconds as f64 * 1_000.0)));
    let mut read = [0.0; 6];
    for part in parts.iter() {
        let text = |name: &str| Reflect::get(&part, &name.into()).ok().and_then(|text| text.as_string());
        let place = match text("type")?.as_str() {
            "year" => 0,
            "month" => 1,
            "day" => 2,
            "hour" => 3,
            "minute" => 4,
            "second" => 5,
            _ => continue,
        };
        // Whole numbers; the tables that read fractions would be as large as all of this many times over.
        *read.get_mut(place)? = text("value")?.parse().map(|number: i32| f64::from(number)).ok()?;
    }
    let [year, month, day, hour, minute, second] = read;
    let local =
        Date::utc(year, month - 1.0) / 1_000.0 + (day - 1.0) * 86_400.0 + hour * 3_600.0 + minute * 60.0 + second;
    Some((local - seconds as f64) as i32)
}
