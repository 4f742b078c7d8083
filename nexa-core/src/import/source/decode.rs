//! Bytes of other encodings as UTF-8.

use super::encoding::Encoding;

/// Stands for what could not be decoded: it is no UTF-8, so the row that holds it is refused.
pub(super) const UNDECODABLE: u8 = 0xff;

/// Decodes what comes in pieces to UTF-8.
pub(super) enum Decoder {
    Utf16(Utf16),
    #[cfg(feature = "encodings")]
    Other(Box<encoding_rs::Decoder>),
}

impl Decoder {
    /// The decoder of an encoding, unless its rows are decoded one by one.
    pub(super) fn of(encoding: Encoding) -> Option<Self> {
        match encoding {
            Encoding::Utf16Le => Some(Self::Utf16(Utf16::new(false))),
            Encoding::Utf16Be => Some(Self::Utf16(Utf16::new(true))),
            #[cfg(feature = "encodings")]
            Encoding::Other(page) => Some(Self::Other(Box::new(page.0.new_decoder_without_bom_handling()))),
            Encoding::Detect | Encoding::Utf8 | Encoding::Latin1 => None,
        }
    }

    /// Appends a piece as UTF-8; with the last one half a character becomes undecodable.
    pub(super) fn decode(&mut self, piece: &[u8], last: bool, text: &mut Vec<u8>) {
        match self {
            Self::Utf16(decoder) => decoder.decode(piece, last, text),
            #[cfg(feature = "encodings")]
            Self::Other(decoder) => decode_page(decoder, piece, last, text),
        }
    }
}

#[cfg(feature = "encodings")]
fn decode_page(decoder: &mut encoding_rs::Decoder, mut piece: &[u8], last: bool, text: &mut Vec<u8>) {
    use encoding_rs::DecoderResult;

    loop {
        let start = text.len();
        let room = decoder.max_utf8_buffer_length_without_replacement(piece.len()).unwrap_or(piece.len());
        text.resize(start + room.max(16), 0);
        let free = text.get_mut(start..).unwrap_or_default();
        let (result, taken, written) = decoder.decode_to_utf8_without_replacement(piece, free, last);
        text.truncate(start + written);
        piece = piece.get(taken..).unwrap_or_default();
        match result {
            DecoderResult::InputEmpty => return,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => text.push(UNDECODABLE),
        }
    }
}

/// Decodes UTF-16 that comes in pieces of any length.
pub(super) struct Utf16 {
    high_first: bool,
    /// The first byte of a unit whose second is still to come.
    half: Option<u8>,
    /// The first unit of a pair whose second is still to come.
    lead: Option<u16>,
}

impl Utf16 {
    pub(super) const fn new(high_first: bool) -> Self {
        Self { high_first, half: None, lead: None }
    }

    /// Appends a piece as UTF-8; with the last one half a character becomes undecodable.
    pub(super) fn decode(&mut self, piece: &[u8], last: bool, text: &mut Vec<u8>) {
        for byte in piece {
            let Some(first) = self.half.take() else {
                self.half = Some(*byte);
                continue;
            };
            let pair = [first, *byte];
            self.unit(if self.high_first { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }, text);
        }
        if last && (self.half.take().is_some() | self.lead.take().is_some()) {
            text.push(UNDECODABLE);
        }
    }

    fn unit(&mut self, unit: u16, text: &mut Vec<u8>) {
        if let Some(lead) = self.lead.take() {
            if let Some(Ok(character)) = char::decode_utf16([lead, unit]).next() {
                push(character, text);
                return;
            }
            text.push(UNDECODABLE);
        }
        match unit {
            0xd800..=0xdbff => self.lead = Some(unit),
            _ => match char::from_u32(u32::from(unit)) {
                Some(character) => push(character, text),
                None => text.push(UNDECODABLE),
            },
        }
    }
}

fn push(character: char, text: &mut Vec<u8>) {
    text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

/// The characters of Windows-1252 from 0x80 to 0x9f; what it leaves undefined is the control character of that number.
const HIGH: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Appends a text in Windows-1252.
pub(super) fn push_latin1(bytes: &[u8], text: &mut String) {
    text.extend(bytes.iter().map(|byte| match byte {
        0x80..=0x9f => HIGH.get(usize::from(byte - 0x80)).copied().unwrap_or_default(),
        _ => char::from(*byte),
    }));
}

#[cfg(test)]
mod tests {
    use encoding_rs::{DecoderResult, UTF_16BE, UTF_16LE, WINDOWS_1252};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_byte_of_windows_1252_is_as_others_read_it() {
        let bytes: Vec<u8> = (0..=255).collect();
        let mut text = String::new();
        push_latin1(&bytes, &mut text);
        assert_eq!(text, WINDOWS_1252.decode_without_bom_handling(&bytes).0);
    }

    fn as_others(bytes: &[u8], high_first: bool) -> Vec<u8> {
        let mut decoder = if high_first { UTF_16BE } else { UTF_16LE }.new_decoder_without_bom_handling();
        let (mut raw, mut text) = (bytes, Vec::new());
        loop {
            let mut room = vec![0; 4 * bytes.len() + 16];
            let (result, taken, written) = decoder.decode_to_utf8_without_replacement(raw, &mut room, true);
            text.extend_from_slice(&room[..written]);
            raw = &raw[taken..];
            match result {
                DecoderResult::InputEmpty => return text,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => text.push(UNDECODABLE),
            }
        }
    }

    proptest! {
        #[test]
        fn utf_16_in_pieces_is_as_others_read_it(
            units in prop::collection::vec(prop_oneof![any::<u16>(), 0xd7f0..0xe010_u16, 0x20..0x7f_u16], 0..40),
            odd: Option<u8>, high_first: bool, cut in 0..40_usize,
        ) {
            let pairs = units.iter().flat_map(|unit| if high_first { unit.to_be_bytes() } else { unit.to_le_bytes() });
            let bytes: Vec<u8> = pairs.chain(odd).collect();
            let (first, second) = bytes.split_at(cut.min(bytes.len()));
            let (mut decoder, mut text) = (Utf16::new(high_first), Vec::new());
            decoder.decode(first, false, &mut text);
            decoder.decode(second, false, &mut text);
            decoder.decode(&[], true, &mut text);
            prop_assert_eq!(text, as_others(&bytes, high_first));
        }
    }
}
