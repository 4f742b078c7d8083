//! A process that forks while it writes: the child opens the file for itself. A test of its own, since it forks its process.
#![cfg(all(target_os = "linux", target_pointer_width = "64"))]
#![allow(unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
};

use common::*;
use nexa_kernel::{Record, ledger::Head, store::Select};
use nexa_store_sqlite::codes;

/// Runs in a child, and answers how the child ended.
fn in_child(work: impl FnOnce() -> bool) -> i32 {
    match unsafe { libc::fork() } {
        0 => {
            // A child that hangs is ended, and the test fails.
            unsafe { libc::alarm(60) };
            let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).unwrap_or(false);
            unsafe { libc::_exit(i32::from(!done)) }
        }
        child => {
            let mut status = -1;
            assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
            status
        }
    }
}

#[test]
fn a_child_of_a_process_that_writes_opens_the_file_and_what_it_inherited_says_forked() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    let store = Arc::new(open(&path));
    let (stop, number) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let writers: Vec<_> = (0..3)
        .map(|_| {
            let (store, stop, number) = (Arc::clone(&store), Arc::clone(&stop), Arc::clone(&number));
            thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let number = u128::from(number.fetch_add(1, Ordering::Relaxed)) + 1;
                    insert(&*store, job(number, &format!("job {number}"))).unwrap();
                    if number % 3 == 0 {
                        assert!(load::<Job>(&*store, number).is_some());
                    }
                }
            })
        })
        .collect();
    for child in 0..20_u128 {
        while number.load(Ordering::Relaxed) < 10 * (child as u64 + 1) {
            thread::yield_now();
        }
        let ended = in_child(|| {
            let refused = insert(&*store, job(1 << 50, "inherited")).is_err_and(|error| error.is(&codes::FORKED));
            let unread = ask(&*store, |tx| Box::pin(async move { tx.select(&Select::all(Job::def(), 1)).await }));
            let own = open(&path);
            let written = (0..5_u128)
                .map(|turn| insert(&own, job((1 << 60) + child * 100 + turn, &format!("child {child}, {turn}"))));
            written.for_each(Result::unwrap);
            drop(own);
            refused && unread.is_err_and(|error| error.is(&codes::FORKED))
        });
        assert_eq!(ended, 0, "child {child}");
    }
    stop.store(true, Ordering::Relaxed);
    writers.into_iter().for_each(|writer| writer.join().unwrap());
    let all = usize::try_from(number.load(Ordering::Relaxed)).unwrap() + 100;
    assert_eq!(select(&*store, Select::all(Job::def(), 1_000_000)).len(), all);
    let mut head = Head::default();
    events(&*store).iter().for_each(|event| event.verify(&mut head).unwrap());
    assert_eq!(head.seq, all as u64);

    // A child that only inherited the file keeps nobody out after its parent has closed it.
    let child = unsafe { libc::fork() };
    if child == 0 {
        unsafe {
            libc::alarm(60);
            libc::pause();
            libc::_exit(0)
        }
    }
    drop(store);
    let again = open(&path);
    insert(&again, job(1 << 61, "after")).unwrap();
    drop(again);
    assert!(!path.with_extension("db-wal").exists());
    unsafe {
        libc::kill(child, libc::SIGKILL);
        libc::waitpid(child, std::ptr::null_mut(), 0);
    }
}
