//! What Cargo knows about the workspace: its root, target directory and member packages.

use std::collections::BTreeSet;
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use serde_json::Value;

use crate::native;
use crate::run::Run;
use crate::say;

/// The workspace around the current directory.
#[derive(Debug)]
pub(crate) struct Workspace {
    /// The folder of the root `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// Where Cargo builds; outside the checkout when `CARGO_TARGET_DIR` says so.
    pub(crate) target: PathBuf,
    /// The member packages, in Cargo's order.
    pub(crate) packages: Vec<Package>,
}

/// One member of the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Package {
    /// The package name.
    pub(crate) name: String,
    /// What its manifest names, in the manifest's order.
    pub(crate) dependencies: Vec<Dependency>,
}

/// One line under a manifest's dependencies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dependency {
    /// The name of the package depended on.
    pub(crate) name: String,
    /// True when only tests need it.
    pub(crate) dev: bool,
}

impl Workspace {
    /// Asks Cargo; the lock file must already match the manifests.
    pub(crate) fn load() -> anyhow::Result<Workspace> {
        let here = env::current_dir().context("cannot tell the current directory")?;
        let metadata = Run::cargo(&here)
            .args(["metadata", "--format-version", "1", "--no-deps", "--locked"])
            .output()?;
        let metadata = serde_json::from_slice(&metadata).context("cannot read cargo metadata")?;
        Workspace::from_metadata(&metadata)
    }

    fn from_metadata(metadata: &Value) -> anyhow::Result<Workspace> {
        let packages = array(metadata, "packages")?
            .iter()
            .map(Package::from_metadata)
            .collect::<anyhow::Result<_>>()?;
        Ok(Workspace {
            root: text(metadata, "workspace_root")?.into(),
            target: text(metadata, "target_directory")?.into(),
            packages,
        })
    }

    /// Prepares `cargo` with these words, run in the root.
    pub(crate) fn cargo<const N: usize>(&self, words: [&str; N]) -> Run {
        Run::cargo(&self.root).args(words)
    }

    /// Names everything that is compiled into a member when it is built by itself, tests and build
    /// scripts left out. `cargo metadata` cannot tell: it joins the features of all members.
    pub(crate) fn closure(&self, member: &str) -> anyhow::Result<BTreeSet<String>> {
        let tree = self.cargo(["tree", "--locked", "--edges", "normal", "--prefix", "none"]);
        let tree = tree.args(["--format", "{p}", "--package", member]);
        let tree = String::from_utf8(tree.output()?).context("a package name is not UTF-8")?;
        let names = tree
            .lines()
            .filter_map(|line| line.split_whitespace().next());
        Ok(names.map(str::to_owned).collect())
    }

    /// Builds the whole workspace in the release profile.
    ///
    /// Always the whole of it: Cargo unifies features over what is selected, so a narrower
    /// selection could ask for other features and compile RocksDB's C++ a second time.
    pub(crate) fn build_release(&self) -> anyhow::Result<()> {
        say::step("build everything");
        self.say_how_long();
        native::while_telling(self, || {
            self.cargo(["build", "--release", "--workspace", "--locked"])
                .status()
        })
    }

    /// Warns of the one long compilation when it is still to come.
    pub(crate) fn say_how_long(&self) {
        if !native::is_built(&self.target.join("release/build")) {
            say::note(
                "The first build compiles RocksDB's C++: about 12 minutes on two free cores.",
            );
            say::note("It is kept in the target directory; later builds take seconds.");
        }
    }

    /// Runs a release binary, building the workspace right before: what lies in the target
    /// directory may be older than the sources.
    pub(crate) fn run_release(&self, binary: &str, arguments: &[OsString]) -> anyhow::Result<()> {
        self.build_release()?;
        say::step(format_args!("run {binary}"));
        Run::new(self.target.join("release").join(binary), &self.root)
            .args(arguments)
            .status()
    }

    /// Names the packages that compile without RocksDB, so that their tests start in seconds.
    pub(crate) fn packages_without(&self, native: &str) -> Vec<&str> {
        let mut tainted = BTreeSet::from([native]);
        loop {
            let before = tainted.len();
            for package in &self.packages {
                if package
                    .dependencies
                    .iter()
                    .any(|d| tainted.contains(d.name.as_str()))
                {
                    tainted.insert(&package.name);
                }
            }
            if tainted.len() == before {
                break;
            }
        }
        let names = self.packages.iter().map(|package| package.name.as_str());
        names.filter(|name| !tainted.contains(name)).collect()
    }
}

impl Package {
    fn from_metadata(package: &Value) -> anyhow::Result<Package> {
        let dependencies = array(package, "dependencies")?
            .iter()
            .map(Dependency::from_metadata)
            .collect::<anyhow::Result<_>>()?;
        Ok(Package {
            name: text(package, "name")?.to_owned(),
            dependencies,
        })
    }
}

impl Dependency {
    fn from_metadata(dependency: &Value) -> anyhow::Result<Dependency> {
        let dev = match dependency.get("kind") {
            None | Some(Value::Null) => false,
            Some(Value::String(kind)) => kind == "dev",
            Some(other) => bail!("cargo metadata has a dependency kind `{other}`"),
        };
        Ok(Dependency {
            name: text(dependency, "name")?.to_owned(),
            dev,
        })
    }
}

/// Returns the relative form of `path`, as it is shown to people.
pub(crate) fn relative(path: &Path, root: &Path) -> String {
    path.strip_prefix(root)
        .unwrap_or(path)
        .to_string_lossy()
        .into_owned()
}

fn text<'a>(value: &'a Value, key: &str) -> anyhow::Result<&'a str> {
    value
        .get(key)
        .and_then(Value::as_str)
        .ok_or_else(|| anyhow!("cargo metadata has no text at `{key}`"))
}

fn array<'a>(value: &'a Value, key: &str) -> anyhow::Result<&'a Vec<Value>> {
    value
        .get(key)
        .and_then(Value::as_array)
        .ok_or_else(|| anyhow!("cargo metadata has no list at `{key}`"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sample() -> Workspace {
        let metadata = json!({
            "workspace_root": "/clone",
            "target_directory": "/cache/target",
            "packages": [
                { "name": "server", "dependencies": [{ "name": "store", "kind": null }] },
                { "name": "store", "dependencies": [{ "name": "rocksdb", "kind": null }] },
                { "name": "rules", "dependencies": [{ "name": "proptest", "kind": "dev" }] },
                { "name": "checks", "dependencies": [{ "name": "server", "kind": "dev" }] },
            ],
        });
        Workspace::from_metadata(&metadata).unwrap()
    }

    #[test]
    fn metadata_is_read() {
        let workspace = sample();
        assert_eq!(workspace.target, Path::new("/cache/target"));
        let rules = &workspace.packages[2];
        assert_eq!(
            rules.dependencies,
            [Dependency {
                name: "proptest".into(),
                dev: true
            }]
        );
    }

    #[test]
    fn rocksdb_taints_whatever_reaches_it_even_in_tests_only() {
        assert_eq!(sample().packages_without("rocksdb"), ["rules"]);
    }

    #[test]
    fn metadata_of_another_shape_is_refused() {
        let error = Workspace::from_metadata(&json!({ "packages": {} })).unwrap_err();
        assert_eq!(
            error.to_string(),
            "cargo metadata has no list at `packages`"
        );
    }
}
