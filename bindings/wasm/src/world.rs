//! The clock and the randomness of JavaScript.

use std::cell::RefCell;

use nexa_core::{
    Timestamp,
    kernel::ports::{Clock, Ids, uuid_v7},
};
use uuid::Uuid;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    fn get_random_values(bytes: &mut [u8]);
}

/// The clock of `Date`, which counts milliseconds.
pub(crate) struct DateClock;

impl Clock for DateClock {
    #[allow(clippy::cast_possible_truncation, reason = "milliseconds since 1970 are whole and far below 2^53")]
    fn now(&self) -> Timestamp {
        Timestamp::from_micros((js_sys::Date::now() as i64).saturating_mul(1_000))
    }
}

/// How many random bytes are fetched at once: the border costs more than the rest of an identifier.
const BUFFER: usize = 4_096;

/// UUIDv7 identifiers and salts from `crypto.getRandomValues`.
pub(crate) struct CryptoIds(RefCell<Buffer>);

struct Buffer {
    bytes: [u8; BUFFER],
    used: usize,
}

impl Default for CryptoIds {
    fn default() -> Self {
        Self(RefCell::new(Buffer { bytes: [0; BUFFER], used: BUFFER }))
    }
}

impl CryptoIds {
    fn take<const N: usize>(&self) -> [u8; N] {
        let mut buffer = self.0.borrow_mut();
        if buffer.used + N > BUFFER {
            get_random_values(&mut buffer.bytes);
            buffer.used = 0;
        }
        let from = buffer.used;
        buffer.used += N;
        let mut taken = [0; N];
        for (to, byte) in taken.iter_mut().zip(buffer.bytes.iter_mut().skip(from)) {
            // What was given out is not kept.
            *to = std::mem::take(byte);
        }
        taken
    }
}

impl Ids for CryptoIds {
    fn id(&self, at: Timestamp) -> Uuid {
        uuid_v7(at, self.take())
    }
    fn salt(&self) -> [u8; 16] {
        self.take()
    }
}
