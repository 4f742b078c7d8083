//! A compiler with a standard library for wasm32-unknown-unknown.
//!
//! The usual toolchain when it has the target and the sources of its standard library, or rustup can add them. Otherwise, on
//! Debian, its `rustc-web`, unpacked into the user's cache beside whatever is installed. What is shipped has a standard
//! library of its own, compiled once from the sources.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use crate::command::{cargo, output, program, run as run_command, succeeds_within, target};

/// The target of browsers.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// How long rustup may take to add the target.
const PATIENCE: Duration = Duration::from_secs(60);

/// The packages of Debian's newest compiler, besides the library that goes with its version.
const PACKAGES: [&str; 3] = ["rustc-web", "rust-web-src", "libstd-rust-web-dev"];

/// A panic is a trap and nothing else. Its sentence and its place would be the larger part of many a check.
const SILENT: [&str; 3] = ["-Zunstable-options", "-Cpanic=immediate-abort", "-Zlocation-detail=none"];

/// What stands between flags for the compiler where cargo takes them from the environment.
pub(crate) const BETWEEN: &str = "\x1f";

/// A compiler that knows the target.
pub(crate) enum Toolchain {
    /// The one in use.
    Usual,
    /// One that was unpacked into this folder.
    Unpacked(PathBuf),
}

impl Toolchain {
    /// Where what it compiles is kept. Another compiler must not throw away what the usual one built, nor use it: cargo does
    /// not see that the standard library is another one.
    pub(crate) fn folder(&self) -> PathBuf {
        target().join("wasm").join(match self {
            Self::Usual => "usual",
            Self::Unpacked(_) => "small",
        })
    }

    /// What makes a panic of what is shipped only trap, and keeps no place in a source. Needs what is unstable in the
    /// compiler.
    pub(crate) fn silence(&self) -> Result<Vec<String>, String> {
        let root = match self {
            Self::Usual => cache()?.join(format!("rust-{}-trapping", self.property("commit-hash")?)),
            Self::Unpacked(folder) => folder.join("trapping"),
        };
        if !has_target(&root) {
            println!("compiling a standard library whose panics only trap (about a minute, once)");
            let part = root.with_extension(format!("part-{}", std::process::id()));
            self.compile_library(&part, &SILENT)?;
            // Another run may be as far as this one.
            let moved = fs::rename(&part, &root);
            let _ = fs::remove_dir_all(&part);
            if !has_target(&root) {
                moved.map_err(|error| format!("cannot make {}: {error}", root.display()))?;
            }
        }
        let flags = SILENT.iter().map(|flag| (*flag).to_owned());
        Ok(flags.chain([format!("--sysroot={}", root.display())]).collect())
    }

    /// The version of LLVM in it, such as `22`.
    pub(crate) fn llvm_version(&self) -> Result<String, String> {
        let version = self.property("LLVM version")?;
        Ok(version.split('.').next().unwrap_or_default().to_owned())
    }

    /// What the compiler says of itself under a name.
    fn property(&self, name: &str) -> Result<String, String> {
        let mut compiler = match self {
            Self::Usual => program("rustc"),
            Self::Unpacked(folder) => unpacked(folder),
        };
        let printed = output(compiler.arg("-vV")).unwrap_or_default();
        let lines = printed.lines().filter_map(|line| line.split_once(": "));
        lines
            .filter(|(said, _)| *said == name)
            .map(|(_, value)| value.to_owned())
            .next()
            .ok_or_else(|| format!("rustc does not say its {name}"))
    }

    /// Makes cargo use this compiler.
    pub(crate) fn select(&self, cargo: &mut Command) {
        cargo.env("CARGO_TARGET_DIR", self.folder());
        if let Self::Unpacked(folder) = self {
            cargo.env("RUSTC", compiler(folder)).env("LD_LIBRARY_PATH", libraries(folder));
        }
    }

    /// Compiles the standard library for the target by building an empty crate, and puts it below this compiler's root, which
    /// may be one that has nothing else.
    fn compile_library(&self, root: &Path, flags: &[&str]) -> Result<(), String> {
        let empty = root.join("empty");
        make(&empty.join("src"))?;
        write(
            &empty.join("Cargo.toml"),
            "[package]\nname = \"empty\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
             [profile.release]\nopt-level = \"s\"\n\n\
             [profile.release.package.dlmalloc]\nopt-level = 3\n\n\
             [profile.release.package.compiler_builtins]\nopt-level = 3\n",
        )?;
        write(&empty.join("src/lib.rs"), "#![no_std]\n")?;
        let mut build =
            cargo(["build", "--quiet", "--release", "--target", TARGET, "-Zbuild-std=std,panic_abort,test"]);
        // As small as what is built with it, but for what every call does very often.
        build.arg("-Zbuild-std-features=optimize_for_size");
        self.select(&mut build);
        // With bitcode, so that builds with link-time optimisation can use it as well.
        build
            .current_dir(&empty)
            .env("CARGO_ENCODED_RUSTFLAGS", [&["-Cembed-bitcode=yes"], flags].concat().join(BETWEEN))
            .env("RUSTC_BOOTSTRAP", "1");
        build.env("CARGO_TARGET_DIR", empty.join("target"));
        run_command(&mut build)?;

        let built = empty.join("target").join(TARGET).join("release/deps");
        let place = target_libraries(root);
        make(&place)?;
        let listed = fs::read_dir(&built).map_err(|error| format!("cannot read {}: {error}", built.display()))?;
        for file in listed.flatten() {
            let name = file.file_name();
            let text = name.to_string_lossy();
            if text.starts_with("lib") && text.ends_with(".rlib") && !text.starts_with("libempty") {
                fs::copy(file.path(), place.join(&name)).map_err(|error| format!("cannot copy {text}: {error}"))?;
            }
        }
        let _ = fs::remove_dir_all(&empty);
        Ok(())
    }
}

/// Finds a compiler that knows the target, or installs one.
pub(crate) fn ready() -> Result<Toolchain, String> {
    if usual_is_complete() {
        return Ok(Toolchain::Usual);
    }
    let cached = cache()?.join("rust-web-small");
    if has_target(&cached.join("usr")) && works(&cached) {
        return Ok(Toolchain::Unpacked(cached));
    }
    let added = |what: [&str; 3]| succeeds_within(program("rustup").args(what), PATIENCE);
    if added(["target", "add", TARGET]) && added(["component", "add", "rust-src"]) && usual_is_complete() {
        return Ok(Toolchain::Usual);
    }
    println!("the toolchain has no {TARGET} and rustup cannot add it; unpacking Debian's compiler (about a minute)");
    unpack(&cached).map_err(|problem| {
        format!(
            "no compiler for {TARGET}: {problem}. Run `rustup target add {TARGET}` and `rustup component add rust-src` \
             where that is possible"
        )
    })?;
    Ok(Toolchain::Unpacked(cached))
}

/// Whether the toolchain in use has the target, and the sources of its standard library.
fn usual_is_complete() -> bool {
    output(program("rustc").args(["--print", "sysroot"])).is_some_and(|root| {
        has_target(Path::new(&root)) && Path::new(&root).join("lib/rustlib/src/rust/library/Cargo.toml").exists()
    })
}

/// Whether a standard library for the target lies under a compiler's root.
fn has_target(sysroot: &Path) -> bool {
    let Ok(entries) = fs::read_dir(target_libraries(sysroot)) else { return false };
    entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
}

fn works(folder: &Path) -> bool {
    output(unpacked(folder).arg("--version")).is_some()
}

/// Where tools of the project are kept between builds.
pub(crate) fn cache() -> Result<PathBuf, String> {
    let home = env::var_os("HOME").ok_or("HOME is not set, so there is no place for a cache")?;
    let cache = env::var_os("XDG_CACHE_HOME").map_or_else(|| Path::new(&home).join(".cache"), PathBuf::from);
    Ok(cache.join("nexa"))
}

/// A compiler that was unpacked into a folder.
fn unpacked(folder: &Path) -> Command {
    let mut unpacked = program(compiler(folder));
    unpacked.env("LD_LIBRARY_PATH", libraries(folder));
    unpacked
}

fn compiler(folder: &Path) -> PathBuf {
    folder.join("usr/bin/rustc")
}

/// Where Debian keeps the compiler's shared libraries.
fn libraries(folder: &Path) -> PathBuf {
    folder.join("usr/lib").join(format!("{}-linux-gnu", env::consts::ARCH))
}

fn target_libraries(sysroot: &Path) -> PathBuf {
    sysroot.join("lib/rustlib").join(TARGET).join("lib")
}

/// Puts Debian's compiler and a standard library for the target into a folder, which appears only when complete.
fn unpack(folder: &Path) -> Result<(), String> {
    if !Path::new("/etc/debian_version").exists() {
        return Err("this is no Debian".to_owned());
    }
    let root = output(program("id").arg("-u")).as_deref() == Some("0");
    if root {
        run_command(program("apt-get").args(["update", "-qq"]))?;
    }
    let library = dependency("libstd-rust-web-dev", "libstd-rust-web-")?;
    let llvm = dependency(&library, "libllvm")?;
    if root {
        run_command(program("apt-get").args(["install", "-qq", "-y", "--no-install-recommends", &llvm]))?;
    }

    let work = folder.with_extension(format!("part-{}", std::process::id()));
    let packages = work.join("packages");
    make(&packages)?;
    run_command(
        program("apt-get")
            .args(["-qq", "-o", "APT::Sandbox::User=", "download"])
            .args(PACKAGES)
            .arg(&library)
            .current_dir(&packages),
    )?;
    let listed = fs::read_dir(&packages).map_err(|error| format!("cannot read {}: {error}", packages.display()))?;
    for package in listed.flatten() {
        run_command(program("dpkg").arg("-x").arg(package.path()).arg(&work))?;
    }
    if !works(&work) {
        return Err(format!("the compiler does not start; as root: apt-get install {llvm}"));
    }
    Toolchain::Unpacked(work.clone()).compile_library(&work.join("usr"), &[])?;

    // What a stopped run or an older version left makes room; another run may be as far as this one.
    let _ = fs::remove_dir_all(&packages);
    let _ = fs::remove_dir_all(folder);
    let moved = fs::rename(&work, folder);
    if moved.is_err() && has_target(&folder.join("usr")) {
        let _ = fs::remove_dir_all(&work);
        return Ok(());
    }
    moved.map_err(|error| format!("cannot move {} to {}: {error}", work.display(), folder.display()))
}

/// The package with this beginning that another one depends on.
fn dependency(package: &str, beginning: &str) -> Result<String, String> {
    output(program("apt-cache").args(["depends", package]))
        .and_then(|text| {
            let mut names = text.lines().filter_map(|line| line.trim().strip_prefix("Depends: "));
            names.find(|name| name.starts_with(beginning)).map(str::to_owned)
        })
        .ok_or_else(|| format!("Debian's package lists do not name {package}; as root: apt-get update"))
}

fn make(folder: &Path) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))
}
