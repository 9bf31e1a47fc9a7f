//! Packs the bundled challenges, the skeleton of a new one and the recipes of our images, so that an
//! installed `tryout` has them.

use std::{
    env,
    fs::File,
    io,
    path::{Path, PathBuf},
};

use flate2::{Compression, GzBuilder};
use ignore::WalkBuilder;

/// Folders at the repository's top.
const PACKED: [&str; 3] = ["challenges", "runner-images", "skeleton"];

fn main() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let out = env::var_os("OUT_DIR").map(PathBuf::from);
    let out = out.ok_or_else(|| io::Error::other("cargo says where to write to by OUT_DIR"))?;
    // Without a time or a name, so that the same files make the same bytes.
    let gz = GzBuilder::new().write(
        File::create(out.join("bundled.tar.gz"))?,
        Compression::best(),
    );
    let mut tar = tar::Builder::new(gz);
    tar.mode(tar::HeaderMode::Deterministic);
    for folder in PACKED {
        println!("cargo::rerun-if-changed={}", root.join(folder).display());
        add(&mut tar, &root, folder)?;
    }
    tar.into_inner()?.finish()?;
    Ok(())
}

/// Adds what git would keep of a folder, in the order of the names.
fn add(tar: &mut tar::Builder<impl io::Write>, root: &Path, folder: &str) -> io::Result<()> {
    let files = WalkBuilder::new(root.join(folder))
        .hidden(false)
        .sort_by_file_name(std::cmp::Ord::cmp)
        .build();
    for file in files {
        let file = file.map_err(io::Error::other)?;
        let path = file.path().strip_prefix(root).map_err(io::Error::other)?;
        if file.file_type().is_some_and(|kind| kind.is_file()) {
            tar.append_path_with_name(file.path(), path)?;
        }
    }
    Ok(())
}
