//! Locks of our own: a second SQLite in the process cannot take them from us.
//!
//! Locks of POSIX belong to the process. Two copies of SQLite in one process, such as ours and the one of Python's `sqlite3`,
//! do not see each other's, and whoever closes any descriptor of a file drops those of all: the host looks at the file and
//! closes it, takes itself for the last one, and deletes the log into which we go on writing. Locks of an open file description
//! conflict with both kinds, also within the process, and end with that description alone.
//!
//! SQLite locks a file through one descriptor and unlocks it through another, so all lock calls on a file go through one more
//! descriptor that is opened for nothing else. And as closing a descriptor drops the *host's* locks, those that SQLite closes
//! while it has others of the same file are kept aside and used again; the last ones are closed when the host has no lock.
//!
//! SQLite lets system calls be replaced for this, once for the process and before the first file is opened. In the child of a
//! fork, where SQLite's own account of its locks is a copy of the parent's and true no more, files look like other files than
//! those that the parent had open, so that SQLite begins a new account.
#![allow(
    unsafe_code,
    reason = "these functions are called by SQLite in the place of the system's; each block says why it is sound"
)]

use std::{
    cell::UnsafeCell,
    collections::{BTreeMap, BTreeSet},
    ffi::{CStr, c_char, c_int, c_void},
    fs, mem,
    os::unix::fs::MetadataExt,
    sync::{
        Mutex, MutexGuard, Once, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use rusqlite::ffi;

/// Device and inode: what a file is, whatever its name.
type Place = (u64, u64);

/// A file that SQLite locks.
struct Locked {
    /// The descriptor through which all its locks go.
    through: c_int,
    /// Descriptors that SQLite has closed, with the mode in which they were opened.
    aside: Vec<(c_int, c_int)>,
}

struct Table {
    files: BTreeMap<Place, Locked>,
    /// The files of SQLite's descriptors. Not every one is locked: connections of one SQLite share what one of them has locked.
    users: BTreeMap<c_int, Place>,
    /// Files that were open before the calls were replaced. Their locks may be those of the process, and stay such.
    earlier: BTreeSet<Place>,
}

static TABLE: Mutex<Table> =
    Mutex::new(Table { files: BTreeMap::new(), users: BTreeMap::new(), earlier: BTreeSet::new() });

/// How often the process was forked on the way from the one that replaced the calls to this one.
static FORKS: AtomicU64 = AtomicU64::new(0);

fn table() -> MutexGuard<'static, Table> {
    TABLE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Replaces the system calls, at the first call in the process.
pub(crate) fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: it reads a counter.
        if unsafe { ffi::sqlite3_memory_used() } > 0 {
            // The host has used this SQLite already. Without a list of what is open, it may have locks of the process anywhere.
            let Some(open) = open_files() else { return };
            table().earlier = open;
        }
        // SAFETY: the name ends with a zero, and the functions have the forms in which SQLite calls them. The VFS lives as long as the
        // process. A lock call passes a pointer behind the two numbers; on these processors an argument of a variadic call is
        // passed as any other.
        unsafe {
            let vfs = ffi::sqlite3_vfs_find(c"unix".as_ptr());
            let Some(set) = vfs.as_ref().and_then(|vfs| vfs.xSetSystemCall) else { return };
            if libc::pthread_atfork(Some(before_fork), Some(after_fork), Some(in_child)) != 0 {
                return;
            }
            let calls: [(&CStr, *const c_void); 5] = [
                (c"fcntl", lock as *const c_void),
                (c"close", close as *const c_void),
                (c"open", open as *const c_void),
                (c"fstat", look_at as *const c_void),
                (c"stat", look as *const c_void),
            ];
            for (name, call) in calls {
                let call = mem::transmute::<*const c_void, ffi::sqlite3_syscall_ptr>(call);
                set(vfs, name.as_ptr(), call);
            }
        }
    });
}

/// The files that the process has open.
fn open_files() -> Option<BTreeSet<Place>> {
    let open = fs::read_dir("/proc/self/fd").ok()?;
    let found = open.filter_map(|entry| fs::metadata(entry.ok()?.path()).ok());
    Some(found.map(|file| (file.dev(), file.ino())).collect())
}

/// In the place of `fcntl`.
extern "C" fn lock(descriptor: c_int, command: c_int, argument: *mut libc::flock) -> c_int {
    let own = match command {
        libc::F_SETLK => libc::F_OFD_SETLK,
        libc::F_SETLKW => libc::F_OFD_SETLKW,
        libc::F_GETLK => libc::F_OFD_GETLK,
        // SAFETY: the call as it came.
        _ => return unsafe { libc::fcntl(descriptor, command, argument) },
    };
    let through = table().through(descriptor);
    // SAFETY: for these commands SQLite passes a lock that it owns, and the descriptor is open as long as SQLite has one of the
    // same file open.
    unsafe {
        let Some(through) = through else { return libc::fcntl(descriptor, command, argument) };
        let mut asked = argument.read();
        // The system wants it so.
        asked.l_pid = 0;
        let answer = libc::fcntl(through, own, &raw mut asked);
        if own == libc::F_OFD_GETLK {
            argument.write(asked);
        }
        answer
    }
}

/// In the place of `close`.
extern "C" fn close(descriptor: c_int) -> c_int {
    if table().keep(descriptor) {
        return 0;
    }
    // SAFETY: SQLite closes a descriptor of its own.
    unsafe { libc::close(descriptor) }
}

/// In the place of `open`.
extern "C" fn open(path: *const c_char, flags: c_int, mode: c_int) -> c_int {
    if flags & libc::O_EXCL == 0
        && let Some(descriptor) = table().again(path, flags)
    {
        return descriptor;
    }
    // SAFETY: the call as it came.
    let descriptor = unsafe { libc::open(path, flags, mode) };
    if let Some(place) = place_of(descriptor) {
        table().users.insert(descriptor, place);
    }
    descriptor
}

/// In the place of `fstat`.
extern "C" fn look_at(descriptor: c_int, found: *mut libc::stat) -> c_int {
    // SAFETY: the call as it came; what it filled may be changed.
    unsafe { libc::fstat(descriptor, found) + renewed(found) }
}

/// In the place of `stat`.
extern "C" fn look(path: *const c_char, found: *mut libc::stat) -> c_int {
    // SAFETY: the call as it came; what it filled may be changed.
    unsafe { libc::stat(path, found) + renewed(found) }
}

/// Lets a file look like another one in every process of a line of forks. Answers zero.
unsafe fn renewed(found: *mut libc::stat) -> c_int {
    let forks = FORKS.load(Ordering::Relaxed);
    if forks > 0 {
        // SAFETY: SQLite passes memory for the answer; after a failure it does not read it.
        unsafe { (*found).st_dev ^= forks << 48 };
    }
    0
}

impl Table {
    /// The descriptor for the locks of a file, or none where locks are those of the process.
    fn through(&mut self, descriptor: c_int) -> Option<c_int> {
        let place = match self.users.get(&descriptor) {
            Some(place) => *place,
            None => place_of(descriptor)?,
        };
        if let Some(file) = self.files.get(&place) {
            return Some(file.through);
        }
        if self.earlier.contains(&place) {
            return None;
        }
        let through = another(descriptor)?;
        if conflict(through).is_none() {
            // This file system, or this kernel, does not know such locks.
            self.earlier.insert(place);
            // SAFETY: it was opened just now.
            unsafe { libc::close(through) };
            return None;
        }
        self.users.insert(descriptor, place);
        self.files.insert(place, Locked { through, aside: Vec::new() });
        Some(through)
    }

    /// Whether a descriptor that SQLite closes is kept open.
    fn keep(&mut self, descriptor: c_int) -> bool {
        let Some(place) = self.users.remove(&descriptor) else { return false };
        let Some(file) = self.files.get_mut(&place) else { return false };
        // SAFETY: it reads flags of an open descriptor.
        let flags = unsafe { libc::fcntl(descriptor, libc::F_GETFL) };
        file.aside.push((descriptor, flags & libc::O_ACCMODE));
        let used: BTreeSet<Place> = self.users.values().copied().collect();
        self.files.retain(|place, file| {
            if used.contains(place) {
                return true;
            }
            unlock(file.through);
            if host_has_locks(file.through, place.1) {
                return true;
            }
            for descriptor in file.aside.iter().map(|(descriptor, _)| *descriptor).chain([file.through]) {
                // SAFETY: SQLite has closed it, or it is ours.
                unsafe { libc::close(descriptor) };
            }
            false
        });
        true
    }

    /// A descriptor of this file that was kept.
    fn again(&mut self, path: *const c_char, flags: c_int) -> Option<c_int> {
        if self.files.values().all(|file| file.aside.is_empty()) {
            return None;
        }
        let place = place(|found| {
            // SAFETY: SQLite passes a path that ends with a zero; memory for the answer.
            unsafe { libc::lstat(path, found) }
        })?;
        let aside = &mut self.files.get_mut(&place)?.aside;
        let position = aside.iter().position(|(_, mode)| *mode == flags & libc::O_ACCMODE)?;
        let (descriptor, _) = aside.swap_remove(position);
        self.users.insert(descriptor, place);
        Some(descriptor)
    }
}

fn place_of(descriptor: c_int) -> Option<Place> {
    place(|found| {
        // SAFETY: memory for the answer; what is no open descriptor is refused.
        unsafe { libc::fstat(descriptor, found) }
    })
}

fn place(ask: impl FnOnce(*mut libc::stat) -> c_int) -> Option<Place> {
    let mut found = mem::MaybeUninit::<libc::stat>::uninit();
    if ask(found.as_mut_ptr()) != 0 {
        return None;
    }
    // SAFETY: the call has filled it.
    let found = unsafe { found.assume_init() };
    Some((found.st_dev, found.st_ino))
}

/// Another description of an open file, so that its locks end with it alone.
fn another(descriptor: c_int) -> Option<c_int> {
    let path = std::ffi::CString::new(format!("/proc/self/fd/{descriptor}")).ok()?;
    // SAFETY: the path ends with a zero, and the descriptor is open.
    unsafe {
        let opened = libc::open(path.as_ptr(), libc::O_RDWR | libc::O_CLOEXEC);
        if opened > libc::STDERR_FILENO {
            return Some(opened);
        }
        if opened >= 0 {
            // Who writes to the standard output must not write into the database.
            libc::close(opened);
        }
        // Without write permission or /proc the description is shared, which differs only for children of a fork.
        let shared = libc::fcntl(descriptor, libc::F_DUPFD_CLOEXEC, libc::STDERR_FILENO + 1);
        (shared >= 0).then_some(shared)
    }
}

const fn whole(kind: c_int) -> libc::flock {
    libc::flock { l_type: kind as i16, l_whence: libc::SEEK_SET as i16, l_start: 0, l_len: 0, l_pid: 0 }
}

fn unlock(through: c_int) {
    let everything = whole(libc::F_UNLCK);
    // SAFETY: the lock lives as long as the call. Giving back cannot fail on an open descriptor.
    unsafe { libc::fcntl(through, libc::F_OFD_SETLK, &raw const everything) };
}

/// Whether others have a lock on the file; none when the system does not know such locks.
fn conflict(through: c_int) -> Option<bool> {
    let mut asked = whole(libc::F_WRLCK);
    // SAFETY: the lock lives as long as the call.
    let answer = unsafe { libc::fcntl(through, libc::F_OFD_GETLK, &raw mut asked) };
    (answer == 0).then_some(c_int::from(asked.l_type) != libc::F_UNLCK)
}

/// Whether this process has locks of the process on a file, which closing it would drop.
fn host_has_locks(through: c_int, inode: u64) -> bool {
    if conflict(through) == Some(false) {
        return false;
    }
    // Somebody has some. One call answers one of them, and ours may stand behind it; the system's list has all.
    let Ok(all) = fs::read_to_string("/proc/locks") else { return true };
    let (process, inode) = (std::process::id().to_string(), format!(":{inode}"));
    all.lines().any(|line| {
        let mut words = line.split_whitespace().skip(1);
        words.next() == Some("POSIX")
            && words.nth(2) == Some(process.as_str())
            && words.next().is_some_and(|file| file.ends_with(&inode))
    })
}

/// What is held while the process forks, so that the child finds it whole.
struct Held(UnsafeCell<Option<MutexGuard<'static, Table>>>);

// SAFETY: only the thread that forks touches it, between the locks that it takes before and gives back after.
unsafe impl Sync for Held {}

static HELD: Held = Held(UnsafeCell::new(None));

/// SQLite's mutexes of the whole process, in the order in which SQLite nests them.
const MUTEXES: [c_int; 9] = [
    ffi::SQLITE_MUTEX_STATIC_OPEN,
    ffi::SQLITE_MUTEX_STATIC_MAIN,
    ffi::SQLITE_MUTEX_STATIC_VFS1,
    ffi::SQLITE_MUTEX_STATIC_VFS2,
    ffi::SQLITE_MUTEX_STATIC_VFS3,
    ffi::SQLITE_MUTEX_STATIC_LRU,
    ffi::SQLITE_MUTEX_STATIC_PMEM,
    ffi::SQLITE_MUTEX_STATIC_PRNG,
    ffi::SQLITE_MUTEX_STATIC_MEM,
];

/// Waits until no other thread is inside of what the whole process shares; each of them is there for moments only.
unsafe extern "C" fn before_fork() {
    for mutex in MUTEXES {
        // SAFETY: mutexes of the process live as long as it.
        unsafe { ffi::sqlite3_mutex_enter(ffi::sqlite3_mutex_alloc(mutex)) };
    }
    let held = table();
    // SAFETY: the table is locked, so no other thread is here.
    unsafe { *HELD.0.get() = Some(held) };
}

unsafe extern "C" fn after_fork() {
    // SAFETY: what this thread has put there before it forked.
    drop(unsafe { (*HELD.0.get()).take() });
    for mutex in MUTEXES.into_iter().rev() {
        // SAFETY: this thread has entered them before it forked.
        unsafe { ffi::sqlite3_mutex_leave(ffi::sqlite3_mutex_alloc(mutex)) };
    }
}

unsafe extern "C" fn in_child() {
    FORKS.fetch_add(1, Ordering::Relaxed);
    // SAFETY: what this thread has put there before it forked.
    if let Some(table) = unsafe { (*HELD.0.get()).as_mut() } {
        // Were they left open here, the locks would outlive the parent. The parent's own descriptors stay as they are.
        for file in mem::take(&mut table.files).into_values() {
            // SAFETY: this process's copy of a descriptor of ours.
            unsafe { libc::close(file.through) };
        }
        table.users.clear();
    }
    // SAFETY: as in the parent.
    unsafe { after_fork() };
}
