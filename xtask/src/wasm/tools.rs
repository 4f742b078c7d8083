//! The programs beside the compiler: a linker and a C compiler for wasm32, wasm-bindgen, wasm-opt, Node.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    command::{cargo, output, program, root, run as run_command, target},
    wasm_toolchain::{self, Toolchain},
};

/// The version of binaryen, which has wasm-opt.
const BINARYEN: &str = "132.0.0";

/// What of Debian's LLVM is needed: SQLite is compiled, and the module linked.
const LLVM: [(&str, &str); 3] = [("clang", "clang"), ("lld", "wasm-ld"), ("llvm", "llvm-ar")];

/// What of SQLite nobody here uses: extensions, other encodings, dates, statements of a database's own keeper.
const SQLITE: [&str; 32] = [
    "-USQLITE_ENABLE_API_ARMOR",
    "-USQLITE_ENABLE_BYTECODE_VTAB",
    "-USQLITE_ENABLE_COLUMN_METADATA",
    "-USQLITE_ENABLE_DBPAGE_VTAB",
    "-USQLITE_ENABLE_DBSTAT_VTAB",
    "-USQLITE_ENABLE_FTS5",
    "-USQLITE_ENABLE_MATH_FUNCTIONS",
    "-USQLITE_ENABLE_OFFSET_SQL_FUNC",
    "-USQLITE_ENABLE_PREUPDATE_HOOK",
    "-USQLITE_ENABLE_RTREE",
    "-USQLITE_ENABLE_SESSION",
    "-USQLITE_ENABLE_STMTVTAB",
    "-USQLITE_ENABLE_UNKNOWN_SQL_FUNCTION",
    "-USQLITE_ENABLE_UNLOCK_NOTIFY",
    "-DSQLITE_OMIT_ANALYZE",
    "-DSQLITE_OMIT_AUTOVACUUM",
    "-DSQLITE_OMIT_COMPILEOPTION_DIAGS",
    "-DSQLITE_OMIT_COMPLETE",
    "-DSQLITE_OMIT_DATETIME_FUNCS",
    "-DSQLITE_OMIT_DECLTYPE",
    "-DSQLITE_OMIT_DESERIALIZE",
    "-DSQLITE_OMIT_EXPLAIN",
    "-DSQLITE_OMIT_GET_TABLE",
    "-DSQLITE_OMIT_INCRBLOB",
    "-DSQLITE_OMIT_LOCALTIME",
    "-DSQLITE_OMIT_REINDEX",
    "-DSQLITE_OMIT_SCHEMA_VERSION_PRAGMAS",
    "-DSQLITE_OMIT_TRACE",
    "-DSQLITE_OMIT_UTF16",
    "-DSQLITE_OMIT_VIEW",
    "-DSQLITE_UNTESTABLE",
    "-Oz",
];

pub(super) struct Tools {
    /// The command line of wasm-bindgen, of the version that the crate has.
    pub(super) bindgen: PathBuf,
    optimiser: PathBuf,
    /// The ending of LLVM's programs, such as `-22`; empty where they have none.
    llvm: String,
    /// Whether the compiler has no linker of its own.
    link: bool,
}

/// The bytes of a file after compression.
pub(super) struct Compressed {
    pub(super) gzip: u64,
    pub(super) brotli: u64,
}

impl Tools {
    /// Finds them, or installs what is missing.
    pub(super) fn ready(toolchain: &Toolchain) -> Result<Self, String> {
        for (name, what) in [("node", "Node 20 or newer"), ("npm", "npm, which comes with Node")] {
            if output(program(name).arg("--version")).is_none() {
                return Err(format!("{name} cannot be started; install {what}"));
            }
        }
        fs::create_dir_all(folder()).map_err(|error| format!("{}: {error}", folder().display()))?;
        Ok(Self {
            llvm: llvm(toolchain)?,
            link: matches!(toolchain, Toolchain::Unpacked(_)),
            bindgen: bindgen()?,
            optimiser: optimiser()?,
        })
    }

    /// Makes cargo use the linker and the C compiler.
    pub(super) fn select(&self, cargo: &mut Command) {
        let named = |name: &str| format!("{name}{}", self.llvm);
        cargo.env("CC_wasm32_unknown_unknown", named("clang")).env("AR_wasm32_unknown_unknown", named("llvm-ar"));
        cargo.env("CFLAGS_wasm32_unknown_unknown", SQLITE.join(" "));
        if self.link {
            cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", named("wasm-ld"));
        }
    }

    /// Compiles what stands for the parts of SQLite that are left out, to be linked with all else.
    pub(super) fn absent(&self) -> Result<PathBuf, String> {
        run_command(&mut absent(&self.llvm))?;
        Ok(folder().join("absent.o"))
    }

    /// wasm-opt.
    pub(super) fn optimiser(&self) -> Command {
        program(&self.optimiser)
    }

    /// Compresses a file as servers do.
    #[allow(clippy::unused_self, reason = "Node is one of the tools, and was found to be there")]
    pub(super) fn compressed(&self, file: &Path) -> Result<Compressed, String> {
        let script = "const z = require('zlib'), b = require('fs').readFileSync(process.argv[1]); \
                      console.log(z.gzipSync(b, {level: 9}).length, z.brotliCompressSync(b).length)";
        let printed = output(program("node").args(["-e", script]).arg(file)).unwrap_or_default();
        let mut numbers = printed.split_whitespace().map(str::parse);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(gzip)), Some(Ok(brotli))) => Ok(Compressed { gzip, brotli }),
            _ => Err(format!("cannot compress {}", file.display())),
        }
    }
}

/// The ending of LLVM's programs, with a clang that compiles SQLite for wasm32.
fn llvm(toolchain: &Toolchain) -> Result<String, String> {
    // The compiler's own version first: a linker must understand what the compiler wrote.
    let own = format!("-{}", toolchain.llvm_version()?);
    let endings = [own.as_str(), ""];
    let found = || endings.into_iter().find(|ending| suits(ending)).map(str::to_owned);
    if let Some(ending) = found() {
        return Ok(ending);
    }
    let debian = Path::new("/etc/debian_version").exists();
    let mut wanted = Vec::new();
    if debian {
        let root = output(program("id").arg("-u")).as_deref() == Some("0");
        if root {
            run_command(program("apt-get").args(["update", "-qq"]))?;
        }
        let offered = |ending: &&str| output(program("apt-cache").args(["show", &format!("clang{ending}")])).is_some();
        let ending = endings.into_iter().find(offered).unwrap_or_default();
        wanted.extend(LLVM.map(|(package, _)| format!("{package}{ending}")));
        if root {
            println!("installing {}", wanted.join(" "));
            let mut install = program("apt-get");
            run_command(install.args(["install", "-qq", "-y", "--no-install-recommends"]).args(&wanted))?;
            if let Some(ending) = found() {
                return Ok(ending);
            }
        }
    }
    let how = if debian { format!("as root: apt-get install {}; or ", wanted.join(" ")) } else { String::new() };
    Err(format!(
        "SQLite cannot be compiled and the module cannot be linked; {how}install clang, lld and llvm of one version of LLVM, \
         18 or newer, so that {} can be started",
        LLVM.map(|(_, name)| name).join(", ")
    ))
}

/// Whether LLVM's programs with this ending can be started, and the C that SQLite is compiled with for wasm32 is understood.
fn suits(ending: &str) -> bool {
    let started = |name: &str| output(program(format!("{name}{ending}")).arg("--version")).is_some();
    LLVM.iter().all(|(_, name)| started(name)) && output(&mut absent(ending)).is_some()
}

/// Compiles what stands for the parts of SQLite that are left out.
fn absent(ending: &str) -> Command {
    let mut compile = program(format!("clang{ending}"));
    compile.arg(format!("--target={}", wasm_toolchain::TARGET)).args(["-Oz", "-fno-builtin", "-w", "-c"]);
    compile.arg("xtask/src/wasm/absent.c").arg("-o").arg(folder().join("absent.o"));
    compile
}

/// Where tools and what they make are kept.
fn folder() -> PathBuf {
    target().join("wasm/tools")
}

/// The command line of wasm-bindgen of exactly the crate's version, from the user's cache.
fn bindgen() -> Result<PathBuf, String> {
    let version = locked("wasm-bindgen")?;
    let folder = wasm_toolchain::cache()?.join(format!("wasm-bindgen-{version}"));
    let binary = folder.join("bin").join(format!("wasm-bindgen{}", env::consts::EXE_SUFFIX));
    if !binary.exists() {
        println!("installing wasm-bindgen {version} (about two minutes, once)");
        let mut install = cargo(["install", "--quiet", "wasm-bindgen-cli", "--version", &version, "--root"]);
        // Outside of the project, so that neither its lock file nor its configuration counts.
        run_command(install.arg(&folder).current_dir(env::temp_dir()))?;
    }
    Ok(binary)
}

/// The version of a package in the lock file.
fn locked(package: &str) -> Result<String, String> {
    let path = root().join("Cargo.lock");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let (_, rest) = text
        .split_once(&format!("name = \"{package}\"\nversion = \""))
        .ok_or_else(|| format!("{package} is not in {}", path.display()))?;
    Ok(rest.split('"').next().unwrap_or_default().to_owned())
}

/// wasm-opt, from npm: Debian's is too old.
fn optimiser() -> Result<PathBuf, String> {
    let folder = folder();
    let binary = folder.join("node_modules/binaryen/bin/wasm-opt");
    let stamp = folder.join("binaryen.version");
    if !fs::read_to_string(&stamp).is_ok_and(|found| found == BINARYEN) {
        let mut install = program("npm");
        install.args(["install", "--silent", "--no-save", "--no-package-lock", "--prefix"]).arg(&folder);
        run_command(install.arg(format!("binaryen@{BINARYEN}")))?;
        fs::write(&stamp, BINARYEN).map_err(|error| format!("{}: {error}", stamp.display()))?;
    }
    Ok(binary)
}
