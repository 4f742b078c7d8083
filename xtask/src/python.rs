//! `cargo xtask python`: builds the wheel, installs it into a new environment, and runs the tests of the Python package.
//!
//! What it needs beside Rust is Python 3.11 or newer with `venv`; everything else comes from pip into the target folder.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{
    command::{cargo, output, program, root, run as run_command, run_reading, target},
    postgres::{self, Server},
    report::{Results, Runner},
};

/// The package, from the root.
const PACKAGE: &str = "bindings/python";

#[derive(clap::Args, Default)]
pub(crate) struct Arguments {
    /// Build with optimisation
    #[arg(long)]
    release: bool,
    /// As many calls and random cases as before a release
    #[arg(long)]
    long: bool,
    /// Build the source distribution as well, and a wheel from it
    #[arg(long)]
    sdist: bool,
    /// What goes to pytest, such as `-k frames`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// An environment of Python.
struct Environment(PathBuf);

impl Environment {
    /// Where tools and the libraries of the tests are.
    fn of_tests() -> Result<Self, String> {
        Self::with("tests")
    }

    /// An environment with what a folder of the package lists; made anew when the list changes.
    fn with(folder: &str) -> Result<Self, String> {
        let list = root().join(PACKAGE).join(folder).join("requirements.txt");
        let wanted = fs::read_to_string(&list).map_err(|error| format!("{}: {error}", list.display()))?;
        let environment = Self(target().join("python").join(folder));
        let stamp = environment.0.join("requirements.txt");
        if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
            return Ok(environment);
        }
        environment.make()?;
        run_command(environment.python(["-m", "pip", "install", "--quiet", "--requirement"]).arg(&list))?;
        fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))?;
        Ok(environment)
    }

    /// An environment with nothing in it.
    fn empty() -> Result<Self, String> {
        let environment = Self(target().join("python/empty"));
        environment.make()?;
        Ok(environment)
    }

    fn make(&self) -> Result<(), String> {
        let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let version = "import sys; print(sys.version_info >= (3, 11))";
        match output(program(&python).args(["-c", version])).as_deref() {
            Some("True") => {}
            Some(_) => return Err(format!("{python} is older than 3.11; name a newer one in PYTHON")),
            None => {
                return Err(format!("{python} cannot be started; install Python 3.11 or newer, or name it in PYTHON"));
            }
        }
        run_command(program(&python).args(["-m", "venv", "--clear"]).arg(&self.0))
    }

    /// Its interpreter, with arguments.
    fn python<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        let folder = if cfg!(windows) { "Scripts" } else { "bin" };
        let mut command = program(self.0.join(folder).join("python"));
        command.args(arguments).env_remove("PYTHONPATH");
        command
    }

    /// Puts a wheel into it, in the place of any other.
    fn install(&self, wheel: &Path) -> Result<(), String> {
        let arguments = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--force-reinstall"];
        run_command(self.python(arguments).arg(wheel))
    }
}

/// Measures the release build of the package.
pub(crate) fn bench(arguments: &[String]) -> Result<(), String> {
    let wheel = wheel(&Environment::of_tests()?, true, "release")?;
    let environment = Environment::with("bench")?;
    environment.install(&wheel)?;
    run_command(environment.python(["bindings/python/bench/run.py"]).args(arguments))
}

fn wheel(tools: &Environment, release: bool, folder: &str) -> Result<PathBuf, String> {
    let folder = target().join("python").join(folder);
    // What an earlier version left must not be taken for this one.
    let _ = fs::remove_dir_all(&folder);
    let profile = if release { "release" } else { "dev" };
    let mut build = tools.python(["-m", "maturin", "build", "--quiet", "--locked", "--profile", profile]);
    build.args(["--manifest-path", "bindings/python/Cargo.toml", "--interpreter", "python3", "--out"]).arg(&folder);
    run_command(&mut build)?;
    made(&folder, "whl")
}

/// The file with this ending in a folder.
fn made(folder: &Path, ending: &str) -> Result<PathBuf, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    let mut found = paths.filter(|path| path.to_string_lossy().ends_with(ending));
    found.next().ok_or_else(|| format!("there is no .{ending} in {}", folder.display()))
}

/// Runs the lines of Python of the package's page where nothing but the wheel is.
fn first_lines(wheel: &Path) -> Result<(), String> {
    let empty = Environment::empty()?;
    empty.install(wheel)?;
    let folder = target().join("python");
    let page = root().join(PACKAGE).join("README.md");
    let text = fs::read_to_string(&page).map_err(|error| format!("{}: {error}", page.display()))?;
    let lines = text.split("```python\n").skip(1).filter_map(|block| block.split("```").next()).collect::<String>();
    let script = folder.join("readme.py");
    fs::write(&script, lines).map_err(|error| format!("{}: {error}", script.display()))?;
    // Its files go where the script is; no compiler is found on the way.
    let _ = fs::remove_file(folder.join("crm.db"));
    let mut first = empty.python(["-I", "-W", "error"]);
    run_command(first.arg(&script).current_dir(&folder).env("PATH", "/nonexistent"))?;
    run_command(empty.python(["-I", "-W", "error", "examples/python/support_desk.py"]).env("PATH", "/nonexistent"))
}

fn source_archive(tools: &Environment, folder: &Path) -> Result<PathBuf, String> {
    let _ = fs::remove_dir_all(folder);
    let mut build = tools.python(["-m", "maturin", "sdist", "--manifest-path", "bindings/python/Cargo.toml"]);
    run_command(build.arg("--out").arg(folder))?;
    made(folder, "tar.gz")
}

fn source_distribution(tools: &Environment) -> Result<(), String> {
    let folder = target().join("python/sdist");
    let source = source_archive(tools, &folder)?;
    let mut install = tools.python(["-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir"]);
    // As quick as can be, and with the dependencies that are compiled already.
    install.env("MATURIN_PEP517_ARGS", "--profile dev").env("CARGO_TARGET_DIR", target());
    run_command(install.arg(&folder).arg(&source))?;
    first_lines(&made(&folder, "whl")?)
}

/// The platform that the compiler builds for.
fn host() -> Result<String, String> {
    let version = output(program("rustc").arg("-vV")).ok_or("rustc cannot be started")?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| "rustc does not name its host".to_owned())
}

/// Builds the source distribution and checks, without compiling, that it has all that the compiler read for the wheel, and
/// that its packages fit together.
pub(crate) fn complete_sdist() -> Result<(), String> {
    let tools = Environment::of_tests()?;
    let folder = target().join("python/sdist");
    let source = source_archive(&tools, &folder)?;
    run_command(tools.python(["-m", "tarfile", "-e"]).args([&source, &folder]))?;
    let unpacked = PathBuf::from(source.to_string_lossy().trim_end_matches(".tar.gz"));
    let list = target().join("debug/libnexa_python.d");
    let list = fs::read_to_string(&list).map_err(|error| format!("{}: {error}", list.display()))?;
    let root = root();
    let read = list.split_whitespace().filter_map(|path| Path::new(path).strip_prefix(&root).ok());
    let mut sources = read.filter(|path| path.extension().is_some() && !path.starts_with("target")).peekable();
    if sources.peek().is_none() {
        return Err("the compiler's list of what it read for the wheel names no source".to_owned());
    }
    let content = |path: PathBuf| fs::read(&path).map_err(|error| format!("{}: {error}", path.display()));
    for path in sources {
        if content(root.join(path))? != content(unpacked.join(path))? {
            return Err(format!("{} is another file in the source distribution", path.display()));
        }
    }
    // Its lock file names crates of this workspace that it leaves out, and this machine has the crates of its own platform alone.
    let mut metadata = cargo(["metadata", "--offline", "--format-version", "1", "--filter-platform", &host()?]);
    metadata.arg("--manifest-path").arg(unpacked.join(PACKAGE).join("Cargo.toml"));
    run_command(metadata.stdout(Stdio::null()))
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), String> {
    counted(arguments, None, &mut Results::default())
}

/// The same, counting tests.
pub(crate) fn counted(arguments: &Arguments, server: Option<&Server>, results: &mut Results) -> Result<(), String> {
    let tests = Environment::of_tests()?;
    let wheel = wheel(&tests, arguments.release, "wheels")?;
    first_lines(&wheel)?;
    tests.install(&wheel)?;
    let mut pytest = tests.python(["-m", "pytest", "--quiet", "-p", "no:cacheprovider"]);
    pytest.current_dir(root().join(PACKAGE));
    if let Some(server) = server {
        pytest.env(postgres::URL, server.url());
    }
    if arguments.long {
        pytest.env("NEXA_CALLS", "100000").env("NEXA_EXAMPLES", "5000");
    }
    run_reading(pytest.args(&arguments.arguments), |line| results.read(Runner::Pytest, line))?;
    if arguments.sdist { source_distribution(&tests) } else { Ok(()) }
}
