//! A window of decoded bytes over a stream.

use std::io::{self, Read};

use super::{
    FIELD_BYTES,
    decode::Decoder,
    encoding::{Encoding, SAMPLE, detect},
};

/// The bytes from the start of the current row on. UTF-8 and Windows-1252 stay as they are, because their delimiters are
/// those of ASCII; all others are decoded here to UTF-8.
pub(super) struct Input<R> {
    source: R,
    encoding: Encoding,
    decoder: Option<Decoder>,
    raw: Vec<u8>,
    window: Vec<u8>,
    start: usize,
    read: u64,
    ended: bool,
    /// Whether it begins with a byte order mark.
    marked: bool,
}

impl Input<io::Empty> {
    /// Bytes that are decoded as far as this reads them, and nothing behind them.
    pub(super) fn over(bytes: Vec<u8>, encoding: Encoding) -> Self {
        Self {
            source: io::empty(),
            encoding,
            decoder: None,
            raw: Vec::new(),
            window: bytes,
            start: 0,
            read: 0,
            ended: true,
            marked: false,
        }
    }
}

impl<R: Read> Input<R> {
    /// Reads the first 64 KiB and settles the encoding.
    pub(super) fn open(source: R, wanted: Encoding) -> io::Result<Self> {
        let mut input = Self {
            source,
            encoding: Encoding::Utf8,
            decoder: None,
            raw: Vec::new(),
            window: Vec::new(),
            start: 0,
            read: 0,
            ended: false,
            marked: false,
        };
        while input.window.len() < SAMPLE && !input.ended {
            input.fill(SAMPLE - input.window.len())?;
        }
        let (encoding, mark) = detect(&input.window, wanted);
        input.encoding = encoding;
        input.start = mark;
        input.marked = mark > 0;
        input.decoder = Decoder::of(encoding);
        if input.decoder.is_none() {
            return Ok(input);
        }
        let sample = std::mem::take(&mut input.window);
        input.start = 0;
        input.decode(sample.get(mark..).unwrap_or_default());
        Ok(input)
    }

    /// The encoding that was settled.
    pub(super) fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Whether it begins with a byte order mark.
    pub(super) fn is_marked(&self) -> bool {
        self.marked
    }

    /// Bytes taken from the source.
    pub(super) fn bytes_read(&self) -> u64 {
        self.read
    }

    /// Whether nothing follows the pending bytes.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// The bytes that are read and not consumed.
    pub(super) fn pending(&self) -> &[u8] {
        self.window.get(self.start..).unwrap_or_default()
    }

    /// The pending bytes, to undo quoting in place.
    pub(super) fn pending_mut(&mut self) -> &mut [u8] {
        self.window.get_mut(self.start..).unwrap_or_default()
    }

    /// The memory that the window takes.
    #[cfg(test)]
    pub(super) fn room(&self) -> usize {
        self.window.capacity()
    }

    /// Drops so many pending bytes.
    pub(super) fn consume(&mut self, bytes: usize) {
        self.start = self.start.saturating_add(bytes).min(self.window.len());
    }

    /// Reads on. The more is pending, the more is read, so that scanning a long row again stays linear.
    pub(super) fn grow(&mut self) -> io::Result<()> {
        if self.ended {
            return Ok(());
        }
        self.fill(self.pending().len().clamp(SAMPLE, FIELD_BYTES))
    }

    fn fill(&mut self, wanted: usize) -> io::Result<()> {
        self.window.drain(..self.start);
        self.start = 0;
        if self.decoder.is_some() {
            let mut raw = std::mem::take(&mut self.raw);
            raw.resize(wanted, 0);
            let count = read_some(&mut self.source, &mut raw)?;
            self.note(count);
            self.decode(raw.get(..count).unwrap_or_default());
            self.raw = raw;
        } else {
            let kept = self.window.len();
            self.window.resize(kept + wanted, 0);
            let count = read_some(&mut self.source, self.window.get_mut(kept..).unwrap_or_default());
            self.window.truncate(kept + count.as_ref().map_or(0, |count| *count));
            self.note(count?);
        }
        Ok(())
    }

    fn note(&mut self, count: usize) {
        self.read += count as u64;
        self.ended = count == 0;
    }

    /// Appends decoded bytes to the window; the last call, with nothing, flushes half a character.
    fn decode(&mut self, raw: &[u8]) {
        if let Some(decoder) = &mut self.decoder {
            decoder.decode(raw, self.ended, &mut self.window);
        }
    }
}

fn read_some(source: &mut impl Read, target: &mut [u8]) -> io::Result<usize> {
    loop {
        match source.read(target) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}
