//! Sends a file, reads it again from a folder, and says how much memory that took: `large_file --bytes 1000000000`. It fails where memory
//! grows with the file. A process of its own, because the system counts the memory of processes.

use std::{env, fs, io::Read, process::ExitCode, sync::Arc, time::Instant};

use nexa_crm::{
    About, Create, CreateOrg, Envelope, FolderBlobs, blocking,
    files::{Add, DownloadOptions, UploadOptions},
    sales::Lead,
    testing::Random,
};
use serde_json::json;

/// By how much memory may grow, whatever the file: 32 MiB.
const MOST: u64 = 32 * 1024 * 1024;
/// After so many bytes the noise is the same but for its number.
const BLOCK: usize = 64 * 1024;

/// A file of noise, made as it is read.
struct Noise {
    block: Vec<u8>,
    at: u64,
    end: u64,
}

impl Noise {
    fn new(end: u64) -> Self {
        let random = Random::new(1);
        let block = (0..BLOCK / 8).flat_map(|_| random.bits().to_le_bytes()).collect();
        Self { block, at: 0, end }
    }
}

impl Read for Noise {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let from = usize::try_from(self.at % BLOCK as u64).unwrap_or_default();
        if from == 0 {
            let number = (self.at / BLOCK as u64).to_le_bytes();
            self.block.iter_mut().zip(number).for_each(|(byte, of)| *byte = of);
        }
        let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
        let part = self.block.get(from..).unwrap_or_default();
        let length = part.len().min(into.len()).min(left);
        into.iter_mut().zip(part.iter().take(length)).for_each(|(to, byte)| *to = *byte);
        self.at += length as u64;
        Ok(length)
    }
}

/// The most memory that this process had at a time, in bytes; nothing where the system does not say.
fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

fn play(bytes: u64) -> Result<String, Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite:{}", folder.path().join("crm.db").display());
    let blobs = FolderBlobs::open(folder.path().join("files"))?;
    let crm = blocking::open_with(&url, nexa_crm::builder().blobs(Arc::new(blobs)))?;
    let lisa = crm.create_org(CreateOrg::new("Acme", "Lisa", "lisa@acme.example")?)?;
    lisa.execute("org.configure", json!({"files": {"largest": bytes}}), Envelope::default())?;
    let lead = lisa.run(Create::<Lead>::new().set(Lead::COMPANY, "Umbrella"))?;
    let before = peak();

    let began = Instant::now();
    let upload = lisa.upload("large.bin", UploadOptions::new(), Noise::new(bytes))?;
    let sent = began.elapsed();
    let file = lisa.run(Add { upload: upload.id, to: About::from(&lead), name: None })?;
    let began = Instant::now();
    let mut download = lisa.download(&file, DownloadOptions::new())?;
    let mut expected = Noise::new(bytes);
    let (mut read, mut piece, mut same) = (0, vec![0; BLOCK], vec![0; BLOCK]);
    loop {
        let length = download.read(&mut piece)?;
        if length == 0 {
            break;
        }
        let same = same.get_mut(..length).unwrap_or_default();
        expected.read_exact(same)?;
        if piece.get(..length) != Some(&*same) {
            return Err(format!("of the bytes from {read} on, some are others").into());
        }
        read += length as u64;
    }
    if read != bytes {
        return Err(format!("{read} bytes were read").into());
    }
    let figures =
        format!("{bytes} bytes: sent in {:.1} s, read in {:.1} s", sent.as_secs_f64(), began.elapsed().as_secs_f64());
    match before.zip(peak()) {
        Some((before, after)) if after - before > MOST => {
            Err(format!("{figures}, but memory grew by {} bytes", after - before).into())
        }
        Some((before, after)) => Ok(format!(
            "{figures}, with {} KiB more memory, {} MiB in all at the peak",
            (after - before) / 1024,
            after / 1024 / 1024
        )),
        None => Ok(figures),
    }
}

fn main() -> ExitCode {
    let given: Vec<String> = env::args().skip(1).collect();
    let bytes = match given.as_slice() {
        [name, number] if name == "--bytes" => number.parse().ok(),
        [] => Some(1_000_000_000),
        _ => None,
    };
    let outcome = match bytes {
        Some(bytes) => play(bytes).map_err(|problem| problem.to_string()),
        None => Err("use --bytes NUMBER".to_owned()),
    };
    match outcome {
        Ok(figures) => {
            println!("{figures}");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}
