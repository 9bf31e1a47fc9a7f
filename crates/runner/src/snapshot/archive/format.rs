//! What kind of archive a file is, by how it begins; its name may say anything.

use std::{fs::File, io, os::unix::fs::FileExt};

/// A kind of archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Tar,
    TarGz,
    Zip,
    /// One that is not read, by its usual name.
    Other(&'static str),
    Unknown,
}

const MAGIC: [(&[u8], Format); 9] = [
    (b"\x1f\x8b", Format::TarGz),
    (b"PK\x03\x04", Format::Zip),
    (b"PK\x05\x06", Format::Zip),
    (b"\xfd7zXZ\0", Format::Other("an xz")),
    (b"BZh", Format::Other("a bzip2")),
    (b"\x28\xb5\x2f\xfd", Format::Other("a zstd")),
    (b"7z\xbc\xaf\x27\x1c", Format::Other("a 7z")),
    (b"Rar!", Format::Other("a RAR")),
    (b"\x1f\x9d", Format::Other("a compress (.Z)")),
];

/// A tar's blocks.
const BLOCK: usize = 512;

impl Format {
    pub(super) fn of(file: &File) -> io::Result<Self> {
        let mut begin = [0; BLOCK];
        let mut length = 0;
        while length < BLOCK {
            match file.read_at(&mut begin[length..], length as u64)? {
                0 => break,
                read => length += read,
            }
        }
        Ok(Self::of_begin(&begin[..length]))
    }

    fn of_begin(begin: &[u8]) -> Self {
        if let Some((_, format)) = MAGIC.iter().find(|(magic, _)| begin.starts_with(magic)) {
            return *format;
        }
        match begin.try_into() {
            Ok(block) if begins_a_tar(block) => Self::Tar,
            _ => Self::Unknown,
        }
    }
}

/// Its header's sum is right, or it ends at once.
fn begins_a_tar(block: &[u8; BLOCK]) -> bool {
    let sum = block.iter().map(|byte| u32::from(*byte)).sum::<u32>();
    if sum == 0 {
        return true;
    }
    // The field of the sum counts as spaces.
    let field: u32 = block[148..156].iter().map(|byte| u32::from(*byte)).sum();
    let mut header = tar::Header::new_old();
    header.as_mut_bytes().copy_from_slice(block);
    header
        .cksum()
        .is_ok_and(|said| said == sum - field + 8 * u32::from(b' '))
}
