//! Zips that no honest program makes.

use std::io::Write;

use flate2::{Compression, Crc, write::DeflateEncoder};

use crate::packing::{paths, refused, take};

const UNIX: u8 = 3;
const FILE: u32 = 0o100_644;

/// One entry, with everything that it may lie about.
#[derive(Clone)]
struct Entry {
    name: Vec<u8>,
    made_by: u8,
    mode: u32,
    flags: u16,
    method: u16,
    packed: Vec<u8>,
    length: u32,
    sum: u32,
}

fn sum(content: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(content);
    crc.sum()
}

fn stored(name: &[u8], mode: u32, content: &[u8]) -> Entry {
    Entry {
        name: name.to_vec(),
        made_by: UNIX,
        mode,
        flags: 0,
        method: 0,
        packed: content.to_vec(),
        length: u32::try_from(content.len()).unwrap(),
        sum: sum(content),
    }
}

fn deflated(name: &[u8], content: &[u8]) -> Entry {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).unwrap();
    Entry {
        method: 8,
        packed: encoder.finish().unwrap(),
        ..stored(name, FILE, content)
    }
}

fn zip(entries: &[Entry]) -> Vec<u8> {
    let (mut all, mut contents) = (Vec::new(), Vec::new());
    for entry in entries {
        let offset = u32::try_from(all.len()).unwrap();
        let mut same = Vec::new();
        for number in [entry.flags, entry.method, 0, 0] {
            same.extend(number.to_le_bytes());
        }
        let packed = u32::try_from(entry.packed.len()).unwrap();
        for number in [entry.sum, packed, entry.length] {
            same.extend(number.to_le_bytes());
        }
        same.extend(u16::try_from(entry.name.len()).unwrap().to_le_bytes());
        same.extend([0, 0]);

        all.extend(b"PK\x03\x04\x14\0");
        all.extend(&same);
        all.extend(&entry.name);
        all.extend(&entry.packed);

        contents.extend(b"PK\x01\x02\x14");
        contents.push(entry.made_by);
        contents.extend([0x14, 0]);
        contents.extend(&same);
        contents.extend([0; 6]);
        contents.extend((entry.mode << 16).to_le_bytes());
        contents.extend(offset.to_le_bytes());
        contents.extend(&entry.name);
    }
    let start = u32::try_from(all.len()).unwrap();
    all.extend(&contents);
    all.extend(b"PK\x05\x06\0\0\0\0");
    let count = u16::try_from(entries.len()).unwrap();
    all.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    all.extend(u32::try_from(contents.len()).unwrap().to_le_bytes());
    all.extend(start.to_le_bytes());
    all.extend([0, 0]);
    all
}

fn one(name: &[u8]) -> Vec<u8> {
    zip(&[stored(name, FILE, b"x")])
}

#[test]
fn what_is_made_by_hand_is_read() {
    let bytes = zip(&[
        stored(b"d/", 0o040_755, b""),
        stored(b"d/a", FILE, b"x"),
        deflated(b"b", b"yy"),
    ]);
    let snapshot = take("a.zip", &bytes).unwrap();
    assert_eq!(paths(&snapshot), ["b", "d/a"]);
    assert_eq!(snapshot.read("b").unwrap().unwrap(), b"yy");
}

#[test]
fn paths_that_leave_are_refused_by_name() {
    for (path, part) in [
        (&b"/etc/passwd"[..], "\"/etc/passwd\" is an absolute path"),
        (b"../x", "\"../x\" has `..` in its path"),
        (b"a/../../x", "has `..` in its path"),
        (b"a\0b", "is no name for a file"),
        (b"", "is no name for a file"),
    ] {
        let told = refused("a.zip", &one(path));
        assert!(told.contains(part), "{told}");
    }
    let windows = Entry {
        made_by: 0,
        ..stored(b"..\\x", FILE, b"")
    };
    let told = refused("a.zip", &zip(&[windows]));
    assert!(told.contains("has `\\` between its folders"), "{told}");
}

#[test]
fn links_that_leave_and_what_goes_through_links_are_refused() {
    const LINK: u32 = 0o120_777;
    let told = refused("a.zip", &zip(&[stored(b"l", LINK, b"/etc/passwd")]));
    assert!(told.contains("\"l\" links to \"/etc/passwd\""), "{told}");
    let through = [stored(b"a", LINK, b"b"), stored(b"a/x", FILE, b"")];
    let told = refused("a.zip", &zip(&through));
    assert!(
        told.contains("goes through \"a\", which is a link"),
        "{told}"
    );
    let told = refused("a.zip", &zip(&[stored(b"l", LINK, &[b'n'; 5000])]));
    assert!(told.contains("too long"), "{told}");
}

#[test]
fn devices_pipes_and_sockets_are_refused() {
    for (mode, part) in [
        (0o020_644, "\"n\" is a device"),
        (0o060_644, "\"n\" is a device"),
        (0o010_644, "\"n\" is a named pipe"),
        (0o140_644, "\"n\" is a socket"),
    ] {
        let told = refused("a.zip", &zip(&[stored(b"n", mode, b"")]));
        assert!(told.contains(part), "{told}");
    }
}

#[test]
fn what_is_encrypted_or_packed_otherwise_is_refused() {
    let encrypted = Entry {
        flags: 1,
        ..stored(b"n", FILE, b"x")
    };
    let told = refused("a.zip", &zip(&[encrypted]));
    assert!(told.contains("\"n\" is encrypted"), "{told}");
    let lzma = Entry {
        method: 14,
        ..stored(b"n", FILE, b"x")
    };
    let told = refused("a.zip", &zip(&[lzma]));
    assert!(told.contains("\"n\" is packed by method 14"), "{told}");
}

#[test]
fn two_entries_of_one_name_are_refused() {
    let bytes = zip(&[stored(b"a", FILE, b"1"), stored(b"./a", FILE, b"2")]);
    let told = refused("a.zip", &bytes);
    assert!(told.contains("is there twice"), "{told}");
    let bytes = zip(&[stored(b"A", FILE, b"1"), stored(b"a", FILE, b"2")]);
    let told = refused("a.zip", &bytes);
    assert!(told.contains("are the same name"), "{told}");
}

#[test]
fn names_not_in_utf8_or_too_long_are_refused() {
    let told = refused("a.zip", &one(b"caf\x82"));
    assert!(told.contains("is not UTF-8"), "{told}");
    // Without the mark for UTF-8, as macOS writes it.
    assert_eq!(
        paths(&take("a.zip", &one("café".as_bytes())).unwrap()),
        ["café"]
    );
    for name in [vec![b'n'; 256], b"n/".repeat(3000)] {
        let told = refused("a.zip", &one(&name));
        assert!(told.contains("too long") && told.len() < 600, "{told}");
    }
}

#[test]
fn a_bomb_is_refused_whatever_it_says_of_its_size() {
    let zeros = vec![0; 4 << 20];
    let honest = deflated(b"bomb", &zeros);
    assert!(honest.packed.len() < 10_000);
    let told = refused("a.zip", &zip(std::slice::from_ref(&honest)));
    assert!(told.contains("\"bomb\" goes beyond"), "{told}");
    let small = Entry {
        length: 10,
        ..honest.clone()
    };
    let told = refused("a.zip", &zip(&[small]));
    assert!(
        told.contains("\"bomb\" in the submission cannot be read"),
        "{told}"
    );
    let hidden = Entry {
        length: 10,
        name: b".gitignore".to_vec(),
        ..honest
    };
    let told = refused("a.zip", &zip(&[hidden]));
    assert!(told.contains("\".gitignore\""), "{told}");
}

#[test]
fn entries_that_share_their_content_count_each() {
    let content = vec![0; 100 * 1024];
    let shared = zip(&[deflated(b"a", &content)]);
    let at = shared.len() - 22;
    let record = shared[at - 47..at].to_vec();
    let mut bytes = shared[..at].to_vec();
    let mut count = 1_u16;
    for name in [b'b', b'c'] {
        let mut again = record.clone();
        again[46] = name;
        bytes.extend(again);
        count += 1;
    }
    let mut end = shared[at..].to_vec();
    end[8..10].copy_from_slice(&count.to_le_bytes());
    end[10..12].copy_from_slice(&count.to_le_bytes());
    end[12..16].copy_from_slice(&(u32::from(count) * 47).to_le_bytes());
    bytes.extend(end);
    let told = refused("a.zip", &bytes);
    assert!(told.contains("\"c\" goes beyond"), "{told}");
}

#[test]
fn more_entries_than_anybody_has_are_refused() {
    let many: Vec<_> = (0..900)
        .map(|n| stored(format!("f{n}").as_bytes(), FILE, b""))
        .collect();
    let told = refused("a.zip", &zip(&many));
    assert!(told.contains("more than 800 files and folders"), "{told}");
}

#[test]
fn damage_is_told() {
    let whole = zip(&[stored(b"a", FILE, b"content"), deflated(b"b", b"content")]);
    for end in [4, 40, whole.len() / 2, whole.len() - 10, whole.len() - 1] {
        let told = refused("a.zip", &whole[..end]);
        assert!(
            told.contains("cut short") || told.contains("damaged"),
            "at {end}: {told}"
        );
    }
    let mut damaged = whole.clone();
    damaged[33] ^= 1;
    let told = refused("a.zip", &damaged);
    assert!(
        told.contains("\"a\" in the submission cannot be read"),
        "{told}"
    );
    let wrong = Entry {
        sum: 1,
        ..deflated(b"b", b"content")
    };
    let told = refused("a.zip", &zip(&[wrong]));
    assert!(
        told.contains("\"b\" in the submission cannot be read"),
        "{told}"
    );
    let longer = Entry {
        length: 9,
        ..deflated(b"b", b"content")
    };
    let told = refused("a.zip", &zip(&[longer]));
    assert!(
        told.contains("\"b\" in the submission cannot be read"),
        "{told}"
    );
    let mut counted = whole.clone();
    let at = counted.len() - 22;
    counted[at + 8] = 3;
    counted[at + 10] = 3;
    let told = refused("a.zip", &counted);
    assert!(told.contains("3 entries, and has 2"), "{told}");
}

#[test]
fn only_systems_that_have_programs_say_what_is_one() {
    let program = stored(b"a", 0o100_755, b"x");
    let executable = take("a.zip", &zip(std::slice::from_ref(&program))).unwrap();
    let windows = Entry {
        made_by: 10,
        ..program
    };
    let plain = take("a.zip", &zip(&[windows])).unwrap();
    let expected = take("a.zip", &one(b"a")).unwrap();
    assert_eq!(plain.digest(), expected.digest());
    assert_ne!(executable.digest(), expected.digest());
}
