//! `cargo xtask browser`: checks the npm package and runs its tests, under Node and in Chromium.
//!
//! What it needs beside Rust is Node 20 or newer with npm; on Debian it installs Chromium when there is none.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    command::{output, program, root, run as run_command, run_reading},
    report::{Results, Runner},
    wasm,
};

/// The package, from the root.
const PACKAGE: &str = "bindings/wasm";

/// The page that shows it, from the root.
const PAGE: &str = "examples/browser_crm";

/// What measures it beside others, from the root.
const BENCH: &str = "bindings/wasm/bench";

/// What names a Chromium to the tests.
const CHROMIUM: &str = "NEXA_CHROMIUM";

#[derive(clap::Args, Default)]
pub(crate) struct Arguments {
    /// Take what a browser loads as it was built last
    #[arg(long)]
    built: bool,
    /// Run only the tests whose path has this in it, such as `node/` or `opfs`
    #[arg(long)]
    only: Option<String>,
}

/// A folder with a `package.json`, and what its lock file names in it.
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// The folder at this path from the root, with its packages installed; anew when the list changes.
    pub(crate) fn ready(path: &str) -> Result<Self, String> {
        let folder = Self(root().join(path));
        let list = folder.0.join("package-lock.json");
        let wanted = fs::read_to_string(&list).map_err(|error| format!("{}: {error}", list.display()))?;
        let stamp = folder.0.join("node_modules/.installed");
        if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
            return Ok(folder);
        }
        run_command(folder.npm().args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]))?;
        fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))?;
        Ok(folder)
    }

    fn npm(&self) -> Command {
        let mut npm = program(if cfg!(windows) { "npm.cmd" } else { "npm" });
        npm.current_dir(&self.0);
        npm
    }

    /// Runs a script of the `package.json`.
    pub(crate) fn script(&self, name: &str) -> Result<(), String> {
        println!("npm run {name}");
        run_command(self.npm().args(["run", "--silent", name]))
    }

    /// Runs the tests under a folder of this one, all files whose names end with this.
    pub(crate) fn tests(
        &self,
        under: &str,
        ending: &str,
        only: Option<&str>,
        chromium: &Path,
        results: &mut Results,
    ) -> Result<(), String> {
        let place = self.0.join(under);
        let entries = fs::read_dir(&place).map_err(|error| format!("{}: {error}", place.display()))?;
        let mut files: Vec<String> = entries
            .filter_map(|entry| Some(format!("{under}/{}", entry.ok()?.file_name().to_string_lossy())))
            .filter(|name| name.ends_with(ending) && only.is_none_or(|only| name.contains(only)))
            .collect();
        if files.is_empty() {
            return Ok(());
        }
        files.sort();
        let mut node = program("node");
        node.args(["--test", "--test-reporter=spec"]).args(files);
        node.current_dir(&self.0).env(CHROMIUM, chromium);
        run_reading(&mut node, |line| results.read(Runner::Node, line))
    }
}

/// Makes sure that there is a Node of a version that the package supports.
pub(crate) fn node() -> Result<(), String> {
    let version = output(program("node").arg("--version")).unwrap_or_default();
    let major = version.trim_start_matches('v').split('.').next().and_then(|part| part.parse::<u32>().ok());
    match major {
        Some(20..) => Ok(()),
        Some(_) => Err(format!("Node {version} is older than 20; install a newer one")),
        None => Err("node cannot be started; install Node 20 or newer with npm".to_owned()),
    }
}

/// Finds Chromium, or installs it.
pub(crate) fn chromium() -> Result<PathBuf, String> {
    if let Some(named) = env::var_os(CHROMIUM) {
        return Ok(PathBuf::from(named));
    }
    if let Some(found) = installed() {
        return Ok(found);
    }
    let root = output(program("id").arg("-u")).as_deref() == Some("0");
    if Path::new("/etc/debian_version").exists() && root {
        println!("there is no Chromium; installing Debian's");
        run_command(program("apt-get").args(["update", "-qq"]))?;
        run_command(program("apt-get").args(["install", "-qq", "-y", "--no-install-recommends", "chromium"]))?;
    }
    installed().ok_or_else(|| {
        format!(
            "there is no Chromium; install it (on Debian, as root: apt-get install chromium), or name one in {CHROMIUM}"
        )
    })
}

fn installed() -> Option<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let paths = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&paths).collect();
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|path| path.exists())
}

/// Measures the package beside other databases in one page; `--built` takes what a browser loads as it was built last.
pub(crate) fn bench(arguments: &[String]) -> Result<(), String> {
    node()?;
    let chromium = chromium()?;
    let (built, arguments): (Vec<_>, Vec<_>) = arguments.iter().partition(|argument| *argument == "--built");
    if built.is_empty() {
        wasm::run(&wasm::Arguments::default())?;
    }
    Folder::ready(PACKAGE)?.script("build")?;
    let bench = Folder::ready(BENCH)?;
    let mut node = program("node");
    node.arg("run.js").args(arguments);
    run_command(node.current_dir(&bench.0).env(CHROMIUM, chromium))
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), String> {
    counted(arguments, &mut Results::default())
}

/// The same, counting tests.
pub(crate) fn counted(arguments: &Arguments, results: &mut Results) -> Result<(), String> {
    node()?;
    let chromium = chromium()?;
    if !arguments.built {
        wasm::run(&wasm::Arguments::default())?;
        wasm::run(&wasm::Arguments::conformance())?;
    }
    let package = Folder::ready(PACKAGE)?;
    for script in ["build", "lint", "types"] {
        package.script(script)?;
    }
    let only = arguments.only.as_deref();
    // What fails in one may be understood by what fails in another.
    let node = package.tests("tests/node", ".test.js", only, &chromium, results);
    let browser = package.tests("tests/browser", ".test.js", only, &chromium, results);
    node.and(browser).and(page(only, &chromium, results))
}

fn page(only: Option<&str>, chromium: &Path, results: &mut Results) -> Result<(), String> {
    let page = Folder::ready(PAGE)?;
    for script in ["check", "lint", "build"] {
        page.script(script)?;
    }
    page.tests("tests", ".test.js", only, chromium, results)
}
