//! What a draft takes for a field.

use rust_decimal::Decimal;
use serde_json::Value as Json;

use crate::kernel::draft::Accepts;

use super::{
    Body, Choice, Country, Currency, Email, Language, Name, Percent, Phone, Quarter, Rate, Subject, TimeZone, Url,
};

impl Accepts<u8> for Percent {
    fn json(value: u8) -> Json {
        Json::from(value)
    }
}

impl Accepts<Decimal> for Rate {
    fn json(value: Decimal) -> Json {
        Json::String(value.to_string())
    }
}

macro_rules! accepts_text {
    ($($type:ty),*) => {$(
        impl Accepts<&str> for $type {
            fn json(value: &str) -> Json {
                Json::from(value)
            }
        }
        impl Accepts<String> for $type {
            fn json(value: String) -> Json {
                Json::from(value)
            }
        }
        impl Accepts<&String> for $type {
            fn json(value: &String) -> Json {
                Json::from(value.as_str())
            }
        }
    )*};
}

accepts_text!(Name, Subject, Body, Choice, Url, Email, Phone, Currency, Country, TimeZone, Language, Rate, Quarter);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn given<T: Accepts<V>, V>(value: V) -> Json {
        T::json(value)
    }

    #[test]
    fn a_text_or_the_value_itself() {
        assert_eq!(given::<Email, _>("A@b.com"), json!("A@b.com"));
        assert_eq!(given::<Email, _>(Email::parse("A@b.com").unwrap()), json!("a@b.com"));
        assert_eq!(given::<Name, _>(String::from("Ada")), json!("Ada"));
        assert_eq!(given::<String, _>("Ada"), json!("Ada"));
        assert_eq!(given::<Percent, _>(75), json!(75));
        assert_eq!(given::<Rate, _>(Decimal::new(8_875, 3)), json!("8.875"));
        assert_eq!(given::<Option<u8>, _>(Some(7)), json!(7));
    }
}
