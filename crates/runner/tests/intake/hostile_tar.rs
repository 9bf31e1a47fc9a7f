//! Tars that no honest program makes.

use tar::{EntryType, Header};

use crate::packing::{
    What::{File, Link},
    gzip, paths, refused, take, tar,
};

/// An entry with whatever it says, well-formed only as far as its sum goes.
fn entry(kind: EntryType, path: &[u8], target: &[u8], content: &[u8]) -> Vec<u8> {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(0o644);
    header.set_size(content.len() as u64);
    let bytes = header.as_mut_bytes();
    bytes[..path.len()].copy_from_slice(path);
    bytes[157..157 + target.len()].copy_from_slice(target);
    header.set_cksum();
    let mut all = header.as_bytes().to_vec();
    all.extend(content);
    all.resize(all.len().next_multiple_of(512), 0);
    all
}

fn plain(path: &[u8], content: &[u8]) -> Vec<u8> {
    entry(EntryType::Regular, path, b"", content)
}

/// Entries with the mark of the end behind them.
fn ended(entries: &[Vec<u8>]) -> Vec<u8> {
    let mut all = entries.concat();
    all.extend([0; 1024]);
    all
}

/// An extended header of the newer kind.
fn pax(fields: &[(&str, &str)]) -> Vec<u8> {
    let mut text = String::new();
    for (key, value) in fields {
        let rest = format!(" {key}={value}\n");
        let mut length = rest.len() + 1;
        while length != rest.len() + length.to_string().len() {
            length += 1;
        }
        text += &length.to_string();
        text += &rest;
    }
    entry(EntryType::XHeader, b"pax", b"", text.as_bytes())
}

#[test]
fn paths_that_leave_are_refused_by_name() {
    for (path, part) in [
        (&b"/etc/passwd"[..], "\"/etc/passwd\" is an absolute path"),
        (b"../x", "\"../x\" has `..` in its path"),
        (b"a/../../x", "\"a/../../x\" has `..` in its path"),
        (b"a/..", "\"a/..\" has `..` in its path"),
        (b".git/../../x", "has `..` in its path"),
    ] {
        for bytes in [
            ended(&[plain(path, b"x")]),
            ended(&[
                pax(&[("path", std::str::from_utf8(path).unwrap())]),
                plain(b"ok", b"x"),
            ]),
            ended(&[
                entry(EntryType::GNULongName, b"././@LongLink", b"", path),
                plain(b"ok", b""),
            ]),
            ended(&[entry(EntryType::Directory, path, b"", b"")]),
        ] {
            let told = refused("a.tar", &bytes);
            assert!(told.contains(part), "{told}");
        }
    }
}

#[test]
fn what_goes_through_a_link_or_a_file_is_refused_in_any_order() {
    let link = entry(EntryType::Symlink, b"a", b"b", b"");
    let inside = plain(b"a/x", b"y");
    let told = refused("a.tar", &ended(&[link.clone(), inside.clone()]));
    assert!(
        told.contains("\"a/x\" goes through \"a\", which is a link"),
        "{told}"
    );
    let told = refused("a.tar", &ended(&[inside.clone(), link]));
    assert!(told.contains("\"a\" is there twice"), "{told}");
    let told = refused("a.tar", &ended(&[plain(b"a", b""), inside]));
    assert!(told.contains("which is a file"), "{told}");
}

#[test]
fn links_that_leave_are_refused_by_name() {
    for target in ["/etc/passwd", "../x", "d/../../x"] {
        let told = refused("a.tar", &tar("", &[("d/x", File("")), ("l", Link(target))]));
        assert!(told.contains("\"l\" links to"), "{told}");
    }
}

#[test]
fn hard_links_are_copies_of_what_stands_before_them() {
    let link = |target: &[u8]| entry(EntryType::Link, b"p/l", target, b"");
    let linked = take("a.tar", &ended(&[plain(b"p/a", b"x"), link(b"p/a")])).unwrap();
    let copied = take("a.tar", &ended(&[plain(b"p/a", b"x"), plain(b"p/l", b"x")])).unwrap();
    assert_eq!(linked.digest(), copied.digest());
    for target in [&b"/etc/passwd"[..], b"../../etc/passwd", b"p/b", b"p", b""] {
        let told = refused("a.tar", &ended(&[plain(b"p/a", b"x"), link(target)]));
        assert!(told.contains("\"p/l\" is a hard link to"), "{told}");
    }
}

#[test]
fn hard_links_count_as_often_as_they_are_there() {
    let content = vec![b'x'; 64 * 1024];
    let mut entries = vec![plain(b"a", &content)];
    for n in 0..5 {
        let name = format!("l{n}");
        entries.push(entry(EntryType::Link, name.as_bytes(), b"a", b""));
    }
    let told = refused("a.tar", &ended(&entries));
    assert!(
        told.contains("more than 262144 bytes; \"l3\" goes beyond"),
        "{told}"
    );
}

#[test]
fn devices_and_pipes_are_refused() {
    for (kind, part) in [
        (EntryType::Char, "\"n\" is a device"),
        (EntryType::Block, "\"n\" is a device"),
        (EntryType::Fifo, "\"n\" is a named pipe"),
        (EntryType::GNUSparse, "\"n\" is a file with holes"),
        (EntryType::new(b'V'), "\"n\" is of an unknown kind"),
    ] {
        let told = refused("a.tar", &ended(&[entry(kind, b"n", b"", b"")]));
        assert!(told.contains(part), "{told}");
    }
    let holes = pax(&[("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0")]);
    let told = refused("a.tar", &ended(&[holes, plain(b"n", b"")]));
    assert!(told.contains("a file with holes"), "{told}");
}

#[test]
fn what_ignore_rules_leave_out_is_not_judged() {
    let bytes = ended(&[
        entry(EntryType::Fifo, b"left/pipe", b"", b""),
        plain(b"left/caf\xe9", b""),
        plain(b"x", b""),
        plain(b".gitignore", b"left\n"),
    ]);
    assert_eq!(paths(&take("a.tar", &bytes).unwrap()), [".gitignore", "x"]);
}

#[test]
fn two_entries_of_one_name_are_refused() {
    for second in [&b"a/b"[..], b"a//b", b"./a/./b"] {
        let told = refused("a.tar", &ended(&[plain(b"a/b", b"1"), plain(second, b"2")]));
        assert!(told.contains("is there twice"), "{told}");
    }
    let folder = || entry(EntryType::Directory, b"a/", b"", b"");
    take("a.tar", &ended(&[folder(), plain(b"a/b", b""), folder()])).unwrap();
}

#[test]
fn names_that_collide_or_are_not_utf8_are_refused() {
    for (first, second) in [("README", "readme"), ("caf\u{e9}", "cafe\u{301}")] {
        let bytes = ended(&[plain(first.as_bytes(), b""), plain(second.as_bytes(), b"")]);
        let told = refused("a.tar", &bytes);
        assert!(told.contains("are the same name"), "{told}");
    }
    let told = refused("a.tar", &ended(&[plain(b"caf\xe9", b"")]));
    assert!(told.contains("is not UTF-8"), "{told}");
}

#[test]
fn overlong_names_are_refused_without_being_held() {
    let name = "n".repeat(256);
    let told = refused(
        "a.tar",
        &ended(&[pax(&[("path", &name)]), plain(b"x", b"")]),
    );
    assert!(told.contains("too long"), "{told}");
    let path = "n/".repeat(3000);
    let long = entry(
        EntryType::GNULongName,
        b"././@LongLink",
        b"",
        path.as_bytes(),
    );
    let told = refused("a.tar", &ended(&[long, plain(b"x", b"")]));
    assert!(told.contains("too long") && told.len() < 600, "{told}");
    let target = "n".repeat(5000);
    let long = entry(
        EntryType::GNULongLink,
        b"././@LongLink",
        b"",
        target.as_bytes(),
    );
    let told = refused(
        "a.tar",
        &ended(&[long, entry(EntryType::Symlink, b"x", b"", b"")]),
    );
    assert!(told.contains("too long"), "{told}");
    let comment = "c".repeat(300 * 1024);
    let told = refused(
        "a.tar",
        &ended(&[pax(&[("comment", &comment)]), plain(b"x", b"")]),
    );
    assert!(told.contains("extended header"), "{told}");
}

#[test]
fn a_bomb_is_refused_at_the_limit() {
    let zeros = vec![0; 1 << 20];
    let entries: Vec<_> = (0..64)
        .map(|n| plain(format!("f{n}").as_bytes(), &zeros))
        .collect();
    let bomb = gzip(&ended(&entries));
    assert!(bomb.len() < 1 << 20, "no bomb: {}", bomb.len());
    let told = refused("a.tar.gz", &bomb);
    assert!(
        told.contains("more than 2097152 bytes unpacked; \"f2\" goes beyond"),
        "{told}"
    );
}

#[test]
fn a_bomb_of_headers_is_refused_at_the_limit() {
    // Says something of a next entry that never comes.
    let name = entry(EntryType::GNULongName, b"././@LongLink", b"", &[b'n'; 200]);
    let bomb = gzip(&name.repeat(20_000));
    let told = refused("a.tar.gz", &bomb);
    assert!(told.contains("goes beyond"), "{told}");
    let many: Vec<_> = (0..900)
        .map(|n| plain(format!("left/f{n}").as_bytes(), b""))
        .collect();
    let told = refused("a.tar.gz", &gzip(&ended(&many)));
    assert!(told.contains("more than 800 files and folders"), "{told}");
}

#[test]
fn a_file_that_says_it_is_endless_is_refused_without_being_read() {
    let mut header = Header::new_gnu();
    header.set_path("huge").unwrap();
    header.set_size(1 << 50);
    header.set_mode(0o644);
    header.set_cksum();
    let told = refused("a.tar", header.as_bytes());
    assert!(told.contains("\"huge\" goes beyond"), "{told}");
}

#[test]
fn an_archive_that_is_cut_short_is_refused_wherever_it_is_cut() {
    let whole = ended(&[plain(b"a", &[b'x'; 700]), plain(b"b", b"y")]);
    take("a.tar", &whole).unwrap();
    for end in [600, 1024, 1536, 1600, 2048, 2049, 2560] {
        let told = refused("a.tar", &whole[..end]);
        assert!(told.contains("cut short"), "at {end}: {told}");
    }
    let zipped = gzip(&whole);
    for end in [2, 15, zipped.len() / 2, zipped.len() - 9, zipped.len() - 1] {
        let told = refused("a.tar.gz", &zipped[..end]);
        assert!(told.contains("cut short"), "at {end}: {told}");
    }
}

#[test]
fn damage_is_told() {
    let whole = ended(&[plain(b"a", b"x"), plain(b"b", b"y")]);
    let mut damaged = whole.clone();
    damaged[1024 + 3] ^= 1;
    let told = refused("a.tar", &damaged);
    assert!(told.contains("damaged after \"a\""), "{told}");
    let mut zipped = gzip(&whole);
    let sum = zipped.len() - 6;
    zipped[sum] ^= 1;
    let told = refused("a.tar.gz", &zipped);
    assert!(told.contains("damaged"), "{told}");
    let told = refused("a.tar.gz", &gzip(b"not a tar"));
    assert!(
        told.contains("cut short") || told.contains("damaged"),
        "{told}"
    );
    let told = refused("a.tar.gz", &gzip(&[b'x'; 5000]));
    assert!(told.contains("damaged at its beginning"), "{told}");
    let two_sizes = ended(&[pax(&[("size", "512")]), plain(b"a", b"x")]);
    let told = refused("a.tar", &two_sizes);
    assert!(told.contains("two sizes"), "{told}");
    let mut longer = whole.clone();
    longer.extend(plain(b"c", b"z"));
    let told = refused("a.tar", &longer);
    assert!(told.contains("after the archive's end"), "{told}");
}

#[test]
fn an_archive_in_two_parts_is_read_as_one() {
    // As parallel packers write it.
    let whole = ended(&[plain(b"a", b"x"), plain(b"b", b"y")]);
    let parts = [gzip(&whole[..700]), gzip(&whole[700..])].concat();
    let expected = take("a.tar", &whole).unwrap();
    assert_eq!(
        take("a.tar.gz", &parts).unwrap().digest(),
        expected.digest()
    );
}

#[test]
fn what_a_terminal_would_obey_does_not_reach_messages() {
    let told = refused("a.tar", &ended(&[plain(b"../\x1b[2J", b"")]));
    assert!(!told.contains('\u{1b}'), "{told:?}");
}
