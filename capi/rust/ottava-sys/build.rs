//! Finds libottava, by the first of these ways that applies:
//!
//! 1. `OTTAVA_LIB_DIR`: the folder of `libottava.a` or `libottava.so`; `OTTAVA_INCLUDE_DIR`: that of `ottava/ottava.h`,
//!    which the tests want.
//! 2. pkg-config (the program that `PKG_CONFIG` names), if it knows ottava in a version that these declarations
//!    describe. When cross compiling, only if `PKG_CONFIG` is set: the machine's own would name its own libraries.
//! 3. The sources around this crate, built by CMake: release, static. `OTTAVA_CMAKE_ARGS` holds further arguments,
//!    separated by spaces: `-DOTTAVA_CPUINFO=OFF -DOTTAVA_PTHREADPOOL=OFF` where those libraries are not installed,
//!    `-DCMAKE_TOOLCHAIN_FILE=...` to cross compile.
//!
//! Linked is the static library, where there is one, or the shared one; `OTTAVA_LINK=static` or `shared` insists.
use std::env;
use std::path::{Path, PathBuf};
use std::process::{exit, Command};

struct Library {
    folder: PathBuf,
    include: PathBuf,
    shared: bool,
    needs: Vec<String>, // libraries that the static one needs
}

fn main() {
    for name in ["OTTAVA_LIB_DIR", "OTTAVA_INCLUDE_DIR", "OTTAVA_LINK", "OTTAVA_CMAKE_ARGS", "PKG_CONFIG"] {
        println!("cargo:rerun-if-env-changed={name}");
    }
    for name in ["PKG_CONFIG_PATH", "PKG_CONFIG_LIBDIR", "PKG_CONFIG_SYSROOT_DIR"] {
        println!("cargo:rerun-if-env-changed={name}");
    }
    println!("cargo:rerun-if-changed=build.rs");
    let library = from_folder().or_else(from_pkg_config).unwrap_or_else(from_source);
    println!("cargo:rustc-link-search=native={}", library.folder.display());
    println!("cargo:rustc-link-lib={}=ottava", if library.shared { "dylib" } else { "static" });
    for name in &library.needs {
        println!("cargo:rustc-link-lib=dylib={name}");
    }
    println!("cargo:include={}", library.include.display());
    println!("cargo:rustc-env=OTTAVA_INCLUDE={}", library.include.display());
}

fn fail(words: String) -> ! {
    eprintln!("ottava-sys: {words}");
    exit(1);
}

fn wanted(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

fn from_folder() -> Option<Library> {
    let folder = PathBuf::from(wanted("OTTAVA_LIB_DIR")?);
    let include = match wanted("OTTAVA_INCLUDE_DIR") {
        Some(include) => PathBuf::from(include),
        None if folder.join("../include/ottava/ottava.h").exists() => folder.join("../include"),
        None => sources().join("include"),
    };
    Some(in_folder(folder, include))
}

/// The library of a folder, which is an installed one or the one where it was built.
fn in_folder(folder: PathBuf, include: PathBuf) -> Library {
    let is_static = folder.join("libottava.a").exists();
    let shared = match wanted("OTTAVA_LINK").as_deref() {
        None => !is_static,
        Some("shared") => true,
        Some("static") if is_static => false,
        Some("static") => fail(format!("there is no libottava.a in {}", folder.display())),
        Some(other) => fail(format!("OTTAVA_LINK is {other}; there are static and shared")),
    };
    if shared && !["so", "dylib"].iter().any(|ending| folder.join(format!("libottava.{ending}")).exists()) {
        fail(format!("there is no libottava in {}", folder.display()));
    }
    // A static library becomes a part of this crate, which is to follow it.
    if !shared {
        println!("cargo:rerun-if-changed={}", folder.join("libottava.a").display());
    }
    // What a static library needs stands in the file that pkg-config would read.
    let files = [folder.join("pkgconfig/ottava.pc"), folder.join("ottava.pc")];
    let needs = match files.iter().find_map(|file| std::fs::read_to_string(file).ok()) {
        _ if shared => Vec::new(),
        Some(text) => libraries(text.lines().find_map(|line| line.strip_prefix("Libs.private:")).unwrap_or("")),
        None => fail(format!("{}, which says what libottava.a needs, cannot be read", files[0].display())),
    };
    Library { folder, include, shared, needs }
}

/// The names behind the `-l` of a command line.
fn libraries(line: &str) -> Vec<String> {
    line.split_whitespace().filter_map(|word| word.strip_prefix("-l")).map(str::to_string).collect()
}

fn from_pkg_config() -> Option<Library> {
    if wanted("PKG_CONFIG").is_none() && env::var("HOST") != env::var("TARGET") {
        return None;
    }
    let program = wanted("PKG_CONFIG").unwrap_or_else(|| "pkg-config".to_string());
    let minor = |more: u32| format!("0.{}", env!("CARGO_PKG_VERSION_MINOR").parse::<u32>().unwrap_or(0) + more);
    let versions = [format!("ottava >= {}", minor(0)), format!("ottava < {}", minor(1))];
    let ask = |arguments: &[&str]| {
        let output = Command::new(&program).args(arguments).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        output.status.success().then(|| PathBuf::from(text.trim()))
    };
    ask(&["--exists", &versions[0], &versions[1]])?;
    let variable = |name: &str| ask(&["--variable", name, "ottava"]);
    Some(in_folder(variable("libdir")?, variable("includedir")?))
}

/// The root of the project, whose part this crate is.
fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

fn from_source() -> Library {
    let (source, out) = (sources(), PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()));
    if !source.join("CMakeLists.txt").exists() {
        fail("ottava is not found, nor are its sources: set OTTAVA_LIB_DIR or PKG_CONFIG_PATH".to_string());
    }
    let parts = ["include", "src", "cmake", "CMakeLists.txt"].map(|part| source.join(part));
    let capi = std::fs::read_dir(source.join("capi")).into_iter().flatten().flatten().map(|entry| entry.path());
    for part in capi.filter(|path| !path.is_dir()).chain(parts) {
        println!("cargo:rerun-if-changed={}", part.display());
    }
    let cmake = |arguments: &mut Command| match arguments.status() {
        Ok(status) if status.success() => {}
        Ok(_) => fail("CMake cannot build ottava: OTTAVA_CMAKE_ARGS may help, see build.rs".to_string()),
        Err(error) => fail(format!("cmake, which is to build ottava, cannot be run: {error}")),
    };
    let build = out.join("build");
    let shared = wanted("OTTAVA_LINK").as_deref() == Some("shared");
    let (jobs, options) = (env::var("NUM_JOBS").unwrap_or_default(), wanted("OTTAVA_CMAKE_ARGS").unwrap_or_default());
    cmake(
        Command::new("cmake")
            .arg("-S")
            .arg(&source)
            .arg("-B")
            .arg(&build)
            .arg(format!("-DCMAKE_INSTALL_PREFIX={}", out.display()))
            .args(["-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_INSTALL_LIBDIR=lib"])
            .arg(format!("-DOTTAVA_SHARED_LIBRARY={}", if shared { "ON" } else { "OFF" }))
            .args(["-DOTTAVA_EXAMPLES=OFF", "-DOTTAVA_TESTS=OFF"])
            .args(options.split_whitespace()),
    );
    let install = ["--config", "Release", "--target", "install", "--parallel", &jobs];
    cmake(Command::new("cmake").arg("--build").arg(&build).args(install));
    in_folder(out.join("lib"), out.join("include"))
}
