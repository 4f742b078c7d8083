//! Memory does not grow with a file.

use std::process::Command;

#[test]
fn a_large_file_is_sent_and_read_with_little_memory() {
    let done = Command::new(env!("CARGO_BIN_EXE_large_file")).args(["--bytes", "200000000"]).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}
